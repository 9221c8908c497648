"""The metadata log of a real controller with made-up brokers: a million partitions and more."""

from __future__ import annotations

import json
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pytest

from ktui.adapters.events import BrokersChanged, ClusterEvent
from ktui.adapters.model import Broker, BrokerState, ClusterSnapshot
from tests.benchmarks.machine_stalls import MachineStalls
from tests.benchmarks.process_costs import quantile, resident_mb
from tests.big_cluster import BigCluster
from tests.figures import Report
from tests.independent import Librdkafka, time_listing, wait_until
from tests.live import Live, target
from tests.terminal import Terminal, ktui

pytestmark = [pytest.mark.bench, pytest.mark.timeout(2400)]

LISTING_RATIO: Final = 1.5
CONNECT_S: Final = 5.0
RESIDENT_MB: Final = 300.0
LAG_MOST_S: Final = 0.050
KEY_S: Final = 0.050
APPLIED_S: Final = 1.0
CHANGE_S: Final = 0.100
SEEN_S: Final = 0.200
RUNS: Final = 3
SILENT: Final = 1001
SESSION_S: Final = 20.0
"""A controller that makes a million partitions hears heartbeats late."""
LOOP_LAG: Final = Path(__file__).with_name("loop_lag.py")
SIZES: Final = [
    pytest.param((10_000, 20), id="10000x20"),
    pytest.param((50_000, 20), id="50000x20"),
    pytest.param((333_333, 3), id="333333x3"),
    pytest.param((100_000, 20), id="100000x20"),
]


@dataclass(frozen=True)
class Big:
    """A cluster, and whether the limits are for its size."""

    cluster: BigCluster
    name: str
    is_told_only: bool

    @property
    def arguments(self) -> tuple[str, ...]:
        servers, controllers = self.cluster.bootstrap_servers, self.cluster.bootstrap_controllers
        return (
            "-b", servers, "--bootstrap-controller", controllers, "--live-log", "--screen", "partitions",
        )  # fmt: skip

    @property
    def whole_table(self) -> str:
        return f"{self.cluster.partitions:,} of {self.cluster.partitions:,}"

    def live(self) -> Live:
        of = target(self.cluster.bootstrap_servers, controllers=self.cluster.bootstrap_controllers)
        return Live(replace(of, live_log=True))


@pytest.fixture(scope="module", params=SIZES)
def big(request: pytest.FixtureRequest) -> Iterator[Big]:
    topics, partitions = request.param
    with BigCluster(topics, partitions, session_timeout_s=SESSION_S) as cluster:
        yield Big(cluster, f"{topics:,} x {partitions}", is_told_only=(topics, partitions) != (50_000, 20))


def is_whole(cluster: BigCluster) -> Callable[[ClusterSnapshot], bool]:
    return lambda s: s.topics.partition_count >= cluster.partitions and s.brokers_loaded


def test_connecting_until_every_row_can_be_browsed(big: Big, report: Report) -> None:
    listings, connected, whole, residents = [], [], [], []
    for _ in range(RUNS):
        listing = time_listing(big.cluster.bootstrap_servers)
        listings.append(listing.seconds)
        with Terminal(ktui(*big.arguments)) as terminal:
            painted = terminal.wait_for("Partitions", 60, since=terminal.started_at)
            came = terminal.wait_for(big.whole_table, 120, since=terminal.started_at)
            terminal.wait_for("live", 30)
            time.sleep(5)
            residents.append(resident_mb(terminal.pid))
        connected.append(came - painted)
        whole.append(came)
    took, listed, resident = (statistics.median(v) for v in (connected, listings, residents))
    report(f"{big.name}: {listing.tool}, whole process", f"{listed:.2f} s")
    report(f"{big.name}: the log, from connecting to all rows", f"{took:.2f} s", f"< {CONNECT_S:.0f} s")
    report(f"{big.name}: as a ratio of the listing", f"{took / listed:.2f}", f"< {LISTING_RATIO}")
    report(f"{big.name}: process start to all rows", f"{statistics.median(whole):.2f} s")
    report(f"{big.name}: resident", f"{resident:.0f} MB", f"< {RESIDENT_MB:.0f} MB")
    if big.is_told_only:
        return
    assert took < CONNECT_S
    assert took < LISTING_RATIO * listed
    assert resident < RESIDENT_MB


def test_the_screen_while_a_broker_of_thirty_dies(big: Big, report: Report, tmp_path: Path) -> None:
    """Loading and the storm hold the loop of the screen no longer than that; keys are answered meanwhile."""
    notes = tmp_path / "lag.json"
    command = (sys.executable, str(LOOP_LAG), str(notes), *big.arguments)
    phases: dict[str, tuple[float, float]] = {}
    keys: list[float] = []
    with MachineStalls() as stalls, Terminal(command) as terminal:
        with _phase(phases, "loading"):
            terminal.wait_for(big.whole_table, 120)
            terminal.wait_for("live", 30)
        time.sleep(5)
        with _phase(phases, "a broker dies"), _silent(big.cluster):
            until = time.monotonic() + SESSION_S + 15
            while time.monotonic() < until:
                terminal.wait_quiet(0.05)
                keys.append(terminal.wait_bytes(terminal.press("down"), 5))
        terminal.press("q")
        terminal.wait_exit(20)
    lags = json.loads(notes.read_text())
    worst = 0.0
    for name, (start, end) in phases.items():
        own = [lag for at, lag in lags if start <= at <= end and not stalls.overlaps(at - lag, at)]
        worst = max(worst, *own)
        spread = f"{1000 * quantile(own, 0.99):.1f} / {1000 * max(own):.1f} ms"
        report(f"{big.name}: loop late, {name}, p99 / max", spread, f"max < {1000 * LAG_MOST_S:.0f} ms")
    spread = f"{1000 * statistics.median(keys):.0f} / {1000 * max(keys):.0f} ms"
    report(f"{big.name}: keys while a broker dies, median / max", spread, f"< {1000 * KEY_S:.0f} ms")
    if not big.is_told_only:
        assert worst < LAG_MOST_S


