"""The stories that are shown, as lines of a file: in the order in which they happened."""

from __future__ import annotations

from collections.abc import Iterator

from ktui.tui.present.event_json import entry_line
from ktui.tui.present.event_words import OBSERVED, folded
from ktui.tui.present.events import Chosen
from ktui.tui.present.times import Times


def folded_text(chosen: Chosen, times: Times) -> Iterator[str]:
    """A story a line."""
    for story in chosen.stories:
        mark = OBSERVED if story.is_observed else " "
        yield f"{mark}{times.full(story.started_at)}  {folded(story)}"


def raw_lines(chosen: Chosen) -> Iterator[str]:
    """An entry a line, as `ktui events --json` prints them; a story's cause first."""
    for story in chosen.stories:
        for index in range(story.size):
            yield entry_line(story.entry(index))
