from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.pilot import Pilot

from ktui.widgets.filter_bar import FilterBar
from ktui.widgets.keys_in_order import KeysInOrder
from ktui.widgets.push_button import PushButton


class OpeningApp(KeysInOrder[None]):
    """Opens its line with `o`; every other letter that is not typed is noted."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("o", "open"), Binding("a,b", "note")]

    def __init__(self) -> None:
        super().__init__()
        self.bar = FilterBar()
        self.noted = 0
        self.kept: list[str] = []
        self.is_held = False

    def compose(self) -> ComposeResult:
        yield PushButton("Focused")
        yield self.bar

    def holds_keys(self) -> bool:
        return self.is_held

    def action_open(self) -> None:
        self.bar.open()

    def action_note(self) -> None:
        self.noted += 1

    @on(FilterBar.FilterClosed)
    def closed(self, event: FilterBar.FilterClosed) -> None:
        self.kept.append(event.bar.text)

    def put(self, *keys: str) -> None:
        for key in keys:
            self.post_message(events.Key(key, key if len(key) == 1 else None))


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not condition():
            await pilot.pause()


async def test_letters_go_where_the_key_before_them_led() -> None:
    app = OpeningApp()
    async with app.run_test() as pilot:
        app.put("a", "o", "a", "b", "o", "enter", "b")
        await until(pilot, lambda: app.noted == 2)
        assert app.kept == ["abo"]


async def test_keys_are_held_while_something_is_about_to_open() -> None:
    app = OpeningApp()
    async with app.run_test() as pilot:
        app.is_held = True
        app.put("a", "b")
        await until(pilot, lambda: app.noted == 1)
        await pilot.pause()
        assert app.noted == 1
        app.is_held = False
        await until(pilot, lambda: app.noted == 2)
