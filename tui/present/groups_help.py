"""The help's words about groups: what the lag is, and when which status is given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ktui.widgets.cells import Line, Run, Tone, line
from ktui.widgets.fitting import wrap_line

WORDS: Final = (
    "Lag is the end offset of a partition less the committed offset: records that were not yet read, or read and "
    "not yet committed. The two are asked one after the other; below zero counts as zero.",
    "TREND is how fast the lag grew (+) or shrank (-) in the last minute, LEFT the time until nothing is left at "
    "this pace. Only groups in sight are asked for their members and offsets, every five seconds.",
    "The status looks at the last minute, by the rules of Burrow, and a group has the worst of its partitions:",
    "OK: no lag, or none at some moment, or it got less at some moment.",
    "WARNING: it is read, and the lag never got less.   REWIND: the committed offset went back.",
    "STALLED: a member has the partition, there is lag, and the committed offset stands still.",
    "STOPPED: no member has the partition, there is lag, and the committed offset stands still.",
    "… : not watched long enough (20 seconds).   - : nothing was committed.",
)
_WIDTH: Final = 74


def groups_lines() -> Iterator[Line]:
    yield (Run("Groups", Tone.TITLE),)
    for sentence in WORDS:
        for piece in wrap_line(line(sentence), _WIDTH):
            yield (Run("  "), *piece)
