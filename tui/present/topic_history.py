"""What happened to one topic, entry by entry, the newest first."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Final

from ktui.adapters.timeline.changes import Changes
from ktui.adapters.timeline.entries import Entry
from ktui.adapters.timeline.story import Story, TimelineView
from ktui.tui.present.event_words import deed, entry_tone, time_words, title
from ktui.tui.present.events import EventLook
from ktui.tui.present.name_filter import NameFilter
from ktui.tui.present.slices import Steps
from ktui.widgets.cells import Align, ColumnSpec, Run, Tone
from ktui.widgets.rows import Row

COLUMNS: Final = (
    ColumnSpec("time", "TIME", 13),
    ColumnSpec("partition", "PART", 4, Align.RIGHT),
    ColumnSpec("what", "WHAT", 30, grow=True, min_width=20),
    ColumnSpec("why", "BECAUSE", 22, grow=True, min_width=12),
)
MOST: Final = 10_000
"""Entries that are shown; the older ones are on the screen of events."""
SLICE: Final = 500
Found = tuple[Story, int]
"""A story and the number of one of its entries."""


class HistorySearch:
    """The entries of one topic, remembered for stories that did not change."""

    def __init__(self, topic: str, name_filter: NameFilter) -> None:
        self._topic = topic
        self._matches = name_filter.matches
        self._known: dict[Story, tuple[int, ...]] = {}

    def find(self, view: TimelineView) -> Steps[tuple[Found, ...]]:
        """Newest first, no more than `MOST`."""
        known, self._known = self._known, {}
        found: list[Found] = []
        for count, story in enumerate(reversed(view.stories)):
            numbers = known.get(story)
            if numbers is None:
                numbers = self._numbers(story)
            self._known[story] = numbers
            found.extend((story, number) for number in reversed(numbers))
            if len(found) >= MOST:
                break
            if count % SLICE == SLICE - 1:
                yield
        return tuple(found[:MOST])

    def _numbers(self, story: Story) -> tuple[int, ...]:
        numbers: list[int] = []
        start = 0
        for part in story.parts:
            if part.names_topic(self._topic):
                rows: Sequence[int] = part.rows_of(self._topic) if isinstance(part, Changes) else (0,)
                numbers.extend(start + row for row in rows if self._is_wanted(story, start + row))
            start += part.size
        return tuple(numbers)

    def _is_wanted(self, story: Story, number: int) -> bool:
        return self._matches(f"{deed(story.entry(number))} {because(story, story.entry(number))}")


class HistoryRows:
    """Rows made when asked for."""

    def __init__(self, found: Sequence[Found], look: EventLook) -> None:
        self.found = found
        self._look = look
        self._index: dict[Hashable, int] = {
            (story.id, number): row for row, (story, number) in enumerate(found)
        }

    @property
    def count(self) -> int:
        return len(self.found)

    def row(self, index: int) -> Row:
        story, number = self.found[index]
        entry = story.entry(number)
        partition = "" if entry.partition is None else str(entry.partition)
        cells = (
            Run(time_words(entry, self._look.times, self._look.now), Tone.MUTED),
            Run(partition),
            Run(deed(entry), entry_tone(entry.kind)),
            Run(because(story, entry), Tone.MUTED),
        )
        return Row((story.id, number), cells)

    def index_of(self, key: Hashable) -> int | None:
        return self._index.get(key)


def because(story: Story, entry: Entry) -> str:
    """The cause in words; nothing where none is known, or where the entry is one itself."""
    head = story.head
    return title(story) if head is not None and head != entry else ""
