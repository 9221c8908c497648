"""What ktui says equals what independent clients say, while all is well and while brokers are down."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest

from ktui.adapters.health import PartitionClass, troubled
from ktui.adapters.model import BrokerState, ClusterSnapshot, Mode
from ktui.adapters.partitions import partitions
from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import Fault
from tests.independent import (
    ClusterSeen,
    Librdkafka,
    PartitionSeen,
    PlainZooKeeper,
    quorum_leader,
    wait_until,
)
from tests.live import Live, is_whole, target

Partitions = dict[tuple[str, int], PartitionSeen]


@pytest.fixture
def topic(cluster: Sandbox) -> Iterator[str]:
    """Six partitions on three brokers each, min ISR 2."""
    name = f"truth-{uuid4().hex[:8]}"
    client = Librdkafka(cluster.bootstrap_servers)
    client.create(name, 6, 3, settings={"min.insync.replicas": "2"})
    yield name
    client.delete(name)


def partitions_of(snapshot: ClusterSnapshot) -> Partitions:
    return {
        (topic.name, p.index): PartitionSeen(p.leader, p.replicas, frozenset(p.isr))
        for topic in snapshot.topics
        for p in partitions(topic.table)
    }


def up(snapshot: ClusterSnapshot) -> set[int]:
    return {broker.id for broker in snapshot.brokers if broker.state is BrokerState.UP}


def agrees(live: Live, seen: ClusterSeen) -> bool:
    mine = partitions_of(live.snapshot)
    return mine == dict(seen.partitions) and up(live.snapshot) == set(seen.brokers)


def wait_until_agreed(live: Live, cluster: Sandbox) -> None:
    client = Librdkafka(cluster.bootstrap_servers)
    wait_until(lambda: agrees(live, client.look()), 30, "the picture equals librdkafka's")


def classes(snapshot: ClusterSnapshot, name: str) -> dict[int, PartitionClass]:
    topic = snapshot.topics.get(name)
    if topic is None:
        return {}
    return {p.index: which for p, which in troubled(partitions(topic.table), topic.settings.min_isr)}


def test_brokers_and_partitions_equal_librdkafkas_also_while_a_broker_is_down(
    healed: Sandbox, topic: str
) -> None:
    with Live(target(healed.bootstrap_servers, zookeeper=healed.zookeeper)) as live:
        live.wait(is_whole)
        wait_until_agreed(live, healed)
        assert {broker.id for broker in live.snapshot.brokers} == {1, 2, 3}
        healed.fault(Fault.KILL, "broker-2")
        live.wait(lambda s: s.broker(2).state is BrokerState.MISSING)  # type: ignore[union-attr]
        wait_until_agreed(live, healed)
        healed.fault(Fault.RESTART, "broker-2")
        live.wait(lambda s: up(s) == {1, 2, 3}, 60)
        wait_until_agreed(live, healed)


@pytest.mark.parametrize("way", ["brokers", "zookeeper"])
def test_each_way_in_alone_shows_the_same_cluster(cluster: Sandbox, topic: str, way: str) -> None:
    if way == "zookeeper" and cluster.zookeeper is None:
        pytest.skip("a KRaft cluster has no ZooKeeper")
    of = target(cluster.bootstrap_servers) if way == "brokers" else target(zookeeper=cluster.zookeeper)
    with Live(of) as live:
        snapshot = live.wait(is_whole)
        wait_until_agreed(live, cluster)
        assert snapshot.mode is (Mode.ZOOKEEPER if cluster.zookeeper else Mode.KRAFT)


def test_each_class_of_trouble_is_listed_with_its_partitions_and_vanishes(
    healed: Sandbox, topic: str
) -> None:
    client = Librdkafka(healed.bootstrap_servers)
    single = f"{topic}-single"
    client.create(single, assignment=[[3]])
    with Live(target(healed.bootstrap_servers, zookeeper=healed.zookeeper)) as live:
        live.wait(lambda s: is_whole(s) and not classes(s, topic) and s.topics.get(single) is not None)
        every = range(6)
        healed.fault(Fault.KILL, "broker-3")
        live.wait(lambda s: classes(s, topic) == dict.fromkeys(every, PartitionClass.AT_MIN_ISR), 40)
        live.wait(lambda s: classes(s, single) == {0: PartitionClass.OFFLINE}, 40)
        snapshot = live.snapshot
        assert snapshot.topics.health.under_replicated >= 6
        assert all(snapshot.problem_since.get((topic, index)) is not None for index in every)
        healed.fault(Fault.KILL, "broker-2")
        live.wait(lambda s: classes(s, topic) == dict.fromkeys(every, PartitionClass.UNDER_MIN_ISR), 40)
        healed.fault(Fault.RESTART, "broker-2")
        healed.fault(Fault.RESTART, "broker-3")
        live.wait(lambda s: not classes(s, topic) and not classes(s, single), 60)
        assert live.snapshot.topics.health.offline == 0
    client.delete(single)


def test_a_short_isr_above_the_minimum_is_under_replicated(healed: Sandbox) -> None:
    name = f"loose-{uuid4().hex[:8]}"
    client = Librdkafka(healed.bootstrap_servers)
    client.create(name, 2, 3, settings={"min.insync.replicas": "1"})
    with Live(target(healed.bootstrap_servers)) as live:
        live.wait(lambda s: is_whole(s) and s.topics.get(name) is not None)
        healed.fault(Fault.KILL, "broker-1")
        live.wait(lambda s: classes(s, name) == dict.fromkeys(range(2), PartitionClass.UNDER_REPLICATED), 40)
        healed.fault(Fault.RESTART, "broker-1")
        live.wait(lambda s: not classes(s, name), 60)
    client.delete(name)


@pytest.mark.kraft
def test_kraft_controller_is_the_quorum_leader_before_and_after_it_is_killed(healed: Sandbox) -> None:
    asked = f"{healed.bootstrap_servers},{healed.bootstrap_controllers}"
    before = quorum_leader(asked)
    with Live(target(healed.bootstrap_servers)) as live:
        live.wait(
            lambda s: (
                s.controller is not None
                and (s.controller.id, s.controller.epoch) == (before.id, before.epoch)
            )
        )
        healed.fault(Fault.KILL, f"controller-{before.id}")
        live.wait(lambda s: s.controller is not None and s.controller.id != before.id, 30)
        after = quorum_leader(asked)
        controller = live.snapshot.controller
        assert controller is not None
        assert (controller.id, controller.epoch, controller.source) == (after.id, after.epoch, "quorum")


@pytest.mark.zookeeper
def test_zookeeper_controller_is_the_znode_before_and_after_it_is_killed(healed: Sandbox) -> None:
    ensemble = healed.zookeeper
    assert ensemble is not None
    with (
        PlainZooKeeper(ensemble) as plain,
        Live(target(healed.bootstrap_servers, zookeeper=ensemble)) as live,
    ):

        def agrees(snapshot: ClusterSnapshot) -> bool:
            held = snapshot.controller
            return held is not None and (held.id, held.epoch) == plain.controller()

        live.wait(agrees)
        before = live.snapshot.controller
        assert before is not None
        healed.fault(Fault.KILL, f"broker-{before.id}")
        live.wait(lambda s: s.controller is not None and s.controller.id != before.id and agrees(s), 30)
        assert live.snapshot.controller is not None
        assert live.snapshot.controller.source == "zookeeper"


@pytest.mark.kraft
def test_without_a_quorum_there_is_no_controller_and_the_rest_goes_on(healed: Sandbox) -> None:
    with Live(target(healed.bootstrap_servers)) as live:
        first = live.wait(is_whole).controller
        assert first is not None
        others = [
            node
            for node in ("controller-101", "controller-102", "controller-103")
            if not node.endswith(str(first.id))
        ]
        for node in (*others, f"controller-{first.id}"):
            healed.fault(Fault.KILL, node)
        gone = live.wait(lambda s: s.controller is None, 30)
        assert gone.controller_reason is not None
        assert "no quorum leader" in gone.controller_reason
        assert up(gone) == {1, 2, 3}
        before = live.feed.heard_at()
        wait_until(lambda: (live.feed.heard_at() or 0) > (before or 0), 10, "brokers go on answering")


def test_a_hung_broker_delays_nobody_else(healed: Sandbox, topic: str) -> None:
    with Live(target(healed.bootstrap_servers, zookeeper=healed.zookeeper)) as live:
        live.wait(is_whole)
        healed.fault(Fault.HANG, "broker-1")
        live.wait(lambda s: s.broker(1).state is BrokerState.MISSING, 30)  # type: ignore[union-attr]
        assert {2, 3} <= up(live.snapshot)
        wait_until_agreed(live, healed)
        healed.fault(Fault.RESUME, "broker-1")
        live.wait(lambda s: up(s) == {1, 2, 3} and not classes(s, topic), 60)
