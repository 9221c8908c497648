"""A running source of a big ZooKeeper, and every change that it told, counted partition by partition."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from ktui.adapters.events import ClusterEvent, SourceState, TopicsReplaced
from ktui.adapters.partitions import Column, column, count
from ktui.adapters.zookeeper.ensemble import parse_ensemble
from ktui.adapters.zookeeper.source import ZooKeeperSource


class ToldSource:
    """Tables by topic; `changes` counts how often each partition was told as another one."""

    def __init__(self, address: str) -> None:
        self.source = ZooKeeperSource(parse_ensemble(address, "-z"))
        self.tables: dict[str, bytes] = {}
        self.changes: Counter[tuple[str, int]] = Counter()
        self.faults: dict[str, str] = {}
        self.is_complete = False
        self.told_at = 0.0

    def sink(self, events: Sequence[ClusterEvent]) -> None:
        for event in events:
            if isinstance(event, TopicsReplaced):
                for topic in event.topics:
                    self._take(topic.name, topic.table)
                self.is_complete |= event.is_complete
                self.told_at = time.monotonic()
            elif isinstance(event, SourceState):
                self.faults.pop(event.what, None)
                if event.reason is not None:
                    self.faults[event.what] = event.reason

    def _take(self, name: str, table: bytes) -> None:
        held = self.tables.get(name)
        self.tables[name] = table
        if held is not None and count(held) == count(table):
            was, now = column(held, Column.VERSION), column(table, Column.VERSION)
            for row in range(count(table)):
                if was[row] != now[row]:
                    self.changes[name, row] += 1

    def of_epoch(self, epoch: int) -> int:
        """How many partitions have this leader epoch."""
        return sum(column(table, Column.LEADER_EPOCH).tolist().count(epoch) for table in self.tables.values())

    async def until(self, fact: Callable[[], object], within_s: float) -> float:
        began = time.monotonic()
        while not fact():
            if time.monotonic() > began + within_s:
                raise AssertionError(f"not within {within_s} s; faults {self.faults}")
            await asyncio.sleep(0.01)
        return time.monotonic() - began


@asynccontextmanager
async def told_source(address: str) -> AsyncIterator[tuple[ToldSource, float]]:
    """A source that has told everything, and the seconds that this took from connecting."""
    told = ToldSource(address)
    began = time.monotonic()
    run = asyncio.create_task(told.source.run(told.sink))
    try:
        await told.until(lambda: told.is_complete, 60)
        yield told, time.monotonic() - began
    finally:
        run.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await run
