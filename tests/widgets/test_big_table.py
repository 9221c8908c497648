from __future__ import annotations

import pytest
from textual.events import MouseScrollDown
from textual.pilot import Pilot

from ktui.widgets.big_table import BigTable
from ktui.widgets.cells import ColumnSpec, Run
from ktui.widgets.rows import EMPTY_MODEL, Row, TupleModel
from tests.widgets.doubles import (
    COLUMNS,
    LETTERS,
    CountingTable,
    Names,
    Numbers,
    TableApp,
    shown_lines,
    shown_rows,
)

SIZE = (80, 24)
BODY = 23


async def show(pilot: Pilot[None], model: Names | Numbers) -> CountingTable:
    app = pilot.app
    assert isinstance(app, TableApp)
    app.table.show(model)
    await pilot.pause()
    app.table.rendered = []
    model.row_calls = 0
    return app.table


async def test_header_and_rows_are_laid_out_by_column() -> None:
    app = TableApp()
    async with app.run_test(size=(40, 6)) as pilot:
        table = await show(pilot, Names(["orders", "payments"], {"orders": 12}))
        assert [text.split() for text in shown_lines(table)[:3]] == [
            ["NAME", "VALUE"],
            ["orders", "12"],
            ["payments", "0"],
        ]
        ends = {len(text) for text in shown_lines(table)[:3]}
        assert len(ends) == 1
        assert all(
            table.render_line(y).cell_length == table.scrollable_content_region.width for y in range(6)
        )


async def test_the_sort_arrow_stands_in_its_column() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        table = await show(pilot, Names(LETTERS))
        table.sort = ("name", False)
        assert "NAME↑" in table.render_line(0).text
        table.sort = ("value", True)
        assert table.render_line(0).text.rstrip().endswith("VALUE↓")
        await pilot.pause()
        assert set(table.rendered) == {0}


async def test_an_equal_model_draws_no_line() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        table = await show(pilot, Names(LETTERS))
        again = Names(LETTERS)
        table.show(again)
        await pilot.pause()
        assert table.rendered == []
        assert again.row_calls == BODY


async def test_only_lines_that_look_different_are_drawn() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        table = await show(pilot, Names(LETTERS))
        table.show(Names(LETTERS, {"a4": 1, "a5": 1, "c0": 1, "h9": 1}))
        await pilot.pause()
        assert sorted(table.rendered) == [1 + 4, 1 + 5, 1 + 20]


async def test_a_change_outside_the_cut_cell_draws_nothing() -> None:
    app = TableApp(CountingTable([ColumnSpec("name", "NAME", 5)]))
    async with app.run_test(size=SIZE) as pilot:
        app.table.show(TupleModel([Row("k", (Run("long name one"),))]))
        await pilot.pause()
        app.table.rendered = []
        app.table.show(TupleModel([Row("k", (Run("long name two"),))]))
        await pilot.pause()
        assert app.table.rendered == []


async def test_a_million_rows_touch_only_the_rows_in_view() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        model = Numbers(1_000_000)
        app.table.show(model)
        await pilot.pause()
        assert model.row_calls <= 2 * BODY + 2
        model.row_calls = 0
        await pilot.press("G")
        assert app.table.cursor_index == 999_999
        assert shown_rows(app.table)[-1] == "topic-999999"
        assert model.row_calls <= 2 * BODY + 2
        model.row_calls = 0
        await pilot.press("pageup")
        assert shown_rows(app.table)[-1] == f"topic-{999_999 - BODY}"
        await pilot.press("g")
        assert shown_rows(app.table)[0] == "topic-0"
        assert model.row_calls <= 4 * BODY + 4


async def test_swapping_a_million_rows_draws_the_changed_line_only() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        table = await show(pilot, Numbers(1_000_000))
        table.move_to_index(500_000)
        await pilot.pause()
        table.rendered = []
        swapped = Numbers(1_000_000, {500_000: 7, 3: 7, 999_999: 7})
        table.show(swapped)
        await pilot.pause()
        assert table.rendered == [BODY]
        assert swapped.row_calls == BODY


async def test_one_row_down_draws_two_lines() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        table = await show(pilot, Numbers(200_000))
        await pilot.press("j")
        assert sorted(table.rendered) == [1, 2]


