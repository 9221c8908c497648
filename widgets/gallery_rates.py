"""Made-up rates for the gallery: sparklines of every kind, and a chart."""

from __future__ import annotations

from datetime import UTC
from math import sin
from typing import Final

from ktui.widgets.cells import ColumnSpec, Run, Tone
from ktui.widgets.chart_axes import short_number
from ktui.widgets.chart_data import ChartData, Series
from ktui.widgets.rows import Row, RowModel, TupleModel
from ktui.widgets.sparks import Fold, Glyphs, Shape, Values, rate_cell, rate_column

SAMPLES: Final = 300
FIRST_AT: Final = 1_766_498_400.0
RATE_COLUMNS: Final = (
    ColumnSpec("name", "NAME", 16, grow=True),
    rate_column("own", "OWN"),
    rate_column("common", "COMMON"),
    rate_column("settled", "5 S", rank=1),
    rate_column("peaks", "PEAKS", rank=2),
    rate_column("ascii", "ASCII", rank=3),
)
PEAKS: Final = Shape(fold=Fold.MAX)
ASCII: Final = Shape(Glyphs.ASCII)


def rates(kind: int, turn: int) -> Values:
    """The last samples of a kind of topic: busy, with a gap, bursting, fallen to zero, silent, new."""
    return tuple(_rate(kind, number) for number in range(turn, turn + (4 if kind == 5 else SAMPLES)))


def _rate(kind: int, number: int) -> float | None:
    wave = 5000 + 3000 * sin(number / 19) + 300 * sin(number * 1.7)
    in_last_half = number % SAMPLES > SAMPLES // 2
    levels = (
        wave,
        None if number % SAMPLES in range(120, 180) else wave / 4,
        9000.0 if number % 60 == 7 else 20.0,
        0.0 if in_last_half else wave,
        0.0,
        wave / 100,
    )
    return levels[kind]


KINDS: Final = ("busy", "broker was away", "bursts", "stopped", "silent", "new")


def rate_rows(turn: int) -> RowModel:
    """One row for each kind; every turn is a second later."""
    return TupleModel([_row(kind, turn) for kind in range(len(KINDS))])


def _row(kind: int, turn: int) -> Row:
    values = rates(kind, turn)
    newest = values[-1]
    number = "?" if newest is None else short_number(newest)
    tone = Tone.MUTED if newest == 0 else Tone.NORMAL
    settled = Shape(per_cell=5, newest=turn + len(values) - 1)
    cells = (
        Run(KINDS[kind]),
        rate_cell(number, values, tone=tone),
        rate_cell(number, values, top=9000.0, tone=tone),
        rate_cell(number, values, tone=tone, shape=settled),
        rate_cell(number, values, tone=tone, shape=PEAKS),
        rate_cell(number, values, tone=tone, shape=ASCII),
    )
    return Row(kind, cells)


def rates_chart(turn: int) -> ChartData:
    """Three of the kinds over five minutes."""
    times = tuple(FIRST_AT + number for number in range(turn, turn + SAMPLES))
    series = [Series(KINDS[kind], times, rates(kind, turn)) for kind in range(3)]
    return ChartData("Made-up topics", tuple(series), unit="msg/s", zone=UTC, note="5 minutes at 1 s")
