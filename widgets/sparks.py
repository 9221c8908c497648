"""Sparklines as text: one character a cell, zero at the bottom, gaps that are not zeros."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum
from itertools import pairwise
from math import ceil, isfinite
from typing import Final

from ktui.widgets.cells import Align, ColumnSpec, Run, Tone
from ktui.widgets.fitting import fit

Values = tuple[float | None, ...]
"""Samples, oldest first; None where there was none."""

NUMBER_WIDTH: Final = 7
SPARK_WIDTH: Final = 12


class Glyphs(StrEnum):
    """What the terminal can show."""

    BLOCKS = "blocks"
    ASCII = "ascii"


class Fold(StrEnum):
    """What a cell says of several samples."""

    MEAN = "mean"
    MAX = "max"


@dataclass(frozen=True, slots=True)
class Shape:
    """How samples become cells.

    `per_cell` 0 squeezes all samples into the width; k gives k samples to each cell and shows the last cells.
    `newest` is the running number of the newest sample: cells then begin at multiples of k and stand still
    until the newest one is full, instead of all changing with every sample.
    """

    glyphs: Glyphs = Glyphs.BLOCKS
    fold: Fold = Fold.MEAN
    _: KW_ONLY
    per_cell: int = 0
    newest: int | None = None


SQUEEZED: Final = Shape()
_RAMPS: Final = {Glyphs.BLOCKS: "▁▂▃▄▅▆▇█", Glyphs.ASCII: "_.-=+*#"}
_GAPS: Final = {Glyphs.BLOCKS: "·", Glyphs.ASCII: " "}
_NOT_YET: Final = " "


def spark(values: Values, width: int, *, top: float | None = None, shape: Shape = SQUEEZED) -> str:
    """Exactly `width` cells, the newest at the right; `top` is the value of a full cell (None: the highest cell).

    Zero is the lowest character and nothing else is; blanks stand where no sample is due yet.
    """
    cells = _cells(values, width, shape)
    ramp, gap = _RAMPS[shape.glyphs], _GAPS[shape.glyphs]
    highest = top or _highest(cells)
    steps = len(ramp) - 1
    drawn = "".join(gap if value is None else ramp[_level(value, highest, steps)] for value in cells)
    return drawn.rjust(max(0, width), _NOT_YET)


def peak(values: Values, width: int, *, shape: Shape = SQUEEZED) -> float:
    """The highest cell as drawn; the highest of several sparklines is their common `top`."""
    return _highest(_cells(values, width, shape))


def rate_cell(
    number: str,
    values: Values,
    width: int = SPARK_WIDTH,
    *,
    top: float | None = None,
    number_width: int = NUMBER_WIDTH,
    tone: Tone = Tone.NORMAL,
    shape: Shape = SQUEEZED,
) -> Run:
    """A number with its sparkline, as wide as the `rate_column` of the same widths, in one piece for the terminal."""
    return Run(f"{fit(number, number_width, Align.RIGHT)} {spark(values, width, top=top, shape=shape)}", tone)


def rate_column(
    key: str,
    title: str,
    *,
    number_width: int = NUMBER_WIDTH,
    spark_width: int = SPARK_WIDTH,
    rank: int = 0,
) -> ColumnSpec:
    """A column of rate cells with its title over the numbers."""
    heading = fit(title, number_width, Align.RIGHT)
    return ColumnSpec(key, heading, number_width + 1 + spark_width, rank=rank)


def _cells(values: Values, width: int, shape: Shape) -> Sequence[float | None]:
    """At most `width` values."""
    count = len(values)
    if width <= 0 or not count:
        return ()
    if not shape.per_cell and count > width:
        bounds = [cell * count // width for cell in range(width + 1)]
    elif shape.per_cell > 1:
        bounds = [*_starts(count, width, shape), count]
    else:
        bounds = list(range(max(0, count - width), count + 1))
    return [_folded(values[start:end], shape.fold) for start, end in pairwise(bounds)]


def _starts(count: int, width: int, shape: Shape) -> list[int]:
    """Where the cells begin: at numbers that are multiples of `per_cell`, the oldest perhaps with fewer samples."""
    newest = count - 1 if shape.newest is None else shape.newest
    last = count - 1 - newest % shape.per_cell
    starts = range(last - shape.per_cell * (width - 1), last + 1, shape.per_cell)
    return [max(0, start) for start in starts if start + shape.per_cell > 0]


def _folded(samples: Iterable[float | None], fold: Fold) -> float | None:
    known = [value for value in samples if value is not None and isfinite(value)]
    if not known:
        return None
    return max(known) if fold is Fold.MAX else sum(known) / len(known)


def _level(value: float, highest: float, steps: int) -> int:
    """0 for zero only; the last for everything from `highest` on."""
    if value <= 0:
        return 0
    return steps if value >= highest else max(1, ceil(value / highest * steps))


def _highest(cells: Sequence[float | None]) -> float:
    return max((value for value in cells if value is not None), default=0.0)