@pytest.mark.parametrize(
    ("keys", "index"),
    [
        (["down"], 1),
        (["j", "j", "k"], 1),
        (["up"], 0),
        (["pagedown"], BODY),
        (["pagedown", "pagedown", "pageup"], BODY),
        (["end"], 79),
        (["G", "down"], 79),
        (["G", "home"], 0),
        (["G", "g"], 0),
    ],
)
async def test_keys_move_the_cursor_and_keep_it_in_view(keys: list[str], index: int) -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        table = await show(pilot, Names(LETTERS))
        await pilot.press(*keys)
        assert table.cursor_index == index
        assert table.cursor_key == LETTERS[index]
        assert index in table.visible_rows
        assert len(table.visible_rows) == BODY


async def test_the_cursor_is_drawn_reversed_without_colours_too() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        table = await show(pilot, Names(LETTERS))
        reversed_lines = [
            y for y in range(24) if all(s.style and s.style.reverse for s in table.render_line(y)) and y
        ]
        assert reversed_lines == [1]
        await pilot.pause()


async def test_the_cursor_stays_on_its_key_when_the_order_changes() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        table = await show(pilot, Names(LETTERS))
        table.move_to_key("b5")
        table.show(Names(LETTERS[::-1]))
        assert table.cursor_key == "b5"
        assert table.cursor_index == LETTERS[::-1].index("b5")
        assert table.cursor_index in table.visible_rows


async def test_a_row_above_the_view_moves_nothing_in_it() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        table = await show(pilot, Names(LETTERS))
        table.move_to_key("e0")
        await pilot.pause()
        before = shown_rows(table)
        table.show(Names(["a00", *LETTERS]))
        await pilot.pause()
        assert shown_rows(table) == before
        assert table.cursor_key == "e0"


async def test_a_view_scrolled_away_from_the_cursor_stays_put() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        table = await show(pilot, Names(LETTERS))
        table.scroll_to(y=30, animate=False)
        await pilot.pause()
        before = shown_rows(table)
        table.show(Names(["a00", *LETTERS]))
        await pilot.pause()
        assert shown_rows(table) == before
        assert table.cursor_key == "a0"


async def test_at_the_very_top_new_first_rows_come_into_view() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        table = await show(pilot, Names(LETTERS))
        table.show(Names(["a00", *LETTERS]))
        await pilot.pause()
        assert shown_rows(table)[:2] == ["a00", "a0"]
        assert table.cursor_key == "a0"


async def test_a_cursor_resting_on_top_may_follow_the_newest() -> None:
    app = TableApp(CountingTable(COLUMNS, follow_top=True))
    async with app.run_test(size=SIZE) as pilot:
        table = await show(pilot, Names(LETTERS))
        table.show(Names(["new", *LETTERS]))
        assert table.cursor_index == 0
        await pilot.press("j")
        table.show(Names(["newer", "new", *LETTERS]))
        assert table.cursor_key == "a0"


async def test_when_its_row_is_gone_the_cursor_takes_the_nearest() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        table = await show(pilot, Names(LETTERS))
        table.move_to_index(10)
        table.show(Names([name for name in LETTERS if name != "b0"]))
        assert (table.cursor_index, table.cursor_key) == (10, "b1")
        table.show(Names(LETTERS[:3]))
        assert (table.cursor_index, table.cursor_key) == (2, "a2")
        await pilot.pause()
        assert shown_rows(table) == LETTERS[:3]


async def test_a_shrinking_model_leaves_no_empty_view() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        table = await show(pilot, Numbers(1_000_000))
        await pilot.press("G")
        table.show(Numbers(100))
        await pilot.pause()
        assert shown_rows(table) == [f"topic-{index}" for index in range(100 - BODY, 100)]


async def test_an_empty_table_says_so_and_remembers_where_the_cursor_was() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        table = await show(pilot, Names(LETTERS))
        table.move_to_key("c3")
        table.show(EMPTY_MODEL)
        await pilot.pause()
        assert shown_lines(table)[2] == "  Nothing here."
        assert (table.cursor_index, table.cursor_key) == (-1, None)
        await pilot.press("j", "G", "enter", "space", "pagedown")
        table.show(Names(LETTERS))
        assert table.cursor_key == "c3"


async def test_messages_tell_key_and_index() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        await show(pilot, Names(LETTERS))
        app.heard.clear()
        await pilot.press("j", "enter", "space")
        highlighted, selected, marked = app.heard
        assert isinstance(highlighted, BigTable.Highlighted)
        assert (highlighted.key, highlighted.index) == ("a1", 1)
        assert isinstance(selected, BigTable.Selected)
        assert (selected.key, selected.index) == ("a1", 1)
        assert isinstance(marked, BigTable.MarkToggled)
        assert marked.key == "a1"


