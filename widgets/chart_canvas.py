"""From samples to curves between axes of round numbers and times."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from operator import itemgetter
from string import ascii_lowercase
from typing import Final

from ktui.widgets.chart_axes import Tick, time_ticks, value_marks
from ktui.widgets.chart_data import ChartData, Stretch
from ktui.widgets.fitting import text_width
from ktui.widgets.plotting import Curve, Frame, Piece, plot
from ktui.widgets.sparks import Glyphs

AXIS_LINES: Final = 2
ROWS_PER_MARK: Final = 4
CELLS_PER_TIME: Final = 12


def letter_of(number: int, count: int) -> str:
    """What tells a series from the others where there are no colours; nothing for one alone."""
    return ascii_lowercase[number % len(ascii_lowercase)] if count > 1 else ""


def canvas(
    data: ChartData,
    shown: Sequence[Sequence[Stretch]],
    span: tuple[float, float],
    size: tuple[int, int],
    glyphs: Glyphs,
) -> list[list[Piece]]:
    """Lines of pieces; `shown` has the stretches of every series in the span and at least one sample."""
    width, height = size
    y_ticks = _value_ticks(data, shown, height)
    columns = width - max(text_width(tick.label) for tick in y_ticks) - 1
    start, end = _still_span(*span, columns)
    x_ticks = time_ticks(start, end, max(1, columns // CELLS_PER_TIME), zone=data.zone)
    frame = Frame(
        (0.0, end - start),
        (y_ticks[0].at, y_ticks[-1].at),
        [Tick(tick.at - start, tick.label) for tick in x_ticks],
        y_ticks,
    )
    column_s = (end - start) / columns
    moved = [[_moved(_thinned(stretch, column_s), start) for stretch in stretches] for stretches in shown]
    return plot(_curves(moved, end - start), frame, width, height, glyphs=glyphs)


def _value_ticks(data: ChartData, shown: Sequence[Sequence[Stretch]], height: int) -> list[Tick]:
    values = [value for stretches in shown for stretch in stretches for _, value in stretch]
    most = max(2, (height - AXIS_LINES) // ROWS_PER_MARK + 1)
    return [Tick(mark, data.number(mark)) for mark in value_marks(min(values), max(values), most)]


def _still_span(start: float, end: float, columns: int) -> tuple[float, float]:
    """A little more than the span, so that a chart that follows the time moves by whole columns only."""
    column = (end - start) / max(1, columns - 2)
    last = ceil(end / column) * column
    return last - column * (columns - 1), last


def _thinned(stretch: Stretch, column_s: float) -> Stretch:
    """Of points too many to be told apart the lowest and the highest of each column."""
    columns: dict[int, Stretch] = {}
    for point in stretch:
        columns.setdefault(int(point[0] / column_s), []).append(point)
    if len(stretch) <= 2 * len(columns):
        return stretch
    by_value = itemgetter(1)
    return [
        point
        for points in columns.values()
        for point in sorted({min(points, key=by_value), max(points, key=by_value)})
    ]


def _moved(stretch: Stretch, start: float) -> Stretch:
    """Times counted from the start of the axis: none too large to be told from its neighbours."""
    return [(time - start, value) for time, value in stretch]


def _curves(shown: Sequence[Sequence[Stretch]], span_s: float) -> list[Curve]:
    """Each series with its letter at a place of its own along the time."""
    count = len(shown)
    return [
        Curve(stretches, letter_of(at, count), _nearest(stretches, span_s * (at + 1) / (count + 1)))
        for at, stretches in enumerate(shown)
    ]


def _nearest(stretches: Sequence[Stretch], wanted: float) -> tuple[float, float] | None:
    points = (point for stretch in stretches for point in stretch)
    return min(points, key=lambda point: abs(point[0] - wanted), default=None)
