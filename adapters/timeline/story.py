"""A story: one cause and what followed from it, told in one line or entry by entry."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from ktui.adapters.timeline.entries import Entry, Part, is_observed
from ktui.adapters.timeline.kinds import Kind


@dataclass(frozen=True, eq=False)
class Story:
    """Unchanging; the same object until something in it changes. Instants are seconds since the epoch."""

    id: int
    head: Entry | None
    """The cause; None: none is known."""
    parts: tuple[Part, ...]
    """The head first, then what followed in the order in which it was seen."""
    counts: Mapping[Kind, int]
    """Entries by kind, those that were dropped included."""
    started_at: float
    last_at: float
    """When the last of its changes happened."""
    is_open: bool = False
    """Whether more is to come: the broker is not back and in sync, the reassignment goes on."""
    healed_at: float | None = None
    back: Entry | None = None
    """The last return of its broker."""
    dropped: int = 0
    """Entries that only `counts` knows of, for want of memory."""

    @property
    def size(self) -> int:
        """Entries that are held."""
        return self._ends[-1] if self.parts else 0

    @cached_property
    def _ends(self) -> tuple[int, ...]:
        return tuple(accumulate(part.size for part in self.parts))

    def entry(self, index: int) -> Entry:
        """IndexError beyond the end."""
        position = bisect_right(self._ends, index)
        return self.parts[position].entry(index - (self._ends[position - 1] if position else 0))

    @property
    def is_observed(self) -> bool:
        """Whether it was found by comparing answers."""
        return any(is_observed(part.stamp) for part in self.parts[:1])

    @property
    def broker(self) -> int | None:
        return self.head.broker if self.head is not None else None

    def names_topic(self, name: str) -> bool:
        return any(part.names_topic(name) for part in self.parts)


@dataclass(frozen=True, eq=False)
class TimelineView:
    """What is kept, a new object whenever something in it changed."""

    stories: tuple[Story, ...] = ()
    """Oldest first."""
    kept: int = 0
    """Entries."""
    dropped: int = 0
    """Entries that were forgotten for want of memory."""
    since: float | None = None
    """From when on nothing is missing; None: nothing has been read yet."""

    def __iter__(self) -> Iterator[Story]:
        return iter(self.stories)


EMPTY_TIMELINE = TimelineView()