async def test_highlighted_is_told_once_per_key() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        table = await show(pilot, Names(LETTERS))
        table.show(Names(LETTERS))
        table.show(EMPTY_MODEL)
        await pilot.pause()
        assert [event.key for event in app.heard if isinstance(event, BigTable.Highlighted)] == ["a0", None]


async def test_the_mouse_selects_and_the_wheel_scrolls() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        table = await show(pilot, Names(LETTERS))
        await pilot.click(table, offset=(5, 4))
        assert table.cursor_key == "a3"
        await pilot.click(table, offset=(5, 4), times=2)
        assert any(isinstance(event, BigTable.Selected) and event.key == "a3" for event in app.heard)
        await pilot.click(table, offset=(4, 0))
        header = app.heard[-1]
        assert isinstance(header, BigTable.HeaderClicked)
        assert header.column == "name"
        await pilot._post_mouse_events([MouseScrollDown], table, button=0)
        assert table.visible_rows.start > 0


async def test_marks_and_signs_stand_before_the_row() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        rows = [
            Row("a", (Run("a"),), sign="✕"),
            Row("b", (Run("b"),), marked=True, sign="✕"),
            Row("c", (Run("c"),)),
        ]
        app.table.show(TupleModel(rows))
        await pilot.pause()
        assert [text[:3] for text in shown_lines(app.table)[1:4]] == ["✕ a", "* b", "  c"]


async def test_a_row_of_one_tone_is_one_segment() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        table = await show(pilot, Names(LETTERS))
        assert [len(list(table.render_line(y))) for y in range(24)] == [1] * 24
        await pilot.pause()


async def test_a_narrow_terminal_drops_columns_by_rank_and_never_scrolls_sideways() -> None:
    columns = [*COLUMNS, ColumnSpec("extra", "EXTRA", 30, rank=1)]
    app = TableApp(CountingTable(columns))
    async with app.run_test(size=SIZE) as pilot:
        table = await show(pilot, Names(LETTERS))
        assert len(table.shown_columns) == 3
        await pilot.resize_terminal(50, 20)
        await pilot.pause()
        assert list(table.shown_columns) == ["name", "value"]
        assert not table.show_horizontal_scrollbar
        assert shown_rows(table) == LETTERS[:19]


async def test_a_lower_terminal_keeps_the_cursor_in_view() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        table = await show(pilot, Names(LETTERS))
        table.move_to_index(40)
        await pilot.resize_terminal(80, 10)
        await pilot.pause()
        assert table.cursor_index in table.visible_rows
        assert shown_rows(table)[-1] == LETTERS[40]


async def test_a_hidden_table_shows_the_newest_rows_and_its_cursor_when_it_comes_back() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        table = await show(pilot, Names(LETTERS))
        table.move_to_key("a5")
        table.display = False
        await pilot.pause()
        table.show(Names(LETTERS[::-1], {"a5": 42}))
        table.display = True
        await pilot.pause()
        assert table.cursor_key == "a5"
        assert table.cursor_index in table.visible_rows
        assert "a5" in shown_rows(table)


async def test_a_model_shown_before_mounting_is_there_at_once() -> None:
    table = CountingTable(COLUMNS)
    table.show(Names(LETTERS))
    table.sort = ("name", False)
    table.move_to_index(70)
    app = TableApp(table)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert table.cursor_key == LETTERS[70]
        assert LETTERS[70] in shown_rows(table)


async def test_a_change_of_theme_draws_with_its_colours() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        table = await show(pilot, Names(LETTERS))
        before = table.render_line(3)
        app.theme = "ansi-dark"
        await pilot.pause()
        assert table.render_line(3) != before
        assert table.render_line(3).text == before.text


async def test_wide_characters_keep_the_columns_in_place() -> None:
    app = TableApp()
    async with app.run_test(size=SIZE) as pilot:
        table = await show(pilot, Names(["日本語" * 30, "plain"]))
        strips = [table.render_line(y) for y in (1, 2)]
        assert [strip.cell_length for strip in strips] == [table.scrollable_content_region.width] * 2
        assert all(sum(segment.cell_length for segment in strip) == strip.cell_length for strip in strips)
        await pilot.pause()
