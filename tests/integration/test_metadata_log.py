"""The metadata log against what brokers answer: the same cluster, told by two ways."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

import pytest

from ktui.adapters.events import ClusterEvent, Gap, SourceName, TopicsReplaced
from ktui.adapters.kafka.link import Lane
from ktui.adapters.kafka.standing import LogState
from ktui.adapters.model import BrokerState, ClusterSnapshot
from ktui.adapters.once import open_cluster
from ktui.adapters.partitions import partitions
from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import Fault
from ktui.adapters.target import Target
from tests.independent import quorum_leader, wait_until
from tests.live import Live, is_whole, target
from tests.log_workload import LogWorkload
from tests.made_up_brokers import ControllerSocket, create_topics

pytestmark = [pytest.mark.integration, pytest.mark.kraft, pytest.mark.timeout(400)]

AGREE_S: Final = 90.0


def log_target(sandbox: Sandbox) -> Target:
    return replace(target(sandbox.bootstrap_servers), live_log=True)


def is_followed(snapshot: ClusterSnapshot) -> bool:
    return is_whole(snapshot) and "metadata-log" in snapshot.sources and not faults_of(snapshot)


def faults_of(snapshot: ClusterSnapshot) -> list[str]:
    return [fault.reason for fault in snapshot.faults if fault.what == "metadata log"]


def facts(snapshot: ClusterSnapshot) -> dict[str, Any]:
    """Everything that both ways tell."""
    return {
        topic.name: (
            topic.id,
            topic.is_internal,
            topic.settings,
            topic.moving,
            [replace(row, version=-1) for row in partitions(topic.table)],
        )
        for topic in snapshot.topics
    }


def states(snapshot: ClusterSnapshot) -> dict[int, tuple[Any, ...]]:
    return {b.id: (b.state, b.host, b.port, b.rack) for b in snapshot.brokers}


def whole_answers(live: Live) -> int:
    """How often a broker was asked for the metadata of all topics."""
    return live.feed._cluster.pool.traffic()[Lane.WHOLE].requests


def noted_states(live: Live) -> list[LogState]:
    """How the log stands, from now on; a machine that is busy may leave it behind for a moment."""
    log = live.feed._cluster.poll.desk.log
    states: list[LogState] = []
    tell = log.on_change

    def note() -> None:
        states.append(log.state)
        tell()

    log.on_change = note
    return states


async def polled(sandbox: Sandbox) -> ClusterSnapshot:
    """The cluster as brokers alone tell it: Metadata, DescribeConfigs, DescribeCluster, reassignments."""
    async with open_cluster(target(sandbox.bootstrap_servers)) as cluster:
        return await cluster.snapshot()


def wait_until_equal(live: Live, sandbox: Sandbox) -> None:
    """Until the log and the brokers tell the same of every topic, and of every broker."""
    until = time.monotonic() + AGREE_S
    while True:
        asked = asyncio.run(polled(sandbox))
        ours = live.snapshot
        if facts(ours) == facts(asked) and states(ours) == states(asked):
            return
        if time.monotonic() > until:
            assert facts(ours) == facts(asked)
            assert states(ours) == states(asked)


@pytest.fixture
def changes(cluster: Sandbox) -> Iterator[LogWorkload]:
    changes = LogWorkload(cluster.bootstrap_servers, seed=int(time.time()))
    yield changes
    changes.clean()


@pytest.fixture
def work(healed: Sandbox) -> Iterator[LogWorkload]:
    work = LogWorkload(healed.bootstrap_servers, seed=int(time.time()))
    yield work
    work.clean()


def test_the_log_tells_what_brokers_tell_through_changes(cluster: Sandbox, changes: LogWorkload) -> None:
    with Live(log_target(cluster)) as live:
        live.wait(is_followed, 60)
        asked, stood = whole_answers(live), noted_states(live)
        changes.run(15)
        wait_until_equal(live, cluster)
        if LogState.STALE not in stood:
            assert whole_answers(live) == asked, (
                "brokers were asked for everything while the log was followed"
            )


@pytest.mark.matrix
def test_the_log_tells_what_brokers_tell_through_changes_a_broker_s_death_and_a_failover(
    healed: Sandbox, work: LogWorkload
) -> None:
    with Live(log_target(healed)) as live:
        live.wait(is_followed, 60)
        asked, stood = whole_answers(live), noted_states(live)
        work.run(20)
        wait_until_equal(live, healed)
        healed.fault(Fault.KILL, "broker-2")
        live.wait(lambda s: s.broker(2).state is BrokerState.MISSING, 60)  # type: ignore[union-attr]
        work.run(10)
        wait_until_equal(live, healed)
        leader = quorum_leader(f"{healed.bootstrap_controllers}")
        healed.fault(Fault.KILL, f"controller-{leader.id}")
        live.wait(lambda s: s.controller is not None and s.controller.id != leader.id, 60)
        work.run(10)
        healed.fault(Fault.RESTART, "broker-2")
        wait_until_equal(live, healed)
        assert is_followed(live.snapshot)
        if LogState.STALE not in stood:
            assert whole_answers(live) == asked, (
                "brokers were asked for everything while the log was followed"
            )


def test_while_following_the_observers_of_the_quorum_are_exactly_the_brokers(cluster: Sandbox) -> None:
    with Live(log_target(cluster)) as live:
        live.wait(is_followed, 60)
        seen = live.wait(lambda s: s.quorum is not None and len(s.quorum.observers) >= 3)
        assert seen.quorum is not None
        assert {replica.id for replica in seen.quorum.observers} == {1, 2, 3}
        assert {replica.id for replica in seen.quorum.voters} == {101, 102, 103}


def test_without_a_quorum_brokers_are_asked_and_the_log_goes_on_when_it_is_back(
    healed: Sandbox, work: LogWorkload
) -> None:
    events: list[ClusterEvent] = []
    with Live(log_target(healed)) as live:
        live.wait(is_followed, 60)
        live.feed._cluster.log._sink = _noting(live.feed._cluster.log._sink, events)  # type: ignore[union-attr]
        work.run(5)
        leader = quorum_leader(f"{healed.bootstrap_controllers}").id
        nodes = [f"controller-{node}" for node in (101, 102, 103)]
        for node in nodes:
            if not node.endswith(str(leader)):
                healed.fault(Fault.HANG, node)
        live.wait(lambda s: bool(faults_of(s)), 60)
        assert live.feed._cluster.poll.desk.log.state is LogState.STALE
        assert "brokers are asked instead" in faults_of(live.snapshot)[0]
        wait_until_equal(live, healed)
        for node in nodes:
            if not node.endswith(str(leader)):
                healed.fault(Fault.RESUME, node)
        live.wait(is_followed, 60)
        work.run(5)
        wait_until_equal(live, healed)
    assert not [event for event in events if isinstance(event, Gap)]
    batches = [
        event.stamp.batch for event in events if isinstance(event, TopicsReplaced) and event.stamp.batch
    ]
    assert batches == sorted(batches)
    assert len(set(batches)) == len(batches)


@pytest.mark.matrix
def test_what_a_cut_off_leader_appended_is_never_shown(healed: Sandbox) -> None:
    """Two of three controllers hang, the leader writes on and dies; the one elected then knows nothing of it."""
    with Live(log_target(healed)) as live:
        live.wait(is_followed, 60)
        log = live.feed._cluster.log
        assert log is not None
        tail = log._follower
        leader = quorum_leader(f"{healed.bootstrap_controllers}").id
        others = [f"controller-{node}" for node in (101, 102, 103) if node != leader]
        for node in others:
            healed.fault(Fault.HANG, node)
        lost = "lost-" + str(time.monotonic_ns())
        creating = threading.Thread(target=_create_at, args=(port_of(healed, leader), lost), daemon=True)
        creating.start()
        wait_until(
            lambda: tail._tail.next_offset > tail.offset, 10, "something is read that is not committed"
        )
        healed.fault(Fault.KILL, f"controller-{leader}")
        for node in others:
            healed.fault(Fault.RESUME, node)
        live.wait(lambda s: s.controller is not None and s.controller.id != leader and not faults_of(s), 60)
        wait_until_equal(live, healed)
        assert live.snapshot.topics.get(lost) is None
        assert tail._tail.next_offset >= tail.offset
        creating.join(10)


def port_of(sandbox: Sandbox, node: int) -> int:
    return next(each.port for each in sandbox.status().nodes if each.id == node)


def _create_at(port: int, name: str) -> None:
    """At a controller that can commit nothing: whatever comes of it."""
    connection = ControllerSocket(port, timeout_s=8)
    with suppress(OSError, RuntimeError):
        create_topics(connection, [name], 3, 1)
    connection.close()


def _noting(sink: Any, events: list[ClusterEvent]) -> Any:
    def note(told: Any) -> None:
        events.extend(event for event in told if event.stamp.source is SourceName.METADATA_LOG)
        sink(told)

    return note


def test_events_carry_the_leaders_clock_and_offsets(cluster: Sandbox) -> None:
    work = LogWorkload(cluster.bootstrap_servers, seed=int(time.time()))
    events: list[ClusterEvent] = []
    with Live(log_target(cluster)) as live:
        live.wait(is_followed, 60)
        live.feed._cluster.log._sink = _noting(live.feed._cluster.log._sink, events)  # type: ignore[union-attr]
        work.create()
        (name,) = work.names
        live.wait(lambda s: s.topics.get(name) is not None)
        event = next(e for e in events if isinstance(e, TopicsReplaced) and e.topics)
        assert event.stamp.happened_at is not None
        assert event.stamp.position is not None
        assert event.stamp.batch is not None
        assert event.stamp.batch <= event.stamp.position
        work.clean()
    wait_until(lambda: not work.names, 5, "the topic is gone")
