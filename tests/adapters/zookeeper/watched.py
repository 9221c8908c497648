"""A running source on a tree, and all that it told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

from ktui.adapters.events import ClusterEvent, SourceState, TopicsReplaced, TopicState
from ktui.adapters.partitions import Partition, partitions
from ktui.adapters.zookeeper.source import ZooKeeperSource
from tests.adapters.zookeeper.tree import FakeSession, Tree

E = TypeVar("E")


class Watched:
    """A running source and all that it told."""

    def __init__(self, tree: Tree, source: ZooKeeperSource) -> None:
        self.tree = tree
        self.source = source
        self.events: list[ClusterEvent] = []
        self._came = asyncio.Event()

    def sink(self, events: Sequence[ClusterEvent]) -> None:
        self.events.extend(events)
        self._came.set()

    async def until(self, fact: Callable[[], object], within_s: float = 5.0) -> None:
        async with asyncio.timeout(within_s):
            while not fact():
                self._came.clear()
                await self._came.wait()

    async def rounds(self, number: int) -> None:
        """Until so many more questions about states were answered."""
        session = self.session
        before = session.asked["many"]
        while session.asked["many"] < before + number + 1:  # noqa: ASYNC110 - a counter of the double
            await asyncio.sleep(0.005)

    @property
    def session(self) -> FakeSession:
        return self.tree.sessions[-1]

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def is_complete(self) -> bool:
        return any(event.is_complete for event in self.of(TopicsReplaced))

    @property
    def topics(self) -> dict[str, TopicState]:
        held: dict[str, TopicState] = {}
        for event in self.of(TopicsReplaced):
            held.update({topic.name: topic for topic in event.topics})
            for name in event.removed:
                held.pop(name, None)
        return held

    def rows(self, name: str) -> list[Partition]:
        return list(partitions(self.topics[name].table)) if name in self.topics else []

    @property
    def faults(self) -> dict[str, str]:
        held: dict[str, str] = {}
        for event in self.of(SourceState):
            held.pop(event.what, None)
            if event.reason is not None:
                held[event.what] = event.reason
        return held
