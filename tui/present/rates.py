"""Throughput as cells: the number with its sparkline, and bytes a second with a mark when they are an estimate."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import dropwhile
from typing import Final

from ktui.adapters.rates.keys import BytesRate, Key, Method, Whole
from ktui.adapters.rates.view import EMPTY_VIEW, RatesView
from ktui.tui.present.formats import UNKNOWN, rate, size
from ktui.widgets.cells import Align, Cell, ColumnSpec, Run, Tone
from ktui.widgets.sparks import Values, peak, rate_cell, rate_column

NUMBER_WIDTH: Final = 6
RATE: Final = "rate"
"""The key of the column."""
ESTIMATED: Final = " est."
BUSIEST_LOOKED_AT: Final = 10
"""So many of the busiest topics have a say in the common scale."""


@dataclass(frozen=True, slots=True)
class SparkWidths:
    """Cells of a sparkline by the width of the screen."""

    narrow: int
    usual: int
    wide: int

    def at(self, width: int) -> int:
        if width < 100:
            return self.narrow
        return self.usual if width < 140 else self.wide


IN_TABLES: Final = SparkWidths(8, 12, 24)
OF_PARTITIONS: Final = SparkWidths(0, 8, 12)


@dataclass(frozen=True, slots=True)
class RateLook:
    """The rates of now, and how they are drawn."""

    rates: RatesView = EMPTY_VIEW
    spark_width: int = 0
    """0: no sparkline, only the number."""
    top: float | None = None
    """The value of a full cell; None: the highest of each row."""

    def cell(self, key: Key) -> Run:
        """As wide as the column of the same sparkline."""
        value = self.rates.per_s(key)
        tone = Tone.NORMAL if value else Tone.MUTED
        if not self.spark_width:
            return Run(rate(value), tone)
        values = samples(self.rates, key, self.spark_width)
        return rate_cell(
            rate(value), values, self.spark_width, top=self.top, number_width=NUMBER_WIDTH, tone=tone
        )

    def blank(self) -> Run:
        """For a row of something that is gone."""
        return Run("", Tone.MUTED)


def samples(rates: RatesView, key: Key, count: int) -> Values:
    """The newest; what was before the first known one is left out."""
    return tuple(dropwhile(lambda value: value is None, rates.spark(key, count)))


def common_top(rates: RatesView, keys: Iterable[Key], spark_width: int) -> float | None:
    """The scale that all of them share; None when none of them moves."""
    if not spark_width:
        return None
    return max((peak(samples(rates, key, spark_width), spark_width) for key in keys), default=0.0) or None


def column(spark_width: int, rank: int = 0) -> ColumnSpec:
    """Messages a second."""
    if not spark_width:
        return ColumnSpec(RATE, "MSG/S", NUMBER_WIDTH, Align.RIGHT, rank=rank)
    return rate_column(RATE, "MSG/S", number_width=NUMBER_WIDTH, spark_width=spark_width, rank=rank)


def bytes_column(rank: int) -> ColumnSpec:
    return ColumnSpec("bytes", "BYTES/S", 11, Align.RIGHT, rank=rank)


def bytes_cell(told: BytesRate | None) -> Cell:
    """`1.2M est.`; the brokers' own counters carry no mark, and neither does a known zero."""
    if told is None:
        return Run(UNKNOWN, Tone.MUTED)
    if not told.per_s:
        return Run("0", Tone.MUTED)
    number = Run(size(round(told.per_s)))
    return (number, Run(ESTIMATED, Tone.MUTED)) if told.method is Method.LOG_GROWTH else number


def bytes_words(told: BytesRate | None) -> str:
    """`1.9 MiB/s est.`; empty when it is not known or nothing."""
    if told is None or not told.per_s:
        return ""
    text = size(round(told.per_s))
    unit = f"{text[:-1]} {text[-1]}iB/s" if text[-1].isalpha() else f"{text} bytes/s"
    return unit + (ESTIMATED if told.method is Method.LOG_GROWTH else "")


def rates_order(rates: RatesView, key: str | int | Whole) -> int:
    """What an order by rate goes by, the busiest first: nothing after the idle ones."""
    value = rates.per_s(key)
    return 1 if value is None else -round(1_000 * value)