def test_a_broker_s_partitions_change_at_once(big: Big, report: Report) -> None:
    """From the record that fences it, which follows those of its partitions, to the snapshot that has them all."""
    with big.live() as live:
        live.wait(is_whole(big.cluster), 120)
        time.sleep(5)
        storm = Storm(live)
        with _silent(big.cluster):
            wait_until(lambda: storm.fenced_at is not None, 90, "the broker is fenced")
            wait_until(lambda: storm.applied_at is not None, 30, "all of it is applied")
        wait_until(lambda: storm.is_back(), 60, "the broker is up again")
    assert storm.applied_at is not None
    assert storm.fenced_at is not None
    took = storm.applied_at - storm.fenced_at
    report(f"{big.name}: partitions that changed at once", f"{storm.partitions:,}")
    report(f"{big.name}: applied after the commit of the fence", f"{took:.2f} s", f"< {APPLIED_S:.0f} s")
    if not big.is_told_only:
        assert took < APPLIED_S


def test_a_change_is_on_the_screen_as_soon_as_it_is_acknowledged(big: Big, report: Report) -> None:
    in_snapshot = []
    with big.live() as live:
        live.wait(is_whole(big.cluster), 120)
        time.sleep(3)
        for number in range(20):
            name = f"fresh-{time.monotonic_ns()}-{number}"
            big.cluster.create_topic(name, 3)
            acknowledged = time.monotonic()
            live.wait(lambda s, name=name: s.topics.get(name) is not None)  # type: ignore[misc]
            in_snapshot.append(time.monotonic() - acknowledged)
            time.sleep(0.2)
    drawn = []
    with Terminal(ktui(*big.arguments[:-1], "topics")) as terminal:
        terminal.wait_for("live", 60)
        terminal.wait_for("fresh-", 60)
        for _ in range(20):
            name = f"a-{time.monotonic_ns()}"
            big.cluster.create_topic(name, 3)
            drawn.append(terminal.wait_for(name, 10))
            time.sleep(0.2)
    report(
        f"{big.name}: acknowledged to in the snapshot, median",
        f"{1000 * statistics.median(in_snapshot):.0f} ms",
        f"< {1000 * CHANGE_S:.0f} ms",
    )
    report(
        f"{big.name}: acknowledged to drawn, median",
        f"{1000 * statistics.median(drawn):.0f} ms",
        f"< {1000 * CHANGE_S:.0f} ms",
    )
    if not big.is_told_only:
        assert statistics.median(drawn) < CHANGE_S


class Storm:
    """Watches a feed for what one broker's death does."""

    def __init__(self, live: Live) -> None:
        self.fenced_at: float | None = None
        """When the batch was written that fenced it, by the controller's clock, which is ours."""
        self.applied_at: float | None = None
        self.partitions = live.snapshot.shares[SILENT].in_sync
        """In whose ISR it was."""
        self._live = live
        log = live.feed._cluster.log
        assert log is not None
        self._sink = log._sink
        log._sink = self._note
        threading.Thread(target=self._wait, daemon=True).start()

    def is_back(self) -> bool:
        broker = self._live.snapshot.broker(SILENT)
        return broker is not None and broker.state is BrokerState.UP

    def _note(self, events: Sequence[ClusterEvent]) -> None:
        for event in events:
            if isinstance(event, BrokersChanged) and self.fenced_at is None:
                silent = next((b for b in event.brokers if b.id == SILENT), None)
                self.fenced_at = event.stamp.happened_at if _is_fenced(silent) else None
        self._sink(events)

    def _wait(self) -> None:
        self._live.wait(lambda s: _is_fenced(s.broker(SILENT)) and s.shares[SILENT].in_sync == 0, 120)
        self.applied_at = time.time()


def _is_fenced(broker: Broker | None) -> bool:
    return broker is not None and broker.state in (BrokerState.FENCED, BrokerState.MISSING)


@contextmanager
def _silent(cluster: BigCluster) -> Iterator[None]:
    """The heartbeats of one made-up broker stop; the controller fences it."""
    assert cluster.made_up is not None
    cluster.made_up.silent.add(SILENT)
    try:
        yield
    finally:
        cluster.made_up.silent.discard(SILENT)


@contextmanager
def _phase(phases: dict[str, tuple[float, float]], name: str) -> Iterator[None]:
    start = time.monotonic()
    yield
    phases[name] = (start, time.monotonic())


def test_a_listing_sees_the_same(big: Big) -> None:
    """So that what was measured is what others see."""
    with big.live() as live:
        snapshot = live.wait(is_whole(big.cluster), 120)
        seen: Any = Librdkafka(big.cluster.bootstrap_servers).look(60)
        assert len(seen.partitions) == snapshot.topics.partition_count
