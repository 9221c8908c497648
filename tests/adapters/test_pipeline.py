from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Sequence

import pytest

from ktui.adapters.errors import NoAnswer
from ktui.adapters.events import BrokersChanged, ClusterEvent, SourceName, SourceState
from ktui.adapters.model import ClusterSnapshot
from ktui.adapters.pipeline import Batcher, supervise
from ktui.adapters.ports import Sink
from tests.adapters.clusters import broker, stamp


async def until(fact: asyncio.Event) -> None:
    async with asyncio.timeout(10):
        await fact.wait()


async def test_events_of_one_moment_become_one_snapshot() -> None:
    snapshots: list[ClusterSnapshot] = []
    told = asyncio.Event()

    def on_snapshot(snapshot: ClusterSnapshot) -> None:
        snapshots.append(snapshot)
        told.set()

    sink = Batcher(on_snapshot)
    for count in range(1, 4):
        sink([BrokersChanged(stamp(), [broker(i) for i in range(count)])])
    await until(told)
    assert [len(snapshot.brokers) for snapshot in snapshots] == [3]


async def test_a_batch_that_changes_nothing_is_not_told() -> None:
    snapshots: list[ClusterSnapshot] = []
    sink = Batcher(snapshots.append)
    for _ in range(2):
        sink([BrokersChanged(stamp(), [broker(1)])])
        sink.flush()
    assert len(snapshots) == 1


class FailingSource:
    name = SourceName.POLL

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.runs = 0
        self.recovered = asyncio.Event()

    async def run(self, sink: Sink) -> None:
        self.runs += 1
        if self.failures:
            raise self.failures.pop(0)
        self.recovered.set()
        await asyncio.Event().wait()

    def look_at(self, topics: Collection[str]) -> None: ...

    def refresh(self) -> None: ...

    def heard_at(self) -> float | None:
        return None


async def test_a_source_that_fails_is_a_fault_and_is_restarted(caplog: pytest.LogCaptureFixture) -> None:
    source = FailingSource(NoAnswer("nobody there"), ZeroDivisionError("a bug"))
    told: list[ClusterEvent] = []

    def sink(events: Sequence[ClusterEvent]) -> None:
        told.extend(events)

    with caplog.at_level(logging.CRITICAL, logger="ktui.adapters.pipeline"):
        task = asyncio.create_task(supervise(source, sink, pause_s=0.01))
        await until(source.recovered)
    task.cancel()
    reasons = [event.reason for event in told if isinstance(event, SourceState)]
    assert reasons == ["nobody there", None, "unexpected ZeroDivisionError; see the log", None]
    assert source.runs == 3
