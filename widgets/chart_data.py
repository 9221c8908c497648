"""What a chart shows: series over time, with the words around them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import KW_ONLY, dataclass
from datetime import tzinfo
from math import inf, isfinite
from typing import Final

from ktui.widgets.chart_axes import short_number
from ktui.widgets.sparks import Values

Stretch = list[tuple[float, float]]
"""Times and values with no gap between them."""

SHORTEST_SPAN_S: Final = 60.0
"""What a single sample is given, so that it has a time axis."""


@dataclass(frozen=True, slots=True)
class Series:
    """Samples at ascending times in seconds since the epoch.

    None as a value and a step longer than `joined_s` are gaps: no line is drawn over them.
    """

    name: str
    times: tuple[float, ...]
    values: Values
    _: KW_ONLY
    joined_s: float = inf

    def stretches(self, start: float, end: float) -> Iterator[Stretch]:
        """The samples from `start` to `end`, broken at gaps."""
        stretch: Stretch = []
        for time, value in zip(self.times, self.values, strict=False):
            is_gap = value is None or not isfinite(value)
            if stretch and (is_gap or time - stretch[-1][0] > self.joined_s):
                yield stretch
                stretch = []
            if value is not None and not is_gap and start <= time <= end:
                stretch.append((time, value))
        if stretch:
            yield stretch

    @property
    def newest(self) -> float | None:
        """The value of the last sample; None when it is a gap, or when there is none."""
        return self.values[-1] if self.values else None


@dataclass(frozen=True, slots=True)
class ChartData:
    """Several series under one title. Without `start` and `end` the axis runs from the first to the last sample."""

    title: str
    series: tuple[Series, ...] = ()
    _: KW_ONLY
    unit: str = ""
    start: float | None = None
    end: float | None = None
    zone: tzinfo | None = None
    """Of the times on the axis; None: local time."""
    number: Callable[[float], str] = short_number
    """Writes the numbers on the axis and in the legend."""
    note: str = ""
    empty_text: str = "No samples yet."

    def span(self) -> tuple[float, float] | None:
        """First and last time of the axis; None without a sample and without given times."""
        times = [time for series in self.series for time in (*series.times[:1], *series.times[-1:])]
        end = self.end if self.end is not None else max(times, default=None)
        start = self.start if self.start is not None else min(times, default=None)
        if start is None or end is None:
            return None
        return (start, end) if end > start else (end - SHORTEST_SPAN_S, end)
