from __future__ import annotations

from textual.events import Paste

from ktui.widgets.cells import line
from ktui.widgets.filter_bar import FilterBar
from tests.widgets.doubles import COLUMNS, LETTERS, CountingTable, Names, WidgetApp


class FilterApp(WidgetApp):
    def __init__(self) -> None:
        self.table = CountingTable(COLUMNS)
        self.bar = FilterBar()
        self.heard: list[str | bool] = []
        super().__init__(self.table, self.bar)

    def on_mount(self) -> None:
        self.table.show(Names(LETTERS))
        self.table.focus()

    def on_filter_bar_filter_changed(self, event: FilterBar.FilterChanged) -> None:
        self.heard.append(event.text)

    def on_filter_bar_filter_closed(self, event: FilterBar.FilterClosed) -> None:
        self.heard.append(event.kept)


async def test_it_is_hidden_until_opened_and_then_takes_one_line() -> None:
    app = FilterApp()
    async with app.run_test(size=(40, 10)) as pilot:
        assert app.bar.size.height == 0
        app.bar.open()
        await pilot.pause()
        assert app.bar.size.height == 1
        assert app.table.size.height == 9


async def test_every_change_is_told_and_enter_keeps_it() -> None:
    app = FilterApp()
    async with app.run_test(size=(40, 10)) as pilot:
        app.bar.open()
        await pilot.press("p", "a", "enter")
        assert app.heard == ["p", "pa", True]
        assert not app.bar.is_open
        assert app.table.has_focus


async def test_escape_does_not_keep_it() -> None:
    app = FilterApp()
    async with app.run_test(size=(40, 10)) as pilot:
        app.bar.open()
        await pilot.press("p", "escape")
        assert app.heard == ["p", False]
        assert app.table.has_focus


async def test_opening_with_a_text_tells_no_change() -> None:
    app = FilterApp()
    async with app.run_test(size=(40, 10)) as pilot:
        app.bar.open("pay")
        await pilot.press("s")
        assert app.heard == ["pays"]
        assert app.bar.text == "pays"


async def test_a_note_stands_at_the_right() -> None:
    app = FilterApp()
    async with app.run_test(size=(40, 10)) as pilot:
        app.bar.open("pay")
        app.bar.set_note(line("12 of 204"))
        await pilot.pause()
        note = app.bar.query_one("#note")
        assert note.render_line(0).text == "12 of 204"
        assert note.region.right == 40


async def test_pasted_control_characters_are_left_out() -> None:
    app = FilterApp()
    async with app.run_test(size=(40, 10)) as pilot:
        app.bar.open()
        await pilot.pause()
        app.post_message(Paste("a\x1b]0;x\x07b"))
        await pilot.pause()
        assert app.bar.text == "a]0;xb"
