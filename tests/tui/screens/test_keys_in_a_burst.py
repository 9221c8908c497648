"""Keys that arrive together do what they do one by one."""

from __future__ import annotations

import asyncio

import pytest
from textual import events
from textual.keys import _character_to_key

from ktui.adapters.operate.ground import Defaults
from ktui.tui import changes
from ktui.tui.desk import Desk
from tests.tui.builders import small
from tests.tui.harness import Console, console

NAMED = {"\r": "enter", "\t": "tab", "\x1b": "escape", "\x15": "ctrl+u"}


async def burst(ui: Console, text: str) -> None:
    """All into the queue before any of them is looked at."""
    for character in text:
        key = NAMED.get(character) or _character_to_key(character)
        ui.app.post_message(events.Key(key, character))
    await ui.until(lambda: ui.app._following is None and not ui.app.message_queue_size)


async def test_a_command_with_its_argument_opens_that_topic() -> None:
    async with console(small()) as ui:
        await ui.press("3")
        await burst(ui, ":topic orders\r")
        assert ui.lines[2].startswith("orders")


async def test_a_filter_gets_its_letters_and_then_they_are_commands_again() -> None:
    async with console(small()) as ui:
        await burst(ui, "3/ord\r\r")
        assert ui.lines[2].startswith("orders")


async def test_letters_never_run_commands_by_accident() -> None:
    async with console(small()) as ui:
        await burst(ui, "3/nqp")
        assert ui.app.filter_bar.text == "nqp"
        assert not ui.app.desk.is_paused
        await burst(ui, "\x15ord")
        assert ui.app.filter_bar.text == "ord"


async def test_colon_and_slash_can_be_typed() -> None:
    async with console(small()) as ui:
        await burst(ui, "3/a:b/c")
        assert ui.app.filter_bar.text == "a:b/c"


async def test_the_row_is_moved_to_before_it_is_opened() -> None:
    async with console(small()) as ui:
        await burst(ui, "3G\r")
        assert ui.lines[2].startswith("payments")


async def test_ctrl_c_does_not_wait() -> None:
    async with console(small()) as ui:
        await burst(ui, "3")
        await ui.press("ctrl+c")
        await ui.until(lambda: not ui.app.is_running)
        assert ui.app.return_code == 130


async def test_a_form_is_filled_field_by_field() -> None:
    async with console(small()) as ui:
        await burst(ui, "3nhello\r4\r")
        assert "> hello" in ui.text
        rows = ui.app.screen.query("FieldRow")
        values = [getattr(row, "value", "") for row in rows]
        assert values[:2] == ["hello", "4"]


async def test_letters_wait_for_the_form_that_is_about_to_open(monkeypatch: pytest.MonkeyPatch) -> None:
    may_open = asyncio.Event()

    async def slowly(desk: Desk) -> Defaults:
        await may_open.wait()
        return Defaults()

    monkeypatch.setattr(changes, "_defaults", slowly)
    async with console(small()) as ui:
        for key in ("3", "n", "q", "p"):
            ui.app.post_message(events.Key(key, key))
        await ui.until(ui.app.holds_keys)
        assert not ui.app.desk.is_paused
        may_open.set()
        await ui.until(lambda: "> qp" in ui.text)
        assert not ui.app.desk.is_paused


async def test_ctrl_u_clears_what_is_typed_before_it_and_not_after() -> None:
    async with console(small()) as ui:
        await burst(ui, "3nwrong\x15hello")
        assert "> hello" in ui.text


async def test_a_paste_comes_to_the_line_opened_before_it() -> None:
    async with console(small()) as ui:
        ui.app.post_message(events.Key("3", "3"))
        ui.app.post_message(events.Key("slash", "/"))
        ui.app.post_message(events.Paste("orders"))
        await burst(ui, "\r\r")
        assert ui.lines[2].startswith("orders")


async def test_a_key_held_down_is_never_lost() -> None:
    async with console(small()) as ui:
        await burst(ui, "3/" + "x" * 200)
        assert ui.app.filter_bar.text == "x" * 200
