"""One partition as a running tail knows it; changed on the feed's loop only."""

from __future__ import annotations

from dataclasses import dataclass

from ktui.adapters.kafka.tail.fetch_wire import NOTHING
from ktui.adapters.tail.view import Place


@dataclass(slots=True, eq=False)
class Spot:
    """Offsets are None until they were told."""

    partition: int
    leader: int = NOTHING
    leader_epoch: int = NOTHING
    start: int | None = None
    position: int | None = None
    """Of the next record to fetch."""
    stop: int | None = None
    """A tail that does not follow reads up to here."""
    end: int | None = None
    """What can be read now: the high watermark, or the last stable offset when only committed records are read."""
    high_watermark: int | None = None
    log_start: int | None = None
    last_epoch: int = NOTHING
    """The leader epoch of the last batch that was read."""
    is_added: bool = False
    """It was added while the tail was running, and is read from its first record."""
    is_read: bool = True
    is_out_of_range: bool = False
    needs_leader: bool = False
    preferred: int | None = None
    """A follower that the leader wants us to read from…"""
    preferred_until: float = 0.0
    """…until then (loop time)."""
    not_before: float = 0.0
    """Loop time before which it is not asked again."""
    failures: int = 0
    """In a row."""
    pending: int = 0
    """Answers with records of it that are not worked through yet."""
    holder: object | None = None
    """The reader that has it in hand: no other one may fetch it until that one has handed on what it got."""
    max_bytes: int = 0
    """More than usual, for a batch that did not fit; 0: as usual."""
    trouble: str | None = None

    def node(self, now: float) -> int:
        """Who is to be asked; negative: nobody."""
        if self.preferred is not None and now < self.preferred_until:
            return self.preferred
        return self.leader

    @property
    def is_done(self) -> bool:
        """Whether everything up to where it stops has been fetched."""
        return self.stop is not None and self.position is not None and self.position >= self.stop

    @property
    def behind(self) -> int:
        """Offsets between here and what can be read."""
        if not self.is_read or self.position is None:
            return 0
        end = self.stop if self.stop is not None else self.end
        return max(0, (end or 0) - self.position)

    @property
    def held_back(self) -> int:
        """Offsets behind an open transaction."""
        if not self.is_read or self.end is None or self.high_watermark is None:
            return 0
        return max(0, self.high_watermark - self.end)

    def failed(self, now: float, why: str, *, pause_s: float) -> None:
        """It cannot be read now; another try comes after a pause that grows up to two seconds."""
        self.trouble = why
        self.failures += 1
        self.not_before = now + min(2.0, pause_s * 2 ** min(self.failures - 1, 5))

    def works(self) -> None:
        """An answer for it came."""
        self.trouble = None
        self.failures = 0
        self.not_before = 0.0

    def place(self, now: float) -> Place:
        """For the view."""
        node = self.node(now)
        end = self.stop if self.stop is not None else self.end
        return Place(
            self.partition,
            self.start,
            self.position,
            end,
            self.is_read,
            node if node >= 0 else None,
            self.trouble,
        )
