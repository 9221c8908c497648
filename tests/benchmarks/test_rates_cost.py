"""What throughput costs while it is watched: processor time and traffic of the questions, at the defaults."""

from __future__ import annotations

import asyncio
import gc
import random
import struct
import time
from collections.abc import Mapping
from typing import Final, cast

import pytest

from ktui.adapters.addresses import Address
from ktui.adapters.kafka.link import Lane, VersionRange
from ktui.adapters.kafka.offsets_wire import API_KEY, form_of
from ktui.adapters.kafka.poll.quiet import QuietQuestion
from ktui.adapters.kafka.poll.rates import RatesQuestion
from ktui.adapters.kafka.poll.round import Desk
from ktui.adapters.kafka.pool import BrokerPool
from ktui.adapters.kafka.wire import uvarint, uvarint_bytes
from ktui.adapters.model import Broker, BrokerState, ClusterSnapshot
from ktui.adapters.partitions import table_of
from ktui.adapters.target import Target
from ktui.adapters.topics import Topic, TopicMap
from tests.adapters.clusters import partition
from tests.figures import Report

pytestmark = pytest.mark.bench

VERSION: Final = 11
MEASURED_S: Final = 15.0
STEPS_S: Final = 6.0
CORE_PERCENT: Final = 3.0
BYTES_PER_S: Final = 300_000
VISIBLE: Final = 40
LONGEST_STEP_S: Final = 0.015


class MadeUpLeader:
    """Answers ListOffsets at once; some topics move. Notes the processor time that it takes itself."""

    def __init__(self, pool: MadeUpPool) -> None:
        self._pool = pool

    async def versions(self) -> Mapping[int, VersionRange]:
        return {API_KEY: VersionRange(1, VERSION)}

    async def request(self, api_key: int, version: int, body: bytes, *, is_flexible: bool) -> bytes:
        start = time.thread_time()
        answer = self._answer(body)
        self._pool.own_s += time.thread_time() - start
        self._pool.bytes += len(body) + len(answer)
        self._pool.requests += 1
        return answer

    def _answer(self, body: bytes) -> bytes:
        row = struct.Struct(">" + form_of(VERSION).fields)
        topics, at = uvarint(body, 5)
        parts = [bytes(4), uvarint_bytes(topics)]
        for _ in range(topics - 1):
            size, start = uvarint(body, at)
            name = body[start : start + size - 1].decode()
            count, rows_at = uvarint(body, start + size - 1)
            parts.append(body[at:rows_at])
            at = rows_at
            for _ in range(count - 1):
                (index,) = struct.unpack_from(">i", body, at)
                at += 17
                parts.append(row.pack(index, 0, -1, self._pool.offset(name), 0, 0))
            at += 1
            parts.append(b"\0")
        parts.append(b"\0")
        return b"".join(parts)


class MadeUpPool:
    """Leads to such leaders."""

    def __init__(self, active: set[str]) -> None:
        self.own_s = 0.0
        self.bytes = 0
        self.requests = 0
        self._active = active
        self._began = time.monotonic()

    def link(self, _node: int | Address, _lane: Lane, *, timeout_s: float) -> MadeUpLeader:
        return MadeUpLeader(self)

    def offset(self, name: str) -> int:
        return int((time.monotonic() - self._began) * 1000) if name in self._active else 0

    def traffic(self) -> Mapping[Lane, object]:
        return {}


def cluster(partitions: int, per_topic: int, brokers: int) -> ClusterSnapshot:
    rng = random.Random(1)
    topics = [
        Topic(
            f"some.topic-{number:06}",
            None,
            False,
            table_of(partition(index, rng.randrange(brokers)) for index in range(per_topic)),
        )
        for number in range(partitions // per_topic)
    ]
    all_brokers = tuple(Broker(b, "host", 1, None, BrokerState.UP) for b in range(brokers))
    return ClusterSnapshot(
        topics=TopicMap.of(topics), is_loaded=True, brokers=all_brokers, brokers_loaded=True
    )


class LongestStep:
    """Of the loop, in processor time without that of the made-up leaders."""

    def __init__(self, pool: MadeUpPool) -> None:
        self.most_s = 0.0
        self._pool = pool

    async def watch(self) -> None:
        while True:
            start, own = time.thread_time(), self._pool.own_s
            await asyncio.sleep(0)
            self.most_s = max(self.most_s, time.thread_time() - start - (self._pool.own_s - own))
            await asyncio.sleep(0.0005)


@pytest.mark.parametrize(
    ("partitions", "per_topic", "brokers", "active", "warm_s"),
    [
        (10_000, 3, 6, 100, 6.0),
        (10_000, 20, 6, 100, 6.0),
        (10_000, 3, 6, 1000, 6.0),
        (200_000, 3, 30, 500, 40.0),
    ],
)
async def test_cost_at_the_defaults(
    partitions: int, per_topic: int, brokers: int, active: int, warm_s: float, report: Report
) -> None:
    snapshot = cluster(partitions, per_topic, brokers)
    names = [topic.name for topic in snapshot.topics]
    pool = MadeUpPool(set(random.Random(2).sample(names, min(active, len(names) // 2))))
    desk = Desk(Target(), cast(BrokerPool, pool), cast(BrokerPool, pool), lambda events: None)
    desk.watched = frozenset(names[:VISIBLE])
    rates = RatesQuestion(desk)
    rates.snapshot = lambda: snapshot
    quiet, step = QuietQuestion(rates), LongestStep(pool)
    gc.collect()
    gc.freeze()
    tasks = [asyncio.create_task(question.keep_asking()) for question in (rates, quiet)]
    await asyncio.sleep(warm_s)
    wall, cpu, own, moved, asked = (
        time.monotonic(),
        time.process_time(),
        pool.own_s,
        pool.bytes,
        pool.requests,
    )
    await asyncio.sleep(MEASURED_S)
    seconds = time.monotonic() - wall
    share = 100 * (time.process_time() - cpu - (pool.own_s - own)) / seconds
    traffic, requests = (pool.bytes - moved) / seconds, (pool.requests - asked) / seconds
    tasks.append(asyncio.create_task(step.watch()))
    await asyncio.sleep(STEPS_S)
    for task in tasks:
        task.cancel()
    gc.unfreeze()
    what = f"throughput of {partitions:,} partitions, {per_topic} a topic, {active} topics move"
    report(
        what,
        f"{share:.2f} % of a core, {traffic / 1000:.0f} kB/s, {requests:.0f} requests/s",
        f"< {CORE_PERCENT:.0f} %, < {BYTES_PER_S // 1000} kB/s",
    )
    report(f"{what}: longest step", f"{step.most_s * 1000:.1f} ms", f"< {LONGEST_STEP_S * 1000:.0f} ms")
    report(
        f"{what}: found to move", f"{len(rates.view.topics.slots)}, every {rates.view.active_period_s:.0f} s"
    )
    assert traffic < BYTES_PER_S
    assert share < CORE_PERCENT
    assert step.most_s < LONGEST_STEP_S
