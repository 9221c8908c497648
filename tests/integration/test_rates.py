"""Throughput against what librdkafka's producers were acknowledged, on both kinds of cluster."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final
from uuid import uuid4

import pytest
from confluent_kafka import KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient  # type: ignore[attr-defined]

from ktui.adapters.kafka.measure import Measured, measure_rates
from ktui.adapters.once import open_cluster
from ktui.adapters.rates.frames import Frame
from ktui.adapters.rates.keys import CLUSTER
from ktui.adapters.rates.view import RatesView
from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import Fault
from tests.independent import Librdkafka, wait_until
from tests.live import Live, is_whole, target
from tests.steady_producer import Acknowledged, SteadyProducers

RATES: Final = {"slow": 10.0, "medium": 1_000.0, "fast": 20_000.0}
SECONDS: Final = 12.0
SPAN_S: Final = 10.0
AFTER_S: Final = 4.0
PART: Final = 0.02
RECORDS: Final = 2


@pytest.fixture
def names(cluster: Sandbox) -> Iterator[dict[str, str]]:
    """Topics of six partitions by the speed at which they are written."""
    suffix, client = uuid4().hex[:8], Librdkafka(cluster.bootstrap_servers)
    made = {speed: f"{speed}-{suffix}" for speed in RATES}
    for name in made.values():
        client.create(name, 6, 3)
    yield made
    for name in made.values():
        Librdkafka(cluster.bootstrap_servers).delete(name)


class Watched(Live):
    """Also keeps every view of the rates."""

    def views(self, seconds: float) -> list[RatesView]:
        """Those of the next seconds."""
        kept, until = [self.feed.rates()], time.monotonic() + seconds
        while time.monotonic() < until:
            if self.feed.rates() is not kept[-1]:
                kept.append(self.feed.rates())
            time.sleep(0.02)
        return kept

    def wait_for_rates(self, names: Sequence[str]) -> None:
        self.feed.look_at(names)
        wait_until(
            lambda: all(self.feed.rates().per_s(name) is not None for name in names), 20, "all rates known"
        )


def watch(cluster: Sandbox) -> Watched:
    return Watched(target(cluster.bootstrap_servers, zookeeper=cluster.zookeeper))


def counted(frames: Sequence[Frame], slot: int) -> float:
    """Records in these moments; each is the mean of the time since the one before."""
    pairs = pairwise(frames)
    return sum((frame.value(slot) or 0.0) * (frame.clock - before.clock) for before, frame in pairs)


def is_right(found: float, truth: float) -> bool:
    return abs(found - truth) <= max(PART * truth, RECORDS)


def test_steady_rates_are_right_and_every_step_is_seen(cluster: Sandbox, names: Mapping[str, str]) -> None:
    with watch(cluster) as live:
        live.wait(is_whole)
        live.wait_for_rates(list(names.values()))
        rates = {names[speed]: rate for speed, rate in RATES.items()}
        with SteadyProducers(cluster.bootstrap_servers, SECONDS, rates) as producers:
            began = time.monotonic()
            views = live.views(SECONDS + 4)
        # Brokers that are short of time acknowledge the last records late.
        views = [*views, *live.views(AFTER_S)]
    frames = views[-1].topics.tiers[0]
    inside = [frame for frame in frames if began + 0.5 < frame.clock < began + SPAN_S + 1.5]
    for name, rate in rates.items():
        slot = views[-1].topics.slots[name]
        truth = producers.acknowledged[name].between(inside[0].clock, inside[-1].clock)
        total = producers.acknowledged[name].counts[-1]
        assert is_right(counted(frames, slot), total), (name, counted(frames, slot), total)
        assert abs(counted(inside, slot) - truth) <= max(PART * truth, RECORDS) + 0.2 * rate
        _has_the_steps(name, rate, views, began, producers.acknowledged[name])
    assert views[-1].per_s(CLUSTER) == 0
    assert {change.topic for change in views[-1].stopped} >= set(rates)


def _has_the_steps(
    name: str, rate: float, views: Sequence[RatesView], began: float, produced: Acknowledged
) -> None:
    """Up within two seconds of the first record, and down to zero within two of the last.

    Brokers that are short of time advance in jumps, and tell the producer later than they tell others.
    """
    numbers = [(view.clock, view.per_s(name)) for view in views]
    steady = [pair for pair in numbers if began + 2.2 < pair[0] < began + SECONDS - 0.5]
    assert steady
    for clock, number in steady:
        truths = [produced.between(clock - 1 - back, clock - back) for back in range(6)]
        assert number is not None
        assert 0.7 * min(truths) - 2 <= number <= 1.3 * max(truths) + rate / 2, (clock, number, truths)
    last = next(
        c for c, count in zip(produced.clocks, produced.counts, strict=True) if count == produced.counts[-1]
    )
    after = [number for clock, number in numbers if clock > last + 2.2]
    assert after
    assert set(after) == {0.0}, numbers


def test_measured_over_ten_seconds_as_a_command_does(cluster: Sandbox, names: Mapping[str, str]) -> None:
    rates = {names[speed]: rate for speed, rate in RATES.items()}
    clocks: list[float] = []

    async def measure() -> Measured:
        async with open_cluster(target(cluster.bootstrap_servers, zookeeper=cluster.zookeeper)) as opened:
            snapshot = await opened.snapshot()
            clocks.append(time.monotonic())
            found = await measure_rates(opened.pool, snapshot, SPAN_S)
            clocks.append(time.monotonic())
            return found

    with SteadyProducers(cluster.bootstrap_servers, SPAN_S + 8, rates) as producers:
        found = asyncio.run(measure())
    assert not found.faults
    for name in rates:
        produced = producers.acknowledged[name].between(clocks[0], clocks[1]) / (clocks[1] - clocks[0])
        rate = found.topics[name]
        assert rate.messages_per_s is not None
        assert is_right(rate.messages_per_s * SPAN_S, produced * SPAN_S), (name, rate, produced)
        assert rate.bytes_per_s is not None
        assert 50 < rate.bytes_per_s / rate.messages_per_s < 400


def test_a_killed_broker_leaves_a_gap_and_no_spike(healed: Sandbox, names: Mapping[str, str]) -> None:
    name, rate = names["medium"], 500.0
    single = f"{name}-1"
    client = Librdkafka(healed.bootstrap_servers)
    client.create(single, assignment=[[1]])
    with watch(healed) as live:
        live.wait(is_whole)
        live.wait_for_rates([name, single])
        with SteadyProducers(healed.bootstrap_servers, 30, {name: rate, single: rate}):
            live.views(4)
            healed.fault(Fault.KILL, "broker-2")
            killed_at = time.monotonic()
            views = live.views(14)
            healed.fault(Fault.RESTART, "broker-2")
            views += live.views(14)
    of_all = [frame for frame in views[-1].topics.tiers[0] if frame.clock > killed_at - 3]
    slot, single_slot = views[-1].topics.slots[name], views[-1].topics.slots[single]
    values = [frame.value(slot) for frame in of_all]
    gaps = [frame.clock - killed_at for frame in of_all if frame.value(slot) is None]
    assert gaps
    assert gaps[0] < 2
    assert max(value or 0 for value in values) < 20 * rate, values
    assert all(value is None or value >= 0 for value in values)
    assert values[-3] is not None
    on_time = [frame.value(single_slot) for frame in of_all]
    assert None not in on_time, on_time
    Librdkafka(healed.bootstrap_servers).delete(single)


def test_a_hung_broker_delays_nobody_else(healed: Sandbox) -> None:
    client, suffix = Librdkafka(healed.bootstrap_servers), uuid4().hex[:8]
    topics = {broker: f"on-{broker}-{suffix}" for broker in (1, 2, 3)}
    for broker, name in topics.items():
        client.create(name, assignment=[[broker]])
    with watch(healed) as live:
        live.wait(is_whole)
        live.wait_for_rates(list(topics.values()))
        live.views(2)
        healed.fault(Fault.HANG, "broker-3")
        hung_at = time.monotonic()
        views = live.views(6)
        healed.fault(Fault.RESUME, "broker-3")
        wait_until(lambda: live.feed.rates().per_s(topics[3]) == 0, 30, "broker 3 answers again")
    late = [view for view in views if view.clock > hung_at + 2.2]
    assert late
    seen = [(view.clock - hung_at, view.per_s(topics[3]), view.per_s(topics[1])) for view in late]
    assert {(silent, other) for _, silent, other in seen} == {(None, 0.0)}, seen
    clocks = [view.clock for view in views]
    assert max(after - before for before, after in pairwise(clocks)) < 2.5
    for name in topics.values():
        Librdkafka(healed.bootstrap_servers).delete(name)


def test_what_happens_to_logs_makes_no_negative_and_no_spike(cluster: Sandbox) -> None:
    name, client = f"harmed-{uuid4().hex[:8]}", Librdkafka(cluster.bootstrap_servers)
    settings = {"cleanup.policy": "compact,delete", "segment.ms": "1000", "retention.ms": "2000"}
    client.create(name, 2, 3, settings=settings)
    with watch(cluster) as live:
        live.wait(is_whole)
        live.wait_for_rates([name])
        _write_in_transactions(cluster.bootstrap_servers, name)
        _delete_records(cluster.bootstrap_servers, name)
        live.views(3)
        client.delete(name)
        wait_until(lambda: _is_created(client, name), 30, "the topic is there again")
        live.wait_for_rates([name])
        _write_in_transactions(cluster.bootstrap_servers, name)
        views = live.views(3)
        values = [value for view in views for value in view.spark(name, 300) if value is not None]
    assert values
    assert min(values) >= 0
    assert max(values) < 5_000
    client.delete(name)


def _is_created(client: Librdkafka, name: str) -> bool:
    """A topic of a ZooKeeper cluster may still be marked for deletion when it has gone from the metadata."""
    with contextlib.suppress(KafkaException):
        client.create(name, 2, 3)
        return True
    return False


def _write_in_transactions(servers: str, name: str) -> None:
    """Ten transactions of a hundred records, every other one aborted, in some seconds."""
    producer = Producer({"bootstrap.servers": servers, "transactional.id": uuid4().hex, "log_level": 0})
    producer.init_transactions(30)
    for number in range(10):
        producer.begin_transaction()
        for record in range(100):
            producer.produce(name, key=str(record % 7).encode(), value=b"x" * 50, partition=record % 2)
        producer.flush(30)
        if number % 2:
            producer.abort_transaction(30)
        else:
            producer.commit_transaction(30)
        time.sleep(0.3)


def _delete_records(servers: str, name: str) -> None:
    admin = AdminClient({"bootstrap.servers": servers, "log_level": 0})
    for future in admin.delete_records([TopicPartition(name, index, 50) for index in (0, 1)]).values():
        future.result(10)
