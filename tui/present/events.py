"""The timeline as rows: newest story first, each in one line, the open ones followed by their entries."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ktui.adapters.timeline.changes import Changes
from ktui.adapters.timeline.entries import Entry, Part
from ktui.adapters.timeline.kinds import Kind
from ktui.adapters.timeline.story import Story, TimelineView
from ktui.tui.present.event_words import (
    OBSERVED,
    consequences,
    deed,
    entry_tone,
    outcome,
    short_outcome,
    story_tone,
    subject,
    title,
)
from ktui.tui.present.name_filter import NameFilter
from ktui.tui.present.slices import Steps
from ktui.tui.present.times import Times
from ktui.widgets.cells import Align, ColumnSpec, Line, Run, Tone
from ktui.widgets.rows import Row

COLUMNS: Final = (
    ColumnSpec("time", "TIME", 13),
    ColumnSpec("what", "WHAT", 17, grow=True, min_width=14),
    ColumnSpec("then", "", 34, grow=True, min_width=16),
    ColumnSpec("outcome", "", 11, Align.RIGHT),
)
CLOSED, OPEN = "▸", "▾"
SLICE: Final = 2_000
EntryKey = tuple[int, int]
"""A story's id and the number of one of its entries."""


def is_folded(story: Story) -> bool:
    """Whether there is more in it than its line says."""
    return story.size + story.dropped > 1


@dataclass(frozen=True, slots=True)
class EventLook:
    """How times and ages are written."""

    times: Times
    now: float


@dataclass(frozen=True, eq=False)
class Chosen:
    """Stories that are shown, oldest first, and of the open ones which entries (None: all of them)."""

    stories: Sequence[Story] = ()
    opened: Mapping[int, Sequence[int] | None] = field(default_factory=dict)

    def entry_count(self, story: Story) -> int:
        if story.id not in self.opened:
            return 0
        some = self.opened[story.id]
        return story.size if some is None else len(some)


class EventRows:
    """Rows by number, newest first; an open story's entries come below it, in their own order."""

    def __init__(self, chosen: Chosen, look: EventLook) -> None:
        self.chosen = chosen
        self._look = look
        self._starts: list[int] = []
        """Rows of the open stories, rising…"""
        self._positions: list[int] = []
        """…and their positions among the stories."""
        extra = 0
        count = len(chosen.stories)
        places = sorted((self._position(key) for key in chosen.opened), reverse=True)
        for position in places:
            self._positions.append(position)
            self._starts.append(count - 1 - position + extra)
            extra += chosen.entry_count(chosen.stories[position])
        self.count = count + extra

    def _position(self, story_id: int) -> int:
        return bisect_left(self.chosen.stories, story_id, key=lambda story: story.id)

    def at(self, index: int) -> tuple[Story, int | None]:
        """The story of a row, and the number of the entry (None: the row is the story's own)."""
        stories = self.chosen.stories
        opened = bisect_right(self._starts, index) - 1
        if opened < 0:
            return stories[len(stories) - 1 - index], None
        start, position = self._starts[opened], self._positions[opened]
        story = stories[position]
        inside = index - start - 1
        if inside < 0:
            return story, None
        shown = self.chosen.entry_count(story)
        if inside < shown:
            some = self.chosen.opened[story.id]
            return story, inside if some is None else some[inside]
        return stories[position - 1 - (inside - shown)], None

    def row(self, index: int) -> Row:
        story, number = self.at(index)
        if number is None:
            return self._story_row(story)
        return self._entry_row(story, number)

    def index_of(self, key: Hashable) -> int | None:
        story_id, number = key if isinstance(key, tuple) else (key, None)
        if not isinstance(story_id, int):
            return None
        position = self._position(story_id)
        stories = self.chosen.stories
        if position >= len(stories) or stories[position].id != story_id:
            return None
        row = len(stories) - 1 - position
        for other in self._positions:
            if other > position:
                row += self.chosen.entry_count(stories[other])
        if number is None:
            return row
        if story_id not in self.chosen.opened:
            return None
        some = self.chosen.opened[story_id]
        inside = number if some is None else bisect_left(some, number)
        is_there = inside < self.chosen.entry_count(stories[position])
        is_it = some is None or (is_there and some[inside] == number)
        return row + 1 + inside if is_there and is_it else None

    def _story_row(self, story: Story) -> Row:
        time = self._time(story.started_at, is_observed=story.is_observed)
        tone = story_tone(story)
        if not is_folded(story) and story.size:
            entry = story.entry(0)
            about = subject(entry)
            first, rest = (about, deed(entry)) if about else (deed(entry), "")
            return Row(story.id, (time, Run(first, tone), Run(rest, tone), Run("")))
        sign = OPEN if story.id in self.chosen.opened else CLOSED
        cells = (time, Run(title(story), tone), Run(consequences(story)), self._outcome(story, tone))
        return Row(story.id, cells, sign=Run(sign, Tone.MUTED))

    def _outcome(self, story: Story, tone: Tone) -> Run:
        return Run(short_outcome(story, self._look.now), tone if story.is_open else Tone.MUTED)

    def _entry_row(self, story: Story, number: int) -> Row:
        entry = story.entry(number)
        time = self._time(entry.at, is_observed=entry.is_observed)
        about, what = subject(entry), deed(entry)
        tone = entry_tone(entry.kind) if entry.kind is Kind.UNCLEAN_ELECTION else Tone.NORMAL
        first, rest = (about, what) if about else (what, "")
        return Row((story.id, number), (time, Run(f"  {first}", tone), Run(rest, tone), Run("")))

    def _time(self, at: float, *, is_observed: bool) -> Run:
        mark = OBSERVED if is_observed else " "
        return Run(mark + self._look.times.exact(at, self._look.now), Tone.MUTED)


