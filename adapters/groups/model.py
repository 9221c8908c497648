"""Groups and their members as coordinators tell of them. Frozen; unknown is None."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

PartKey = tuple[str, int]
"""A topic's name and the index of a partition."""


class GroupType(StrEnum):
    """Which protocol the members of a group speak with its coordinator."""

    CLASSIC = "classic"
    CONSUMER = "consumer"
    """KIP-848."""
    SHARE = "share"
    """KIP-932: several members read one partition, each record is acknowledged."""
    STREAMS = "streams"
    """KIP-1071."""


EMPTY_STATES: Final = frozenset({"Empty", "Dead"})
"""States in which a group has no member."""


@dataclass(frozen=True, slots=True)
class GroupListed:
    """A group as its coordinator lists it."""

    name: str
    coordinator: int
    """Broker id."""
    type: GroupType | None
    """None: of a kind that we do not know."""
    protocol: str
    """What a classic group is for: "consumer", "connect", …; empty for offsets committed without members."""
    state: str | None
    """In Kafka's own words; None: the broker (before 2.6) lists no states."""


@dataclass(frozen=True, slots=True)
class Member:
    """One client in a group."""

    id: str
    instance_id: str | None
    """`group.instance.id` of a static member."""
    client_id: str
    host: str
    assigned: Mapping[str, tuple[int, ...]] | None
    """Partition indexes by topic; None: the protocol does not tell, or the assignment cannot be read."""


@dataclass(frozen=True, slots=True)
class GroupSeen:
    """A group as it was described."""

    name: str
    state: str
    members: tuple[Member, ...]
    assignor: str
    """The name of who divides the partitions among the members; empty: none or not told."""

    @property
    def is_live(self) -> bool:
        """Whether it has members now."""
        return bool(self.members) or self.state not in EMPTY_STATES

    def owner(self, key: PartKey) -> Member | None:
        """Whom the partition is assigned to; the first of several in a share group."""
        topic, index = key
        return next((m for m in self.members if m.assigned and index in m.assigned.get(topic, ())), None)

    def reads(self, topic: str) -> bool:
        """Whether a member has partitions of this topic."""
        return any(member.assigned and topic in member.assigned for member in self.members)


class LagStatus(StrEnum):
    """What the last minute says of a partition or a group, after Burrow's rules; the later the worse."""

    OK = "OK"
    WARNING = "WARNING"
    """It moves, and the lag never got less."""
    REWIND = "REWIND"
    """The committed offset went back."""
    STALLED = "STALLED"
    """Somebody reads it, and the committed offset stands still."""
    STOPPED = "STOPPED"
    """Nobody reads it, and the committed offset stands still."""


@dataclass(frozen=True, slots=True)
class GroupPart:
    """One partition of a group: committed or assigned."""

    topic: str
    index: int
    committed: int | None
    """The next offset to read; None: nothing was committed, or it is not known."""
    end: int | None
    """The offset of the next record to be written."""
    member: Member | None
    trend: float | None = None
    """Records a second by which the lag grows; below 0 it gets less."""
    status: LagStatus | None = None
    """None: not watched long enough."""

    @property
    def lag(self) -> int | None:
        """Records to read; the two offsets are of slightly different moments, so a negative one counts as none."""
        if self.committed is None or self.end is None:
            return None
        return max(0, self.end - self.committed)


@dataclass(frozen=True, slots=True, eq=False)
class GroupDetail:
    """What is known of one group beyond the list."""

    name: str
    seen: GroupSeen | None = None
    """None: not described yet, or not permitted."""
    parts: tuple[GroupPart, ...] | None = None
    """By topic and index; None: not read."""
    reason: str | None = None
    """Why something of it could not be read, in one sentence."""
    read_at: float | None = None
    """Seconds since the epoch of the newest answer."""

    @property
    def lag(self) -> int | None:
        """Of all committed partitions together; None while one is not known."""
        if self.parts is None:
            return None
        lags = [part.lag for part in self.parts if part.committed is not None]
        return None if None in lags else sum(lag for lag in lags if lag is not None)

    @property
    def trend(self) -> float | None:
        """Of all committed partitions together."""
        if self.parts is None:
            return None
        trends = [part.trend for part in self.parts if part.committed is not None]
        known = [trend for trend in trends if trend is not None]
        return sum(known) if known and len(known) == len(trends) else None

    @property
    def catch_up_s(self) -> float | None:
        """Seconds until nothing is left at this pace; None: not known, or it does not catch up."""
        lag, trend = self.lag, self.trend
        if lag == 0:
            return 0.0
        return None if lag is None or trend is None or trend >= 0 else lag / -trend

    @property
    def status(self) -> LagStatus | None:
        """The worst of its partitions; None while that is not known or there is nothing to judge."""
        judged = [part.status for part in self.parts or () if part.committed is not None]
        known = [status for status in judged if status is not None]
        worst = max(known, key=list(LagStatus).index, default=None)
        return None if worst in (None, LagStatus.OK) and len(known) < len(judged) else worst


@dataclass(frozen=True, slots=True, eq=False)
class TopicReaders:
    """The groups that have committed offsets of a topic or members that read it, as far as they were asked."""

    topic: str
    names: frozenset[str] = frozenset()
    asked: int = 0
    """How many groups have been looked at."""
    of: int = 0
    is_complete: bool = False
    reasons: tuple[str, ...] = field(default=())
    """Why some could not be asked."""
