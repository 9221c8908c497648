from __future__ import annotations

import pytest
from textual.pilot import Pilot

from ktui.widgets.cells import Line, Tone, line
from ktui.widgets.confirm import ConfirmName, Notice
from ktui.widgets.line_input import LineInput
from ktui.widgets.lines_panel import LinesPanel
from ktui.widgets.push_button import PushButton
from tests.widgets.doubles import WidgetApp, shown_lines

SIZE = (80, 24)
BODY: list[Line] = [line("6 partitions"), line("RF 3")]


class DialogApp(WidgetApp):
    def __init__(self, screen: ConfirmName | Notice) -> None:
        super().__init__()
        self.dialog = screen
        self.results: list[bool | None] = []
        self.confirmed: list[ConfirmName] = []

    def on_mount(self) -> None:
        self.push_screen(self.dialog, self.results.append)

    def on_confirm_name_confirmed(self, event: ConfirmName.Confirmed) -> None:
        self.confirmed.append(event.dialog)


def part(pilot: Pilot[None], name: str) -> str:
    return "\n".join(shown_lines(pilot.app.screen.query_one(f"#{name}")))


async def test_the_full_name_and_enter_confirm() -> None:
    app = DialogApp(ConfirmName("Delete a topic", BODY, expected="orders"))
    async with app.run_test(size=SIZE) as pilot:
        assert isinstance(app.screen.focused, LineInput)
        await pilot.press(*"orders", "enter")
        await pilot.pause()
        assert app.results == [True]


@pytest.mark.parametrize("typed", ["", "order", "Orders", "orders "])
async def test_anything_else_does_nothing_and_says_so(typed: str) -> None:
    app = DialogApp(ConfirmName("Delete a topic", BODY, expected="orders"))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*("space" if character == " " else character for character in typed), "enter")
        assert app.results == []
        assert part(pilot, "status") == "Nothing was done: that is not the full name."
        await pilot.press("escape")
        await pilot.pause()
        assert app.results == [False]


async def test_the_button_is_locked_in_words_until_the_name_is_complete() -> None:
    app = DialogApp(ConfirmName("Delete a topic", BODY, expected="orders"))
    async with app.run_test(size=SIZE) as pilot:
        button = app.screen.query_one("#act", PushButton)
        await pilot.press(*"order")
        assert part(pilot, "act").strip() == "Delete (locked: type the full name)"
        await pilot.press("tab", "tab")
        assert not button.has_focus
        await pilot.click(button)
        assert app.results == []
        app.screen.query_one(LineInput).focus()
        await pilot.press("s")
        assert part(pilot, "act") == "[ Delete ]"
        await pilot.press("backspace")
        assert button.disabled
        await pilot.press("s", "tab", "tab", "enter")
        await pilot.pause()
        assert app.results == [True]


async def test_a_long_name_is_shown_whole_and_a_long_body_scrolls() -> None:
    name = "n" * 249
    body = [line(f"group {number}") for number in range(100)]
    app = DialogApp(ConfirmName("Delete a topic", body, expected=name))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        box = app.screen.query_one("#box")
        assert box.region.height <= 24
        assert part(pilot, "prompt").replace("\n", "").endswith(name)
        assert app.screen.query_one("#act").region.bottom < 24
        panel = app.screen.query_one("#body", LinesPanel)
        assert panel.size.height >= 8
        panel.focus()
        await pilot.press("G")
        assert shown_lines(panel)[-1] == "group 99"
        app.screen.query_one(LineInput).value = name
        app.screen.query_one(LineInput).focus()
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == [True]


async def test_a_short_body_makes_a_short_dialog() -> None:
    app = DialogApp(ConfirmName("Delete a topic", BODY, expected="orders"))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        assert app.screen.query_one("#body").size.height == 2
        assert app.screen.query_one("#box").region.height == 2 + 2 + 3 + 1 + 2


async def test_kept_open_it_tells_how_it_goes_on() -> None:
    app = DialogApp(ConfirmName("Delete a topic", BODY, expected="orders", keep_open=True))
    async with app.run_test(size=SIZE) as pilot:
        dialog = app.dialog
        assert isinstance(dialog, ConfirmName)
        await pilot.press(*"orders", "enter", "enter")
        await pilot.pause()
        assert app.confirmed == [dialog]


async def test_kept_open_it_shows_the_status_until_it_is_closed() -> None:
    app = DialogApp(ConfirmName("Delete a topic", BODY, expected="orders", keep_open=True))
    async with app.run_test(size=SIZE) as pilot:
        dialog = app.dialog
        assert isinstance(dialog, ConfirmName)
        await pilot.press(*"orders", "enter")
        assert app.confirmed == [dialog]
        assert dialog.query_one(LineInput).disabled
        dialog.set_status([line("queued: broker 2 is dead"), line("waiting 3 s")])
        await pilot.pause()
        assert part(pilot, "status") == "queued: broker 2 is dead\nwaiting 3 s"
        dialog.finish([line("It is gone.")])
        await pilot.pause()
        assert part(pilot, "status") == "It is gone."
        assert part(pilot, "cancel") == "[ Close ]"
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == [True]
        dialog.set_status([line("too late")])
        dialog.finish([line("too late")])


async def test_leaving_after_confirming_still_says_confirmed() -> None:
    app = DialogApp(ConfirmName("Delete a topic", BODY, expected="orders", keep_open=True))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press(*"orders", "enter", "escape")
        await pilot.pause()
        assert app.results == [True]


async def test_a_notice_is_read_and_closed() -> None:
    app = DialogApp(Notice("Refused", "The name is taken.", [line("by orders")], tone=Tone.BAD))
    async with app.run_test(size=SIZE) as pilot:
        assert part(pilot, "sentence") == "The name is taken."
        assert part(pilot, "details") == "by orders"
        await pilot.press("enter")
        await pilot.pause()
        assert app.results == [None]
