from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from ktui.adapters.events import BrokersChanged, ControllerChanged, SourceName, Stamp
from ktui.adapters.model import Controller
from ktui.adapters.replay.documents import Pulse
from ktui.adapters.replay.feed import ReplayFeed
from ktui.adapters.replay.player import Player
from ktui.adapters.replay.recording import Recording
from ktui.tui.app import KtuiApp
from ktui.tui.settings import ConsoleSettings
from tests.adapters.clusters import broker
from tests.adapters.replay.studio import Studio
from tests.tui.harness import SMALL, Console


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Broker 2 goes after 20 quiet seconds, 22:13:40, and is back 30 s later."""
    made = tmp_path_factory.mktemp("replay") / "made-up.ktui"
    studio = Studio(made, name="made-up")
    elected = ControllerChanged(Stamp(SourceName.POLL, studio.now), Controller(101, 1, "quorum"))
    studio.reducer.apply([*studio.batches[0], elected])
    studio.recorder.beat(Pulse(0.1))
    for second in range(80):
        ids = (1, 3) if 20 <= second < 50 else (1, 2, 3)
        studio.now += 1
        event = BrokersChanged(Stamp(SourceName.POLL, studio.now), tuple(map(broker, ids)))
        studio.reducer.apply([event])
        studio.recorder.events([event])
        studio.recorder.rates(studio.rates.tick({"topic-1": [second, 2 * second], "topic-2": [9]}))
        studio.recorder.beat(Pulse(0.1))
    studio.recorder.close()
    return made


@asynccontextmanager
async def replay(path: Path, **options: Any) -> AsyncIterator[Console]:
    feed = ReplayFeed(Player(Recording(path)), is_running=False)
    settings = ConsoleSettings(name="made-up", is_read_only=True, uses_utc=True, **options)
    app = KtuiApp(feed, settings, player=feed, zone=UTC, ticks=False)
    async with app.run_test(size=SMALL, notifications=True) as pilot:
        running = Console(app, feed, pilot)  # type: ignore[arg-type]

        def is_there() -> bool:
            app.glance()
            return app.desk.snapshot.is_loaded

        await running.until(is_there)
        yield running


async def reach(console: Console, part: str) -> None:
    """Wait until the header has it."""

    def has_it() -> bool:
        console.app.glance()
        return part in console.header

    await console.until(has_it)


async def test_the_header_has_the_time_and_the_state_of_the_replay(path: Path) -> None:
    async with replay(path) as console:
        await reach(console, "REPLAY 22:13:20Z PAUSED")
        assert "made-up" in console.header
        assert "read-only" not in console.header
        await console.press("p")
        await reach(console, "REPLAY 22:13:2")
        assert "PAUSED" not in console.header
        await console.press(">", ">")
        await reach(console, "4x")
        await console.press("p")
        await reach(console, "PAUSED")


async def test_the_next_problem_is_jumped_to_and_ages_are_those_of_then(path: Path) -> None:
    async with replay(path) as console:
        await console.press("!")
        await reach(console, "BROKER 2 MISSING")
        await reach(console, "REPLAY 22:13:41Z PAUSED")
        await console.press("2")
        assert "missing 0s" in console.line_with("host2")
        await console.press("right", "right")
        await reach(console, "REPLAY 22:14:01Z PAUSED")
        await console.until(lambda: "missing 20s" in console.text)
        await console.press(".")
        await reach(console, "REPLAY 22:14:11Z PAUSED")
        assert "MISSING" not in console.header
        await console.press(",")
        await reach(console, "REPLAY 22:13:41Z PAUSED")
        await console.press("left")
        await reach(console, "REPLAY 22:13:31Z PAUSED")


async def test_a_moment_is_typed(path: Path) -> None:
    async with replay(path) as console:
        for text, shown in (("22:13:49", "22:13:49Z"), ("end", "22:14:40Z END"), ("start", "22:13:20Z")):
            await console.press("colon")
            await console.type(f"seek {text}")
            await console.press("enter")
            await reach(console, f"REPLAY {shown}")
        await console.press("colon")
        await console.type("seek never")
        await console.press("enter")
        await console.until(lambda: "is no moment" in console.text)


async def test_only_what_works_in_a_replay_is_offered(path: Path) -> None:
    async with replay(path) as console:
        offered = console.app.dispatch.offered()
        assert {"next-problem", "step", "step-back", "pause", "slower", "faster", "seek"} <= offered
        assert not {"create", "delete", "refresh", "lock"} & offered
        assert "! next problem" in console.keys
        await console.press("colon")
        await console.type("create")
        await console.press("enter")
        await console.until(lambda: "This is a replay" in console.text)
        await console.press("question_mark")
        assert "Changing the cluster" not in console.text
        await console.press("G")
        assert "The replay" in "\n".join(_help(console))


def _help(console: Console) -> list[str]:
    from ktui.tui.screens.help import help_lines
    from ktui.widgets.cells import plain

    return [plain(line) for line in help_lines(console.app.dispatch.offered(), {}, is_replay=True)]


async def test_sparklines_and_charts_are_of_the_recorded_rates(path: Path) -> None:
    async with replay(path, first_screen="topics") as console:
        await console.press("colon")
        await console.type("seek 22:14:10")
        await console.press("enter")
        await reach(console, "REPLAY 22:14:10Z")
        assert re.search(r"3\.0 [▁▂▃▄▅▆▇█]{8}", console.line_with("topic-1"))
        await console.press("colon")
        await console.type("chart topic-1")
        await console.press("enter")
        await console.until(lambda: "22:09:10 to 22:14:10 UTC" in console.text)
        assert "topic-1 3.0" in console.text


async def test_a_live_console_has_no_keys_of_a_replay() -> None:
    from tests.tui.harness import console as live

    async with live() as console:
        offered = console.app.dispatch.offered()
        assert not {"next-problem", "step", "step-back", "ten-on", "seek"} & offered
        assert "refresh" in offered
        await console.press("colon")
        await console.type("seek end")
        await console.press("enter")
        await console.until(lambda: "this cluster is live" in console.text)
