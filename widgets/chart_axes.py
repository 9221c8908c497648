"""Round numbers and round times for the axes of a chart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import count, takewhile
from math import ceil, floor, gcd, log10
from typing import Final

PREFIXES: Final = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
MANTISSAS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)

MINUTE: Final = 60
HOUR: Final = 3_600
DAY: Final = 86_400
OFFSETS_S: Final = 900
"""Offsets of zones are multiples of this."""
TIME_STEPS_S: Final = (
    *(1, 2, 5, 10, 15, 30),
    *(MINUTE * step for step in (1, 2, 5, 10, 15, 30)),
    *(HOUR * step for step in (1, 2, 3, 6, 12)),
    *(DAY * step for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)),
)


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str


def short_number(value: float) -> str:
    """At most three digits and a prefix: 0, 0.25, 12, 8.1k, 20M."""
    size = abs(value)
    for unit, prefix in PREFIXES:
        if size >= unit * 0.9995:
            return f"{value / unit:.3g}{prefix}"
    return f"{value:.3g}" if size >= 0.001 or not size else f"{value:.0e}"


def value_marks(lowest: float, highest: float, most: int) -> tuple[float, ...]:
    """Ascending multiples of a round step, at most `most` where that is possible, that enclose zero and the values."""
    low, high = min(0.0, lowest), max(0.0, highest)
    if high <= low:
        high = 1.0
    intervals = max(2 if low < 0 < high else 1, most - 1)
    step = _round_step((high - low) / intervals)
    while ceil(high / step) - floor(low / step) > intervals:
        step = _round_step(step * 1.01)
    return tuple(mark * step for mark in range(floor(low / step), ceil(high / step) + 1))


def _round_step(least: float) -> float:
    unit = 10.0 ** floor(log10(least))
    return next(unit * mantissa for mantissa in MANTISSAS if unit * mantissa >= least * (1 - 1e-9))


def time_ticks(start: float, end: float, most: int, *, zone: tzinfo | None) -> tuple[Tick, ...]:
    """At most `most` times that are round on the clock of the zone (None: local)."""
    least = (end - start) / max(1, most)
    step = next((step for step in TIME_STEPS_S if step >= least), TIME_STEPS_S[-1])
    marks = _day_marks(start, end, step // DAY, zone) if step >= DAY else _clock_marks(start, end, step, zone)
    return tuple(Tick(mark, _time_label(mark, step, zone)) for mark in marks[: max(0, most)])


def _clock_marks(start: float, end: float, step: int, zone: tzinfo | None) -> list[float]:
    """Multiples of the step counted from midnight, also where the clock was changed in between."""
    marks: list[float] = []
    seconds = gcd(step, OFFSETS_S)
    at = ceil(start / seconds) * float(seconds)
    while at <= end:
        local = clock(at, zone)
        if (local.hour * HOUR + local.minute * MINUTE + local.second) % step == 0:
            marks.append(at)
        at += seconds
    return marks


def _day_marks(start: float, end: float, days: int, zone: tzinfo | None) -> list[float]:
    """Midnights, each so many days after the one before."""
    midnight = clock(start, zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=zone, fold=0)
    first = midnight.toordinal()
    later = ((midnight + timedelta(days=day)).timestamp() for day in count((-first) % days, days))
    return [mark for mark in takewhile(lambda mark: mark <= end, later) if mark >= start]


def _time_label(at: float, step: int, zone: tzinfo | None) -> str:
    local = clock(at, zone)
    if step >= DAY or (local.hour, local.minute, local.second) == (0, 0, 0):
        return f"{local:%m-%d}"
    return f"{local:%H:%M}" if step >= MINUTE else f"{local:%H:%M:%S}"


def span_words(start: float, end: float, zone: tzinfo | None) -> tuple[str, ...]:
    """From when to when, in fewer and fewer words, each with the name of the zone."""
    first, last = clock(start, zone), clock(end, zone)
    dates = f"{first:%Y-%m-%d %H:%M:%S} to {last:%Y-%m-%d %H:%M:%S}"
    shorter = (f"{first:%m-%d %H:%M} to {last:%m-%d %H:%M}", f"{first:%m-%d} to {last:%m-%d}")
    if first.date() == last.date():
        times = f"{first:%H:%M:%S} to {last:%H:%M:%S}"
        dates, shorter = f"{first:%Y-%m-%d} {times}", (times, f"{first:%H:%M} to {last:%H:%M}")
    return tuple(f"{words} {last.tzname()}" for words in (dates, *shorter))


def clock(at: float, zone: tzinfo | None) -> datetime:
    return datetime.fromtimestamp(at, UTC).astimezone(zone)
