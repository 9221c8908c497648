"""A running tail at one moment: frozen values, compared by identity where they are large."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ktui.adapters.tail.record import Record
from ktui.adapters.tail.spec import TailSpec


class TailState(StrEnum):
    """What it does now."""

    STARTING = "starting"
    """Looks up where partitions and offsets are."""
    SAMPLING = "sampling"
    """Reads a few records of every partition to learn the partitioner."""
    READING = "reading"
    """There is more to read."""
    WAITING = "waiting"
    """All that there was has been read; it follows."""
    ENDED = "ended"


class StopReason(StrEnum):
    """Why a tail ended."""

    END = "end"
    """Everything up to the end offsets of the start was read."""
    MAX = "max"
    """So many records as were asked for have matched."""
    INTERRUPT = "interrupt"
    """Somebody stopped it."""
    DELETED = "deleted"
    """The topic was deleted, or another one took its name."""
    FAILED = "failed"
    """It cannot go on; the view's sentence says why."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Always true, and exact. `matched == shown + dropped`, and `matched <= seen`.

    The first four count by the filter that is in force: when it is replaced, the records that are kept are looked
    through once more and counted as seen, and the tail goes on where it is. The others count since the start.
    """

    seen: int = 0
    """Records that were read, whether they were decoded or passed over by a search. Those of aborted
    transactions, and what lies before the start, do not count."""
    matched: int = 0
    shown: int = 0
    """Matched records that the view holds, or that were handed over."""
    dropped: int = 0
    """Matched records that the view no longer holds, because its memory is bounded."""
    behind: int = 0
    """Offsets between where it reads and the ends of the partitions that are read."""
    held_back: int = 0
    """Offsets that wait for the end of an open transaction (read committed)."""
    lost: int = 0
    """Offsets that were deleted by retention or otherwise before they could be read."""
    damaged: int = 0
    """Batches that could not be read: a wrong checksum, or bytes that are no records. A note says which."""
    bytes: int = 0
    """Of all answers to fetches, those for samples included."""
    bytes_per_s: float = 0.0
    """Over the last seconds."""
    records_per_s: float = 0.0
    """Seen, over the last seconds."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of how producers choose partitions by key: evidence, not proof."""

    partitioner: str | None = None
    """Name of the one that explains every sample; None: not looked for, or none does."""
    samples: int = 0
    """Records with keys that were looked at: head and tail of every partition, and while reading."""
    keys: int = 0
    """Different keys among them."""
    partition: int | None = None
    """The only partition that is read, on the strength of it; None: all that the filter takes are read."""
    why_all: str | None = None
    """Why all partitions are read although the filter names one key; None: they are not, or it does not."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the tail is in one partition. Offsets; None: not known yet."""

    partition: int
    start: int | None
    position: int | None
    """Of the next record to read."""
    end: int | None
    """Where it stops, or the newest end that was told."""
    is_read: bool
    """False: left out by the filter or on the strength of the evidence."""
    broker: int | None = None
    """Who is read from: the leader, or a follower in our rack; None: nobody can be at the moment."""
    trouble: str | None = None
    """Why it cannot be read at the moment, in one sentence."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of what lay between start and end has been read."""

    done: int = 0
    """Offsets."""
    total: int = 0
    seconds_left: float | None = None
    """At the pace of the last seconds; None: not known."""

    @property
    def part(self) -> float | None:
        """0 to 1; None: there was nothing to read."""
        return min(1.0, self.done / self.total) if self.total else None


@dataclass(frozen=True, eq=False)
class Window:
    """The newest matched records in the order in which they were read: within a partition by offset.

    Each has a running number that it keeps as long as it is here, so that a screen can stand still on a number
    while records come and the oldest go.
    """

    chunks: tuple[tuple[Record, ...], ...] = ()
    firsts: tuple[int, ...] = ()
    """The number of the first record of each chunk."""
    bytes: int = 0
    """Memory that they take, about."""

    @property
    def first(self) -> int:
        """Number of the oldest record; of the next one when it is empty."""
        return self.firsts[0] if self.firsts else self.end

    @property
    def end(self) -> int:
        """The number that the next record will have."""
        return self.firsts[-1] + len(self.chunks[-1]) if self.chunks else self._next

    _next: int = 0

    def __len__(self) -> int:
        return self.end - self.first

    def __iter__(self) -> Iterator[Record]:
        for chunk in self.chunks:
            yield from chunk

    def get(self, number: int) -> Record | None:
        """The record with this number; None: it is not here any more, or not yet."""
        if not self.first <= number < self.end:
            return None
        position = bisect_right(self.firsts, number) - 1
        return self.chunks[position][number - self.firsts[position]]

    def between(self, first: int, end: int) -> list[Record]:
        """Those with numbers from `first` up to but not including `end`, as far as they are here."""
        wanted = range(max(first, self.first), min(end, self.end))
        return [record for number in wanted if (record := self.get(number)) is not None]


@dataclass(frozen=True, eq=False)
class TailView:
    """Compared by identity; a new one at most twenty times a second, and none while nothing changes."""

    spec: TailSpec
    """As it is in force now."""
    state: TailState = TailState.STARTING
    counts: Counts = field(default_factory=Counts)
    window: Window = field(default_factory=Window)
    evidence: Evidence = field(default_factory=Evidence)
    places: Sequence[Place] = ()
    """One for each partition of the topic, by number."""
    progress: Progress = field(default_factory=Progress)
    notes: tuple[str, ...] = ()
    """What happened to the reading: partitions added, offsets lost, logs cut back, brokers that hold us back
    (throttle). Whole sentences, the newest last, at most twenty."""
    stopped: StopReason | None = None
    """None: it runs."""
    sentence: str | None = None
    """Why it ended, in words for people."""
    filter_revision: int = 0
    """Goes up when another filter, or another start, is in force: the window was made anew."""

    @property
    def partitions_read(self) -> tuple[int, ...]:
        return tuple(place.partition for place in self.places if place.is_read)

    @property
    def is_complete(self) -> bool:
        """Whether nothing that the filter could match was left out: false while a learned partitioner is trusted."""
        return self.evidence.partition is None
