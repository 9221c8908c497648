"""Reads a drawn chart back: which time and which value every dot stands for, by the labels of the axes alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

BRAILLE = 0x2800
DOT_ROWS = 4
DOT_COLUMNS = 2
DOTS = {1: (0, 0), 2: (0, 1), 4: (0, 2), 8: (1, 0), 16: (1, 1), 32: (1, 2), 64: (0, 3), 128: (1, 3)}
"""Bits of a braille character as (column, row) of its eight dots."""
FACTORS = {"k": 1e3, "M": 1e6, "G": 1e9}


@dataclass(frozen=True)
class Axes:
    """Two labelled marks on each axis: (place in cells, what it stands for)."""

    times: tuple[tuple[int, float], tuple[int, float]]
    values: tuple[tuple[int, float], tuple[int, float]]
    left: int

    def time_at(self, column: float) -> float:
        return _between(self.times, column)

    def value_at(self, row: float) -> float:
        return _between(self.values, row)

    @property
    def row_height(self) -> float:
        return abs(self.value_at(1) - self.value_at(0))

    @property
    def column_s(self) -> float:
        return self.time_at(1) - self.time_at(0)


def read_axes(text: str, day: datetime) -> Axes:
    """The axes of a chart whose times are HH:MM in UTC of one day."""
    lines = text.splitlines()
    marked = [(row, line) for row, line in enumerate(lines) if "┤" in line]
    values = [(row, number(line.partition("┤")[0])) for row, line in marked]
    axis, labels = lines[-2], lines[-1]
    columns = [column for column, character in enumerate(axis) if character == "┬"]
    times = [(column, _time(labels, column, day)) for column in columns]
    inner = [pair for pair in times if 5 < pair[0] < len(axis) - 5]
    return Axes((inner[0], inner[-1]), (values[0], values[-1]), axis.index("└") + 1)


def dots(text: str, axes: Axes) -> Iterator[tuple[float, float]]:
    """Time and value of each braille dot."""
    for row, line in enumerate(text.splitlines()):
        for column, character in enumerate(line):
            if BRAILLE < ord(character) < BRAILLE + 256:
                for bit, (x, y) in DOTS.items():
                    if (ord(character) - BRAILLE) & bit:
                        across = column + (x + 0.5) / DOT_COLUMNS - 0.5
                        down = row + (y + 0.5) / DOT_ROWS - 0.5
                        yield axes.time_at(across), axes.value_at(down)


def number(label: str) -> float:
    shown = label.strip()
    return float(shown[:-1]) * FACTORS[shown[-1]] if shown[-1] in FACTORS else float(shown)


def _time(labels: str, column: int, day: datetime) -> float:
    start = labels.rfind(" ", 0, column + 1) + 1
    hour, minute = labels[start:].split()[0].split(":")
    return day.replace(hour=int(hour), minute=int(minute), second=0, tzinfo=UTC).timestamp()


def _between(marks: tuple[tuple[int, float], tuple[int, float]], place: float) -> float:
    (first, low), (second, high) = marks
    return low + (high - low) * (place - first) / (second - first)
