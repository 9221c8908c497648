"""The lines of `ktui events`: every entry, or every story when it has calmed down."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Final, Protocol

from ktui.adapters.timeline.entries import Entry, Part
from ktui.adapters.timeline.story import Story
from ktui.adapters.timeline.timeline import Timeline
from ktui.tui.cli.colour import takes_colour, toned
from ktui.tui.present.event_json import entry_line
from ktui.tui.present.event_words import OBSERVED, folded, story_tone
from ktui.widgets.cells import Tone

AT_ONCE: Final = 1_000
CALM_S: Final = 0.5
"""A story is told when nothing was added to it for so long…"""
STORM_S: Final = 3.0
"""…or, while it goes on, after so long."""


class Writer(Protocol):
    async def write(self, lines: Iterator[str]) -> None: ...


class RawLines:
    """One JSON object for each entry, in the order in which they are told."""

    def __init__(self, timeline: Timeline) -> None:
        self._parts: deque[Part] = deque()
        self._has_come = asyncio.Event()
        timeline.listen(self._take)

    def _take(self, part: Part) -> None:
        self._parts.append(part)
        self._has_come.set()

    async def write(self, output: Writer) -> None:
        """Until cancelled."""
        while True:
            await self._has_come.wait()
            self._has_come.clear()
            entries = self._entries()
            while some := [entry_line(entry) for entry in islice(entries, AT_ONCE)]:
                await output.write(iter(some))

    def _entries(self) -> Iterator[Entry]:
        while self._parts:
            part = self._parts.popleft()
            for index in range(part.size):
                yield part.entry(index)


class FoldedLines:
    """One line for each story, and again when it grew or ended."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._told: dict[int, Story] = {}
        self._has_come = asyncio.Event()
        self._is_coloured = takes_colour()
        timeline.listen(lambda part: self._has_come.set())

    async def write(self, output: Writer) -> None:
        """Until cancelled."""
        while True:
            await self._has_come.wait()
            await self._calm()
            await output.write(iter(list(self._fresh())))

    async def _calm(self) -> None:
        for _ in range(round(STORM_S / CALM_S)):
            self._has_come.clear()
            await asyncio.sleep(CALM_S)
            if not self._has_come.is_set():
                return

    def _fresh(self) -> Iterator[str]:
        stories = self._timeline.view.stories
        for story in stories:
            told = self._told.get(story.id)
            if told is story:
                continue
            self._told[story.id] = story
            if told is None or folded(told) != folded(story):
                yield self._line(story)
        held = {story.id for story in stories}
        self._told = {key: story for key, story in self._told.items() if key in held}

    def _line(self, story: Story) -> str:
        moment = datetime.fromtimestamp(story.started_at).astimezone()
        at = f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}{moment:%z}"
        mark = OBSERVED if story.is_observed else " "
        tone = story_tone(story)
        return f"{at}{mark} {toned(folded(story), tone, is_coloured=self._is_coloured and tone is not Tone.NORMAL)}"
