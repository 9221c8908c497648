"""Rates over a stated time, for commands."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from ktui.adapters.kafka import measure as module
from ktui.adapters.kafka.asks.log_dirs import LogDirs
from ktui.adapters.kafka.link import Link
from ktui.adapters.kafka.measure import Measured, MeasuredRate, measure_rates
from ktui.adapters.rates.keys import Method
from tests.adapters.kafka.poll.leaders import Leaders, topic, watched

SECONDS = 0.3


class Disks:
    """What every broker says of its replicas: sizes by topic and partition, changed by the test."""

    def __init__(self) -> None:
        self.sizes: dict[str, dict[int, int]] = {}

    async def describe(self, _link: Link) -> LogDirs:
        return LogDirs((), {name: dict(sizes) for name, sizes in self.sizes.items()})


@asynccontextmanager
async def moving(leaders: Leaders, disks: Disks, **moved: tuple[int, int]) -> AsyncIterator[None]:
    """Some time after the beginning partition 0 of these topics gets so many records and bytes."""

    async def move() -> None:
        await asyncio.sleep(SECONDS / 2)
        for name, (records, size) in moved.items():
            leaders.offsets[name, 0] = leaders.offsets.get((name, 0), 0) + records
            disks.sizes[name][0] += size

    task = asyncio.create_task(move())
    yield
    await task


async def measured(monkeypatch: pytest.MonkeyPatch, disks: Disks, **moved: tuple[int, int]) -> Measured:
    monkeypatch.setattr(module, "describe_log_dirs", disks.describe)
    topics = (topic("a", (1, 2)), topic("b", (2,)), topic("lost", (3, -1)), topic("none", (-1,)))
    disks.sizes = {"a": {0: 1000, 1: 1000}, "b": {0: 1000}}
    async with watched(*topics) as cluster:
        await cluster.leaders.stubs[3].stop()
        cluster.leaders.offsets["a", 0] = 1000
        async with moving(cluster.leaders, disks, **moved):
            return await measure_rates(cluster.desk.pool, cluster.leaders.snapshot(), SECONDS)


async def test_messages_and_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await measured(monkeypatch, Disks(), a=(300, 30_000))
    rate = found.topics["a"]
    assert rate.messages_per_s == pytest.approx(300 / SECONDS, rel=0.2)
    assert rate.bytes_per_s == pytest.approx(30_000 / SECONDS, rel=0.2)
    assert rate.bytes_method is Method.LOG_GROWTH
    assert found.topics["b"] == MeasuredRate(0.0, 0.0, Method.LOG_GROWTH)


async def test_what_a_dead_broker_leads_is_not_known_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await measured(monkeypatch, Disks())
    assert found.topics["lost"] == found.topics["none"] == MeasuredRate(None, None, None)
    assert ("throughput", "broker 3") in {(fault.what, fault.where) for fault in found.faults}


async def test_retention_makes_no_negative_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await measured(monkeypatch, Disks(), a=(300, -900))
    assert found.topics["a"].messages_per_s == pytest.approx(300 / SECONDS, rel=0.2)
    assert found.topics["a"].bytes_per_s is None


async def test_a_log_that_was_cut_has_no_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    found = await measured(monkeypatch, Disks(), a=(-300, 0))
    assert found.topics["a"] == MeasuredRate(None, None, None)
