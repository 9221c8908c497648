from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator

from ktui.tui.cli.event_lines import FoldedLines, RawLines
from tests.adapters.clusters import partition
from tests.adapters.timeline.scenes import Scene, topic, without

A = topic("a")
PATIENCE_S = 10.0


class Paper:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.is_written = asyncio.Event()

    async def write(self, lines: Iterator[str]) -> None:
        self.lines += list(lines)
        self.is_written.set()


async def written(write: Callable[[Paper], Awaitable[None]], paper: Paper, count: int) -> None:
    """Until so many lines stand there."""
    task = asyncio.ensure_future(write(paper))
    async with asyncio.timeout(PATIENCE_S):
        while len(paper.lines) < count:
            await paper.is_written.wait()
            paper.is_written.clear()
    task.cancel()


def dead_broker(scene: Scene) -> None:
    scene.tell(scene.topics(without(A, 2)))
    scene.tell(scene.brokers(1, 3))


async def test_every_entry_is_a_line_the_cause_first() -> None:
    scene, paper = Scene(), Paper()
    scene.load(A)
    lines = RawLines(scene.reducer.timeline)
    dead_broker(scene)
    await written(lines.write, paper, 5)
    documents = [json.loads(line) for line in paper.lines]
    assert [document["seq"] for document in documents] == [1, 2, 3, 4, 5]
    assert documents[0]["kind"] == "broker-left"
    assert {document["cause"]["seq"] for document in documents[1:]} == {1}


async def test_a_story_is_a_line_and_another_when_it_ends() -> None:
    scene, paper = Scene(), Paper()
    scene.load(A)
    lines = FoldedLines(scene.reducer.timeline)
    dead_broker(scene)
    await written(lines.write, paper, 1)
    scene.wait(20)
    scene.tell(scene.brokers(1, 2, 3))
    scene.wait(1)
    scene.tell(scene.topics(topic("a", partition(0), partition(1, 1, epoch=1), partition(2, 3))))
    await written(lines.write, paper, 2)
    assert [line.split("≈ ")[1] for line in paper.lines] == [
        "broker 2 left: 1 leader moved, 3 ISR shrinks, open",
        "broker 2 left: 1 leader moved, 3 ISR shrinks, healed after 21 s",
    ]
