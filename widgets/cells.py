"""Plain values that widgets draw: runs of text with a tone, and the columns of a table."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from enum import StrEnum


class Tone(StrEnum):
    """What a piece of text means; each widget turns it into a style of the theme."""

    NORMAL = "normal"
    MUTED = "muted"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    ACCENT = "accent"
    TITLE = "title"
    MARK = "mark"
    CHANGED = "changed"
    KEY = "key"


class Align(StrEnum):
    LEFT = "left"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of one line. The text is already free of control characters."""

    text: str
    tone: Tone = Tone.NORMAL


Line = tuple[Run, ...]
Cell = Run | Line


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column; widths are terminal cells.

    `min_width` is the least it may shrink to (0: its width), `max_width` the most it may grow to (0: any).
    Of columns that do not fit the highest rank is left out first; rank 0 always stays.
    """

    key: str
    title: str
    width: int
    align: Align = Align.LEFT
    _: KW_ONLY
    grow: bool = False
    min_width: int = 0
    max_width: int = 0
    rank: int = 0

    @property
    def least(self) -> int:
        return min(self.width, self.min_width) if self.min_width else self.width


def line(*parts: str | Run) -> Line:
    return tuple(Run(part) if isinstance(part, str) else part for part in parts)


def as_line(cell: Cell) -> Line:
    return (cell,) if isinstance(cell, Run) else cell


def plain(cell: Cell) -> str:
    return "".join(run.text for run in as_line(cell))
