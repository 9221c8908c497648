"""The source of ZooKeeper-mode clusters against a real ZooKeeper: what it tells equals what others see."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from uuid import uuid4

import pytest
from confluent_kafka import KafkaException

from ktui.adapters.events import (
    BrokersChanged,
    ClusterEvent,
    ConfigsChanged,
    ControllerChanged,
    Gap,
    SourceState,
    TopicsReplaced,
    TopicState,
)
from ktui.adapters.partitions import partitions
from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import Fault
from ktui.adapters.zookeeper.ensemble import Ensemble, parse_ensemble
from ktui.adapters.zookeeper.lookup import look_up
from ktui.adapters.zookeeper.source import ZooKeeperSource
from tests.independent import Librdkafka, PartitionSeen, PlainZooKeeper, wait_until
from tests.terminal import ktui

pytestmark = pytest.mark.zookeeper

ZOOKEEPER = "zookeeper-1"
RUN_AND_LOSE_ZOOKEEPER = """
import asyncio, sys, time
from ktui.adapters.zookeeper.ensemble import parse_ensemble
from ktui.adapters.zookeeper.source import ZooKeeperSource

async def main():
    told = asyncio.Event()
    run = asyncio.create_task(ZooKeeperSource(parse_ensemble(sys.argv[1], "-z")).run(lambda events: told.set()))
    await told.wait()
    print("told", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    run.cancel()
    await asyncio.gather(run, return_exceptions=True)

asyncio.run(main())
"""


class Told:
    """A running source and the picture that its events draw."""

    def __init__(self, source: ZooKeeperSource) -> None:
        self.source = source
        self.topics: dict[str, TopicState] = {}
        self.brokers: frozenset[int] = frozenset()
        self.controller: tuple[int, int | None] | None = None
        self.faults: dict[str, SourceState] = {}
        self.configs: list[ConfigsChanged] = []
        self.gaps = 0
        self.is_complete = False

    def sink(self, events: Sequence[ClusterEvent]) -> None:
        for event in events:
            self._take(event)

    def _take(self, event: ClusterEvent) -> None:
        match event:
            case TopicsReplaced(topics=topics, removed=removed, is_complete=is_complete):
                self.is_complete |= is_complete
                self.topics.update({topic.name: topic for topic in topics})
                for name in removed:
                    self.topics.pop(name, None)
            case BrokersChanged(brokers=brokers):
                self.brokers = frozenset(broker.id for broker in brokers)
            case ControllerChanged(controller=controller):
                self.controller = (controller.id, controller.epoch) if controller else None
            case ConfigsChanged():
                self.configs.append(event)
            case SourceState(what=what, reason=reason):
                self.faults.pop(what, None)
                if reason is not None:
                    self.faults[what] = event
            case Gap():
                self.gaps += 1
            case _:
                pass

    @property
    def partitions(self) -> dict[tuple[str, int], PartitionSeen]:
        return {
            (name, row.index): PartitionSeen(row.leader, row.replicas, frozenset(row.isr))
            for name, topic in self.topics.items()
            for row in partitions(topic.table)
        }

    async def until(self, fact: Callable[[], object], within_s: float = 30.0) -> float:
        """The seconds until it is so."""
        began = time.monotonic()
        while not fact():
            if time.monotonic() > began + within_s:
                raise AssertionError(
                    f"not within {within_s} s; faults {self.faults}, controller {self.controller}"
                )
            await asyncio.sleep(0.02)
        return time.monotonic() - began


@pytest.fixture
def ensemble(healed: Sandbox) -> Ensemble:
    return parse_ensemble(str(healed.zookeeper), "-z")


@pytest.fixture
async def told(ensemble: Ensemble) -> AsyncIterator[Told]:
    """A source that has told everything."""
    told = Told(ZooKeeperSource(ensemble))
    run = asyncio.create_task(told.source.run(told.sink))
    await told.until(lambda: told.is_complete and told.brokers and told.controller)
    yield told
    run.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await run


def create_as_soon_as_possible(cluster: Sandbox, name: str) -> Librdkafka:
    """The brokers need a while after their ZooKeeper is back."""
    created: list[Librdkafka] = []

    def tries() -> bool:
        client = Librdkafka(cluster.bootstrap_servers)
        with contextlib.suppress(KafkaException):
            client.create(name, 1, 1)
            created.append(client)
        return bool(created)

    wait_until(tries, 60, "a topic can be created again")
    return created[0]


async def test_a_look_names_the_cluster_and_its_brokers(healed: Sandbox, ensemble: Ensemble) -> None:
    found = await look_up(ensemble)
    assert ",".join(map(str, found.brokers)) == healed.bootstrap_servers
    assert found.cluster_id


async def test_partitions_equal_librdkafkas_from_creation_to_deletion(healed: Sandbox, told: Told) -> None:
    client, name = Librdkafka(healed.bootstrap_servers), f"states-{uuid4().hex[:8]}"
    settings = {"min.insync.replicas": "2"}
    await asyncio.to_thread(client.create, name, 12, 3, settings=settings)
    seen = await asyncio.to_thread(client.look)
    await told.until(lambda: told.partitions == dict(seen.partitions))
    assert told.brokers == frozenset(seen.brokers)
    await told.until(lambda: told.configs)
    assert [(event.resource_name, event.changes) for event in told.configs] == [(name, settings)]
    assert told.topics[name].id is not None
    await asyncio.to_thread(client.delete, name)
    await told.until(lambda: name not in told.topics)
    assert told.faults == {}


async def test_controller_and_brokers_equal_the_nodes_also_after_a_kill(healed: Sandbox, told: Told) -> None:
    client, name = Librdkafka(healed.bootstrap_servers), f"kill-{uuid4().hex[:8]}"
    doomed = f"{name}-doomed"
    await asyncio.to_thread(client.create, name, 6, 3)
    await asyncio.to_thread(client.create, doomed, 2, 3)
    with PlainZooKeeper(str(healed.zookeeper)) as plain:
        before = plain.controller()
        assert before is not None
        assert told.controller == before
        assert told.brokers == plain.brokers()
        await asyncio.to_thread(healed.fault, Fault.KILL, f"broker-{before[0]}")
        await told.until(lambda: (plain.controller() or before)[1] > before[1])
        assert await told.until(lambda: told.controller == plain.controller(), within_s=1.5) < 1.5
        await told.until(lambda: told.brokers == plain.brokers(), within_s=1.5)
        assert before[0] not in told.brokers

    def agrees_with_replicas(in_sync: int) -> bool:
        isr = {len(row.isr) for (topic, _), row in told.partitions.items() if topic == name}
        seen = client.look().partitions
        return isr == {in_sync} and {key: told.partitions[key] for key in seen} == dict(seen)

    await told.until(lambda: agrees_with_replicas(2))
    await asyncio.to_thread(client.delete, doomed)
    await told.until(lambda: told.topics[doomed].is_deleting)
    assert await told.source.pending_deletions() == [doomed]
    described = await asyncio.to_thread(
        subprocess.run,
        [*ktui("-z", str(healed.zookeeper)), "topic", "describe", doomed],
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"deletion queued: broker {before[0]} is down" in described.stdout
    await asyncio.to_thread(healed.fault, Fault.RESTART, f"broker-{before[0]}")
    await told.until(lambda: doomed not in told.topics)
    await told.until(lambda: before[0] in told.brokers)
    await told.until(lambda: agrees_with_replicas(3))
    await asyncio.to_thread(client.delete, name)


async def test_a_zookeeper_that_hangs_makes_the_picture_stale_and_not_empty(
    healed: Sandbox, told: Told
) -> None:
    before = (told.topics, told.brokers, told.controller)
    healed.fault(Fault.HANG, ZOOKEEPER)
    try:
        await told.until(lambda: "connection" in told.faults)
        assert told.faults["connection"].blocks
        assert (told.topics, told.brokers, told.controller) == before
    finally:
        healed.fault(Fault.RESUME, ZOOKEEPER)
    await told.until(lambda: not told.faults, within_s=15)


async def test_a_zookeeper_that_was_gone_is_read_again(healed: Sandbox, told: Told) -> None:
    await asyncio.to_thread(healed.fault, Fault.KILL, ZOOKEEPER)
    await told.until(lambda: "connection" in told.faults)
    await asyncio.to_thread(healed.fault, Fault.RESTART, ZOOKEEPER)
    await told.until(lambda: not told.faults, within_s=30)
    name = f"after-{uuid4().hex[:8]}"
    client = await asyncio.to_thread(create_as_soon_as_possible, healed, name)
    await told.until(lambda: name in told.topics)
    await asyncio.to_thread(client.delete, name)


@pytest.mark.parametrize("harm", [Fault.KILL, Fault.HANG])
def test_a_process_that_lost_its_zookeeper_ends_at_once(healed: Sandbox, harm: Fault) -> None:
    command = [sys.executable, "-c", RUN_AND_LOSE_ZOOKEEPER, str(healed.zookeeper)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "told\n"
        healed.fault(harm, ZOOKEEPER)
        try:
            began = time.monotonic()
            process.stdin.write("leave\n")
            process.stdin.flush()
            assert process.wait(5) == 0
            assert time.monotonic() - began < 1.0
        finally:
            process.kill()
            healed.fault(Fault.RESUME if harm is Fault.HANG else Fault.RESTART, ZOOKEEPER)