class StorySearch:
    """Which stories match, remembered for those that did not change."""

    def __init__(self, name_filter: NameFilter, broker: int | None = None) -> None:
        self._filter = name_filter
        self._broker = broker
        self._known: dict[Story, bool] = {}

    def choose(self, view: TimelineView, opened: Collection[int]) -> Steps[Chosen]:
        """The matching stories, and of the open ones the entries that match."""
        stories: Sequence[Story] = view.stories
        if not self._filter.is_empty or self._broker is not None:
            known = self._known
            self._known = {}
            chosen: list[Story] = []
            for story in stories:
                matches = known.get(story)
                if matches is None:
                    matches = yield from self._matches(story)
                self._known[story] = matches
                if matches:
                    chosen.append(story)
            stories = chosen
        entries: dict[int, Sequence[int] | None] = {}
        for story in stories:
            if story.id in opened and is_folded(story):
                entries[story.id] = (yield from self._entries(story)) if not self._filter.is_empty else None
        return Chosen(stories, entries)

    def _matches(self, story: Story) -> Steps[bool]:
        if self._broker is not None and not _is_about(story, self._broker):
            return False
        if self._filter.is_empty:
            return True
        wanted = self._filter.matches
        hits = any if not self._filter.is_inverse else all
        if wanted(f"{title(story)} {consequences(story)}") is not self._filter.is_inverse:
            return not self._filter.is_inverse
        for part in story.parts:
            names = part.topics
            for first in range(0, len(names), SLICE):
                found = hits(map(wanted, names[first : first + SLICE]))
                if found is not self._filter.is_inverse:
                    return found
                yield
        return self._filter.is_inverse

    def _entries(self, story: Story) -> Steps[Sequence[int] | None]:
        """The entries whose topic matches; None (all) when none does: then the story itself was meant."""
        found = array("i")
        start = 0
        for part in story.parts:
            for row in _rows(part, self._filter.matches):
                found.append(start + row)
            start += part.size
            yield
        return found or None


def _rows(part: Part, matches: Callable[[str], bool]) -> Iterator[int]:
    if isinstance(part, Changes):
        wanted = {number for number, name in enumerate(part.topics) if matches(name)}
        if wanted:
            yield from (row for row, number in enumerate(part.topic) if number in wanted)
    elif any(map(matches, part.topics)):
        yield 0


def _is_about(story: Story, broker: int) -> bool:
    if story.broker is not None:
        return story.broker == broker
    return any(isinstance(part, Entry) and part.broker == broker for part in story.parts)


def title_line(view: TimelineView, times: Times, now: float, about: str = "") -> Line:
    """`Events  1,204 kept, 0 dropped  since 13:12:00`."""
    name = Run(f"Events{about}", Tone.TITLE)
    if view.since is None:
        return (name, Run("  nothing has been read yet", Tone.MUTED))
    dropped = Run(f"{view.dropped:,} dropped", Tone.WARN if view.dropped else Tone.MUTED)
    since = Run(f"  since {times.short(view.since, now)}", Tone.MUTED)
    return (name, Run(f"  {view.kept:,} kept, ", Tone.MUTED), dropped, since)


def last_changes(view: TimelineView, look: EventLook, most: int) -> Iterator[Line]:
    """The newest stories in one line each."""
    for story in reversed(view.stories[-most:]):
        at = look.times.short(story.started_at, look.now)
        tone = story_tone(story)
        words = Run(f"{title(story)}", tone)
        then = ", ".join(part for part in (consequences(story), outcome(story, look.now)) if part)
        yield (Run(f"{at:>9}  ", Tone.MUTED), words, Run(f"  {then}" if then else ""))
