"""Pictures of the main screens, taken from a real sandbox cluster: `python3 dev.py shots`."""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC
from pathlib import Path
from typing import Final

from textual.pilot import Pilot

from ktui.adapters.feed import Feed
from ktui.adapters.model import BrokerState, ClusterSnapshot
from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import Fault, Mode, SandboxSpec
from ktui.adapters.sandbox.traffic import Traffic
from ktui.tui.app import KtuiApp
from ktui.tui.settings import ConsoleSettings
from tests.live import is_whole, target

FOLDER: Final = Path(__file__).parent.parent / "screenshots"
SIZE: Final = (100, 28)
PATIENCE_S: Final = 60.0
TRAFFIC_S: Final = 20.0
"""So long throughput is watched before the first picture."""
TAIL_S: Final = 5.0


class Studio:
    """The console without a terminal, on a real cluster."""

    def __init__(self, app: KtuiApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot

    async def until(self, fact: Callable[[ClusterSnapshot], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not fact(self.app.desk.snapshot):
                await self.pilot.pause(0.1)
        await self.pilot.pause()

    async def take(self, name: str, *keys: str, after_s: float = 0.5) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause(after_s)
        svg = self.app.export_screenshot(title="ktui")
        svg = re.sub(r"terminal-\d+-", "terminal-", svg)
        (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")
        print(f"screenshots/{name}.svg")


async def photograph(sandbox: Sandbox, work: Callable[[Studio], Awaitable[None]]) -> None:
    feed = Feed(target(sandbox.bootstrap_servers, zookeeper=sandbox.zookeeper))
    app = KtuiApp(feed, ConsoleSettings(name="sandbox", connection_words=("-b", "localhost:9092")), zone=UTC)
    async with app.run_test(size=SIZE) as pilot:
        studio = Studio(app, pilot)
        await studio.until(is_whole)
        await asyncio.sleep(TRAFFIC_S)
        await work(studio)
    feed.stop()


async def kraft_scenes(sandbox: Sandbox, studio: Studio) -> None:
    await studio.take("overview", "1")
    await studio.take("brokers", "2")
    await studio.take("quorum", "9")
    await studio.take("topics", "3")
    await studio.take("partitions", "4")
    await studio.take("chart", "3", "down", "c")
    await studio.take("tail", "3", "down", "t", after_s=TAIL_S)
    await studio.take("create-topic", "3", "n")
    await studio.take("delete-topic", "escape", "down", "ctrl+d")
    await studio.pilot.press("escape")
    await asyncio.to_thread(sandbox.fault, Fault.KILL, "broker-2")
    await studio.until(lambda s: (b := s.broker(2)) is not None and b.state is BrokerState.MISSING)
    await studio.until(lambda s: s.topics.health.under_replicated > 0)
    await studio.take("overview-broker-missing", "1")
    await studio.take("brokers-broker-missing", "2")
    await studio.take("problems", "5")
    await studio.take("events", "7", "enter", after_s=2.0)


async def zookeeper_scenes(_: Sandbox, studio: Studio) -> None:
    await studio.take("overview-zookeeper", "1")
    await studio.take("quorum-zookeeper", "9")


SCENES: Final = {Mode.KRAFT: kraft_scenes, Mode.ZOOKEEPER: zookeeper_scenes}


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    kinds = [Mode(word) for word in sys.argv[1:]] or list(SCENES)
    for mode in kinds:
        with tempfile.TemporaryDirectory() as folder:
            sandbox = Sandbox(SandboxSpec(mode, Path(folder)), print, is_guarded=True)
            traffic = Traffic(sandbox.up().bootstrap_servers, 3)
            try:
                traffic.start()
                asyncio.run(_session(sandbox, mode))
            finally:
                traffic.stop()
                sandbox.down(deletes_data=True)


async def _session(sandbox: Sandbox, mode: Mode) -> None:
    await photograph(sandbox, lambda studio: SCENES[mode](sandbox, studio))


if __name__ == "__main__":
    main()
