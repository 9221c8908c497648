from __future__ import annotations

from itertools import pairwise

import pytest

from ktui.widgets.cells import ColumnSpec
from ktui.widgets.columns import GAP, lay_out

NAME = ColumnSpec("name", "NAME", 20, grow=True, min_width=10)
RATE = ColumnSpec("rate", "RATE", 8, rank=1)
SIZE = ColumnSpec("size", "SIZE", 6, rank=2)
STATE = ColumnSpec("state", "STATE", 12, min_width=6)
COLUMNS = (NAME, STATE, RATE, SIZE)


def widths(width: int, columns: tuple[ColumnSpec, ...] = COLUMNS) -> dict[str, int]:
    return {placed.spec.key: placed.width for placed in lay_out(columns, width)}


def test_the_growing_column_takes_what_is_left() -> None:
    assert widths(80) == {"name": 80 - 12 - 8 - 6 - 3 * GAP, "state": 12, "rate": 8, "size": 6}


def test_columns_shrink_before_any_is_dropped() -> None:
    assert widths(10 + 6 + 8 + 6 + 3) == {"name": 10, "state": 6, "rate": 8, "size": 6}


def test_the_highest_rank_is_dropped_first() -> None:
    assert list(widths(32)) == ["name", "state", "rate"]
    assert list(widths(25)) == ["name", "state"]


def test_rank_zero_always_stays() -> None:
    assert list(widths(3)) == ["name", "state"]


def test_of_equal_ranks_the_last_goes_first() -> None:
    columns = (NAME, ColumnSpec("a", "A", 10, rank=1), ColumnSpec("b", "B", 10, rank=1))
    assert list(widths(25, columns)) == ["name", "a"]


def test_a_column_grows_no_further_than_it_may() -> None:
    columns = (
        ColumnSpec("name", "NAME", 10, grow=True, max_width=30),
        ColumnSpec("note", "NOTE", 5, grow=True),
    )
    assert widths(100, columns) == {"name": 30, "note": 100 - 30 - GAP}


@pytest.mark.parametrize("width", range(24, 120))
def test_places_follow_one_another_and_fit(width: int) -> None:
    placed = lay_out(COLUMNS, width)
    for left, right in pairwise(placed):
        assert right.start == left.start + left.width + GAP
    assert placed[-1].start + placed[-1].width <= width
