"""A story while it goes on: what is held back, what was told, and what ended it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from ktui.adapters.timeline.entries import Cause, Entry, Part
from ktui.adapters.timeline.kinds import Kind
from ktui.adapters.timeline.steps import NO_TIES, Ties
from ktui.adapters.timeline.story import Story

_CASE_BYTES = 700


@dataclass(slots=True, eq=False)
class Held:
    """A part of a case."""

    part: Part
    ties: Ties = NO_TIES
    due: float | None = None
    """Until when it is held back, on the clock of the casebook; None: it has been told."""
    is_return: bool = False
    """Whether the return of its broker caused it, rather than the absence."""
    is_end: bool = False
    """Whether it ends the case, of itself."""


@dataclass(slots=True, eq=False)
class Case:
    """One cause and what followed; `group` says what kind of case it is."""

    id: int
    group: str
    head: Held | None = None
    held: list[Held] = field(default_factory=list)
    counts: Counter[Kind] = field(default_factory=Counter)
    first_seen_at: float = 0.0
    last_seen_at: float = 0.0
    last_at: float = 0.0
    """When the last of its changes happened."""
    size: int = 0
    """Entries that are held."""
    byte_count: int = _CASE_BYTES
    is_open: bool = False
    is_away: bool = False
    """Whether its broker is not back."""
    back: Held | None = None
    healed_at: float | None = None
    dropped: int = 0
    frozen: Story | None = None
    """Made when asked for; None: something changed."""

    def add(self, held: Held) -> None:
        part = held.part
        if not self.held:
            self.first_seen_at = part.stamp.seen_at
        self.held.append(held)
        self.counts.update(part.counts)
        self.byte_count += part.byte_count
        self.size += part.size
        self.last_at = max(self.last_at, part.at)
        self.last_seen_at = max(self.last_seen_at, part.stamp.seen_at)
        self.frozen = None

    def remove(self, held: Held) -> None:
        """It belongs to another case after all."""
        self.held.remove(held)
        self.counts.subtract(held.part.counts)
        self.counts += Counter()
        self.byte_count -= held.part.byte_count
        self.size -= held.part.size
        self.frozen = None

    def strip(self) -> int:
        """Forget everything but the head and what has not been told; gives how many entries that were."""
        kept = [h for h in self.held if h.due is not None or h is self.head or h is self.back]
        count = self.size - sum(held.part.size for held in kept)
        if count:
            self.held, self.size = kept, self.size - count
            self.byte_count = _CASE_BYTES + sum(held.part.byte_count for held in kept)
            self.dropped += count
            self.frozen = None
        return count

    def cause_for(self, held: Held) -> Cause | None:
        """Who is to blame for a part, once the one who is has been told."""
        if held is self.head or held is self.back or held.is_end:
            return None
        head = self.head
        if held.is_return and self.back is not None:
            head = self.back
        return _cause(head.part) if head is not None else None

    def story(self) -> Story:
        if self.frozen is None:
            head = self.head.part.entry(0) if self.head is not None else None
            back = self.back.part.entry(0) if self.back is not None else None
            parts = tuple(held.part for held in self.held)
            first = head.at if head is not None else min(part.at for part in parts)
            self.frozen = Story(
                self.id, head, parts, dict(self.counts), first, self.last_at,
                self.is_open, self.healed_at, back, self.dropped,
            )  # fmt: skip
        return self.frozen


def _cause(part: Part) -> Cause | None:
    if part.seq is None:
        return None
    entry: Entry = part.entry(0)
    return Cause(part.seq, entry.kind, entry.broker)


def told(part: Part, seq: int, cause: Cause | None) -> Part:
    """The part with its numbers."""
    return replace(part, seq=seq, cause=cause)  # type: ignore[type-var]
