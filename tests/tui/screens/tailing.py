"""The console with a scripted tail on its screen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from ktui.adapters.tail.record import Record
from ktui.tui.screens.tail import TailScreen
from tests.tui.builders import small
from tests.tui.harness import Console, console
from tests.tui.scripted_tail import ScriptedTail, Tails


@asynccontextmanager
async def tail_of(tails: Tails, command: str = "tail orders", **settings: Any) -> AsyncIterator[Console]:
    async with console(small(), cluster=object(), **settings) as ui:
        await ui.press("colon")
        await ui.type(command)
        await ui.press("enter")
        await ui.until(lambda: tails.count == 1)
        yield ui


def screen_of(ui: Console) -> TailScreen:
    view = ui.app.stage.view
    assert isinstance(view, TailScreen)
    return view


async def give(ui: Console, tail: ScriptedTail, records: Sequence[Record] = (), **changes: Any) -> None:
    tail.give(records, **changes)
    await ui.settle()
    screen_of(ui)._pacing.draw_now()
    await ui.settle()


async def open_record(ui: Console, tail: ScriptedTail, one: Record, **changes: Any) -> None:
    await give(ui, tail, [one], **changes)
    await ui.press("enter")
