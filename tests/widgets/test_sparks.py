from __future__ import annotations

from math import inf, nan

import pytest

from ktui.widgets.big_table import BigTable
from ktui.widgets.cells import ColumnSpec, Run, Tone
from ktui.widgets.fitting import text_width
from ktui.widgets.rows import Row, TupleModel
from ktui.widgets.sparks import Fold, Glyphs, Shape, Values, peak, rate_cell, rate_column, spark
from tests.widgets.doubles import WidgetApp, shown_lines

MAX = Shape(fold=Fold.MAX)
ASCII = Shape(Glyphs.ASCII)


def test_zero_is_the_lowest_and_nothing_else_is() -> None:
    assert spark((0.0, 0.0001, 1.0, 500.0, 1000.0), 5) == "▁▂▂▅█"


def test_a_gap_is_not_a_zero_and_not_yet_is_neither() -> None:
    assert spark((0.0, None, 0.0, 3.0), 6) == "  ▁·▁█"
    assert spark((nan, inf, 0.0), 3) == "··▁"
    assert spark((), 3) == "   "
    assert spark((None, None), 2) == "··"


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ((0.0, 0.0, 0.0), "▁▁▁"),
        ((7.0, 7.0, 7.0), "███"),
        ((1000.0, 1003.0, 998.0), "███"),
        ((1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0), "▂▃▄▅▆▇█"),
    ],
)
def test_own_scale_reaches_from_zero_to_the_highest_cell(values: Values, drawn: str) -> None:
    assert spark(values, len(values)) == drawn


def test_a_common_scale_makes_rows_comparable() -> None:
    busy, calm = (9000.0, 4500.0), (9.0, 0.0)
    top = max(peak(busy, 2), peak(calm, 2))
    assert (spark(busy, 2, top=top), spark(calm, 2, top=top)) == ("█▅", "▂▁")
    assert spark((20.0,), 1, top=10.0) == "█"


def test_ascii_has_a_character_for_each_meaning() -> None:
    assert spark((0.0, None, 1.6, 3.3, 5.0, 6.6, 8.3, 10.0), 9, shape=ASCII) == " _ .-=+*#"


def test_more_samples_than_cells_are_folded_by_mean_or_maximum() -> None:
    values = (0.0, 8.0, 0.0, 0.0, None, 8.0, None, None)
    assert spark(values, 4) == "▅▁█·"
    assert spark(values, 4, shape=MAX) == "█▁█·"
    assert len(spark(tuple(map(float, range(301))), 18)) == 18
    assert peak((0.0, 8.0, 0.0, 0.0), 2) == 4.0


def test_cells_of_several_samples_stand_still_until_the_newest_is_full() -> None:
    rates = [float(number % 7) for number in range(64)]
    drawn = {
        newest: spark(tuple(rates[: newest + 1][-40:]), 6, top=6.0, shape=Shape(per_cell=5, newest=newest))
        for newest in range(49, 60)
    }
    assert {text[:-1] for newest, text in drawn.items() if newest in range(50, 55)} == {drawn[49][1:]}
    assert {text[:-1] for newest, text in drawn.items() if newest in range(55, 60)} == {drawn[54][1:]}


def test_cells_of_several_samples_keep_their_width_while_there_are_few() -> None:
    shape = Shape(per_cell=5, newest=1)
    assert spark((4.0, 4.0), 4, shape=shape) == "   █"
    assert spark((0.0, 0.0, 0.0, 5.0), 4, shape=Shape(per_cell=2, newest=4)) == " ▁▁█"
    assert spark(tuple(map(float, range(9))), 3, shape=Shape(per_cell=1)) == "▇██"


@pytest.mark.parametrize("width", [0, -1])
def test_no_room_is_no_text(width: int) -> None:
    assert spark((1.0, 2.0), width) == ""


@pytest.mark.parametrize("width", [1, 5, 18, 40])
@pytest.mark.parametrize("count", [0, 1, 17, 18, 19, 300])
@pytest.mark.parametrize("per_cell", [0, 1, 3, 16])
def test_always_as_wide_as_asked(width: int, count: int, per_cell: int) -> None:
    shape = Shape(per_cell=per_cell, newest=1000)
    drawn = spark(tuple(map(float, range(count))), width, shape=shape)
    assert text_width(drawn) == width
    assert drawn.strip() == drawn.lstrip()
    assert bool(drawn.strip()) == bool(count)


async def test_rate_cells_stand_in_columns_of_one_table() -> None:
    columns = (
        ColumnSpec("name", "NAME", 6),
        rate_column("rate", "MSG/S", number_width=5, spark_width=4),
        rate_column("bytes", "BYTES/S", spark_width=4, rank=1),
    )
    rows = [
        Row("a", (Run("a"), rate_cell("8.1k", (1.0, 2.0), 4, number_width=5), rate_cell("1.2M", (1.0,), 4))),
        Row("b", (Run("b"), rate_cell("0", (0.0,) * 9, 4, number_width=5, tone=Tone.MUTED), Run("?"))),
    ]
    table = BigTable(columns, sort=("rate", True))
    async with WidgetApp(table).run_test(size=(40, 4)) as pilot:
        table.show(TupleModel(rows))
        await pilot.pause()
        assert shown_lines(table)[:3] == [
            "  NAME   MSG/S↓     BYTES/S",
            "  a       8.1k   ▅█    1.2M    █",
            "  b          0 ▁▁▁▁ ?",
        ]
        assert len(table.render_line(1)._segments) == 1
        await pilot.resize_terminal(22, 4)
        await pilot.pause()
        assert shown_lines(table)[1] == "  a       8.1k   ▅█"
