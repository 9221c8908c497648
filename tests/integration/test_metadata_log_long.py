"""A long life of a cluster, followed: the newest release and the last 3.9, which wakes nobody for a high watermark.

Snapshots and the cleaning of the log come often here, so that the log moves past one who does not read for a while.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any, Final

import pytest

from ktui.adapters.events import ClusterEvent, Gap
from ktui.adapters.model import BrokerState
from ktui.adapters.sandbox import cluster as sandbox_cluster
from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import Fault, Mode, SandboxSpec
from tests.independent import quorum_leader, wait_until
from tests.integration.conftest import heal
from tests.integration.test_metadata_log import is_followed, log_target, wait_until_equal
from tests.live import Live
from tests.log_workload import LogWorkload

pytestmark = [pytest.mark.integration, pytest.mark.kraft, pytest.mark.matrix, pytest.mark.timeout(900)]

RELEASES: Final = ("kafka-4.4.0", "kafka-3.9.2")
OFTEN: Final = {
    "metadata.log.max.record.bytes.between.snapshots": "4000",
    "metadata.log.segment.ms": "2000",
    "metadata.max.retention.ms": "5000",
    "metadata.max.retention.bytes": "1000",
}
ROUNDS: Final = 4
CLEANED_S: Final = 200.0
"""The log is cleaned once a minute."""


@pytest.fixture(scope="module", params=RELEASES)
def busy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sandbox_cluster.RELEASES, Mode.KRAFT, request.param)
        folder = tmp_path_factory.mktemp(request.param)
        sandbox = Sandbox(SandboxSpec(Mode.KRAFT, folder, 3, 3, OFTEN), is_guarded=True)
        try:
            sandbox.up()
            yield sandbox
        finally:
            sandbox.down(deletes_data=True)


def test_a_long_workload_with_deaths_and_failovers(busy: Sandbox) -> None:
    work = LogWorkload(busy.bootstrap_servers, seed=7)
    with Live(log_target(busy)) as live:
        live.wait(is_followed)
        for number in range(ROUNDS):
            work.run(40)
            wait_until_equal(live, busy)
            broker = number % 3 + 1
            busy.fault(Fault.KILL, f"broker-{broker}")
            live.wait(lambda s, b=broker: s.broker(b).state is BrokerState.MISSING, 40)  # type: ignore[misc]
            work.run(10)
            leader = quorum_leader(f"{busy.bootstrap_controllers}").id
            busy.fault(Fault.KILL, f"controller-{leader}")
            live.wait(lambda s, x=leader: s.controller is not None and s.controller.id != x, 40)  # type: ignore[misc]
            work.run(10)
            heal(busy)
            wait_until_equal(live, busy)
            assert is_followed(live.snapshot)
    work.clean()


def test_a_log_that_moved_past_us_is_exact_afterwards_with_a_gap(busy: Sandbox) -> None:
    work = LogWorkload(busy.bootstrap_servers, seed=11)
    events: list[ClusterEvent] = []
    with Live(log_target(busy)) as live:
        live.wait(is_followed)
        log = live.feed._cluster.log
        assert log is not None
        follow, sink = log._follower.follow, log._sink

        async def suspended(_: Any) -> None:
            await asyncio.sleep(0.2)

        def note(told: Any) -> None:
            events.extend(told)
            sink(told)

        log._sink = note
        log._follower.follow = suspended  # type: ignore[method-assign]
        before = log._follower.offset
        until = time.monotonic() + CLEANED_S
        while (start := log_start(busy)) <= before:
            assert time.monotonic() < until, f"the log still starts at {start}"
            work.run(5)
        log._follower.follow = follow  # type: ignore[method-assign]
        wait_until(lambda: any(isinstance(event, Gap) for event in events), 30, "a gap is told")
        live.wait(is_followed)
        wait_until_equal(live, busy)
        gaps = [event.reason for event in events if isinstance(event, Gap)]
        assert len(gaps) == 1
        assert f"from offset {before:,}" in gaps[0]
    work.clean()


def log_start(sandbox: Sandbox) -> int:
    """Where the leader's log begins now."""
    from ktui.adapters.addresses import Address
    from ktui.adapters.kafka.asks.metadata_log import fetch_log
    from ktui.adapters.kafka.link import Lane
    from ktui.adapters.kafka.pool import BrokerPool

    leader = quorum_leader(f"{sandbox.bootstrap_controllers}")
    port = next(node.port for node in sandbox.status().nodes if node.id == leader.id)

    async def ask() -> int:
        pool = BrokerPool(())
        link = pool.link(Address("127.0.0.1", port), Lane.LOG, timeout_s=10)
        fetched = await fetch_log(
            link, leader.high_watermark, last_epoch=leader.epoch, leader_epoch=leader.epoch,
            high_watermark=-1, cluster_id=None, wait_s=0,
        )  # fmt: skip
        await pool.close()
        return fetched.log_start

    return asyncio.run(ask())
