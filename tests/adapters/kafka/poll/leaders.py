"""Stub brokers that lead partitions: each answers ListOffsets for what it leads, and can be silent or gone."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from kio.index import load_request_schema
from kio.serial import entity_reader

from ktui.adapters.kafka.offsets_wire import API_KEY
from ktui.adapters.kafka.poll.quiet import QuietQuestion
from ktui.adapters.kafka.poll.rates import RatesQuestion
from ktui.adapters.kafka.poll.round import Desk
from ktui.adapters.kafka.pool import BrokerPool
from ktui.adapters.model import Broker, BrokerState, ClusterSnapshot
from ktui.adapters.partitions import partition_at, table_of
from ktui.adapters.rates.view import RatesView
from ktui.adapters.target import Target
from ktui.adapters.topics import Topic, TopicMap
from tests.adapters.clusters import partition
from tests.adapters.kafka.offset_answers import Row, answer
from tests.adapters.kafka.poll.desks import Told
from tests.adapters.kafka.stub import Asked, Stub, running

VERSION = 9
NOT_LEADER = 6


def topic(name: str, leaders: Sequence[int]) -> Topic:
    return Topic(name, None, False, table_of(partition(i, leader) for i, leader in enumerate(leaders)))


@dataclass
class Leaders:
    """A cluster; `offsets` may be changed while it runs."""

    topics: list[Topic]
    offsets: dict[tuple[str, int], int] = field(default_factory=dict)
    asked: Counter[tuple[str, int]] = field(default_factory=Counter)
    """Partitions by how often they were asked for."""
    requests: Counter[int] = field(default_factory=Counter)
    missing: set[int] = field(default_factory=set)
    stubs: dict[int, Stub] = field(default_factory=dict)
    truth: dict[tuple[str, int], int] = field(default_factory=dict)
    """Who leads, when that is not what the snapshot says."""
    forbidden: set[str] = field(default_factory=set)
    told: Told = field(default_factory=Told)

    def snapshot(self) -> ClusterSnapshot:
        states = {
            broker: BrokerState.MISSING if broker in self.missing else BrokerState.UP for broker in self.stubs
        }
        brokers = tuple(Broker(broker, "127.0.0.1", 1, None, state) for broker, state in states.items())
        return ClusterSnapshot(topics=self._map(), is_loaded=True, brokers=brokers, brokers_loaded=True)

    def _map(self) -> TopicMap:
        key = tuple(map(id, self.topics))
        if self._made is None or self._made[0] != key:
            self._made = (key, TopicMap.of(self.topics))
        return self._made[1]

    _made: tuple[tuple[int, ...], TopicMap] | None = None

    def answer(self, broker: int, asked: Asked) -> bytes:
        self.requests[broker] += 1
        client_id = asked.tail[:2]
        body = asked.tail[2 + int.from_bytes(client_id, "big") + 1 :]
        request, _ = entity_reader(load_request_schema(API_KEY, VERSION))(body, 0)
        rows = [
            (str(t.name), [self._row(broker, str(t.name), p.partition_index) for p in t.partitions])
            for t in request.topics
        ]
        return b"\0" + answer(VERSION, rows)

    def _row(self, broker: int, name: str, index: int) -> Row:
        self.asked[name, index] += 1
        if name in self.forbidden:
            return Row(index, -1, 29, -1)
        leaders = {each.name: each for each in self.topics}
        leader = self.truth.get((name, index), partition_at(leaders[name].table, index).leader)
        if leader != broker:
            return Row(index, -1, NOT_LEADER, -1)
        return Row(index, self.offsets.get((name, index), 0))


class Watched:
    """The questions about throughput, asked by hand: a tick when the test says so."""

    def __init__(self, leaders: Leaders, desk: Desk, hurried: list[int]) -> None:
        self.leaders = leaders
        self.desk = desk
        self.hurried = hurried
        self.rates = RatesQuestion(desk, on_stale_leaders=lambda: hurried.append(1))
        self.rates.snapshot = leaders.snapshot
        self.quiet = QuietQuestion(self.rates)

    async def tick(self, **moved: int) -> RatesView:
        """All partitions of these topics move by so many records; then everything is sampled."""
        for name, records in moved.items():
            for key in [
                (t.name, i) for t in self.leaders.topics for i in range(t.partition_count) if t.name == name
            ]:
                self.leaders.offsets[key] = self.leaders.offsets.get(key, 0) + records
        await asyncio.sleep(0.02)
        await self.rates.ask()
        self.rates.first_round.set()
        return self.rates.view


@asynccontextmanager
async def watched(
    *topics: Topic, brokers: Sequence[int] = (1, 2, 3), budget: int = 250_000
) -> AsyncIterator[Watched]:
    leaders = Leaders(list(topics))
    leaders.stubs = {broker: _stub(leaders, broker) for broker in brokers}
    async with running(*leaders.stubs.values()):
        pool = BrokerPool([stub.address for stub in leaders.stubs.values()])
        pool.learn({broker: stub.address for broker, stub in leaders.stubs.items()})
        desk = Desk(Target(rates_bytes_per_s=budget), pool, pool, leaders.told)
        try:
            yield Watched(leaders, desk, [])
        finally:
            await pool.close()


def _stub(leaders: Leaders, broker: int) -> Stub:
    def respond(asked: Asked) -> bytes:
        return leaders.answer(broker, asked)

    answers: dict[int, Callable[[Asked], bytes | None] | bytes] = {API_KEY: respond}
    versions: Mapping[int, tuple[int, int]] = {API_KEY: (1, VERSION)}
    return Stub(answers=answers, versions=versions)
