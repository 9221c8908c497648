"""The console without a terminal: keys in, lines of text out, time that passes when told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC
from typing import Any

from textual import events
from textual.pilot import Pilot

from ktui.adapters.model import ClusterSnapshot
from ktui.adapters.rates.view import RatesView
from ktui.tui.app import KtuiApp
from ktui.tui.settings import ConsoleSettings
from tests.tui.scripted_feed import Clocks, ScriptedFeed

SMALL = (80, 24)
PATIENCE_S = 5.0


class Console:
    def __init__(self, app: KtuiApp, feed: ScriptedFeed, pilot: Pilot[None]) -> None:
        self.app = app
        self.feed = feed
        self.pilot = pilot

    @property
    def lines(self) -> list[str]:
        """What stands on the screen, without trailing blanks."""
        return [strip.text.rstrip() for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def header(self) -> str:
        return self.lines[0]

    @property
    def keys(self) -> str:
        return self.lines[-1]

    def line_with(self, part: str) -> str:
        found = [line for line in self.lines if part in line]
        assert found, f"{part!r} is nowhere in\n{self.text}"
        return found[0]

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.settle()

    async def type(self, text: str) -> None:
        """As from a clipboard: all at once."""
        focused = self.app.screen.focused
        assert focused is not None
        focused.post_message(events.Paste(text))
        await self.settle()

    async def give(self, snapshot: ClusterSnapshot) -> None:
        self.feed.give(snapshot)
        await self.settle()

    async def move(self, rates: RatesView, seconds: float = 1.0) -> None:
        """Another view of the rates, a second later."""
        self.feed.rates_view = rates
        self.feed.hear()
        await self.pass_time(seconds)

    async def settle(self) -> None:
        await self.pilot.pause()

    async def pass_time(self, seconds: float) -> None:
        """Time passes, and the screen looks at the clock."""
        self.feed.clocks.passed += seconds
        self.app.tick()
        await self.settle()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a fact."""
        async with asyncio.timeout(PATIENCE_S):
            while not condition():
                await asyncio.sleep(0.005)
                await self.settle()


@asynccontextmanager
async def console(
    snapshot: ClusterSnapshot | None = None,
    *,
    size: tuple[int, int] = SMALL,
    cluster: Any = None,
    ticks: bool = False,
    **settings: Any,
) -> AsyncIterator[Console]:
    """Running, with the snapshot shown if there is one."""
    clocks = Clocks()
    feed = ScriptedFeed(clocks, cluster)
    values = {"name": "local", **settings}
    app = KtuiApp(
        feed,
        ConsoleSettings(**values),
        clock=clocks.wall,
        monotonic=clocks.monotonic,
        zone=UTC,
        ticks=ticks,
    )
    async with app.run_test(size=size, notifications=True) as pilot:
        running = Console(app, feed, pilot)
        await running.until(lambda: feed.on_snapshot is not None)
        if snapshot is not None:
            await running.give(snapshot)
        yield running
