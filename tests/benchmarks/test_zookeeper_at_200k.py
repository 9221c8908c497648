"""200,000 partitions in a real ZooKeeper: loading, a storm of changes, and a reconnect in its middle."""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from itertools import count
from typing import Final

import pytest
from kazoo.client import KazooClient

from ktui.adapters.zookeeper.session import KazooSession
from tests.benchmarks.process_costs import quantile, resident_mb
from tests.benchmarks.told_source import ToldSource, told_source
from tests.big_zookeeper import BigZooKeeper
from tests.figures import Report
from tests.raw_zookeeper import RawZooKeeper, replicas_of, state_path, topic_name
from tests.terminal import ROOT, Terminal, ktui

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

TOPICS: Final = 10_000
ROWS: Final = 20
WRITES: Final = 20_000
STORM_S: Final = 2
LOAD_S: Final = 2.5
RATIO: Final = 20
RUNS: Final = 3
PLAIN_GETS: Final = 20_000
WINDOW: Final = 1_000
KEY_S: Final = 0.050
PING_S: Final = 0.250
epochs = count(1)


@pytest.fixture(scope="module")
def big() -> Iterator[BigZooKeeper]:
    with BigZooKeeper(TOPICS, ROWS) as big:
        yield big


def plain_gets(address: str, gets: int) -> float:
    """Seconds that kazoo takes to get so many states, a thousand under way."""
    client = KazooClient(address)
    client.start()
    paths = [state_path(number % TOPICS, number // TOPICS) for number in range(gets)]
    room, done = threading.Semaphore(WINDOW), threading.Semaphore(0)

    def arrived(_: object) -> None:
        room.release()
        done.release()

    began = time.monotonic()
    for path in paths:
        room.acquire()
        client.get_async(path).rawlink(arrived)
    for _ in paths:
        done.acquire()
    seconds = time.monotonic() - began
    client.stop()
    client.close()
    return seconds


@asynccontextmanager
async def storm(big: BigZooKeeper, epoch: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process that will write 20,000 states within two seconds once it is told to."""
    words = map(str, (big.port, STORM_S, epoch, TOPICS, ROWS, WRITES))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.raw_zookeeper", *words,
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert await process.stdout.readline() == b"ready\n"
        process.stdin.write(b"\n")
        await process.stdin.drain()
        yield process
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()


async def seconds_of(process: asyncio.subprocess.Process) -> float:
    """How long the writes took; returns when the last one is acknowledged."""
    assert process.stdout is not None
    return float(json.loads(await process.stdout.read())["seconds"])


def expected_rows(epoch: int) -> dict[tuple[str, int], tuple[int, int]]:
    return {
        (topic_name(number % TOPICS), number // TOPICS): (
            replicas_of(number % TOPICS, number // TOPICS)[1],
            epoch,
        )
        for number in range(WRITES)
    }


async def test_loading(big: BigZooKeeper, report: Report) -> None:
    loads: list[float] = []
    for _ in range(RUNS):
        async with told_source(big.address) as (told, seconds):
            assert sum(len(table) for table in told.tables.values()) == big.total * 24
            loads.append(seconds)
    plain = await asyncio.to_thread(plain_gets, big.address, PLAIN_GETS) * big.total / PLAIN_GETS
    load = statistics.median(loads)
    report("200,000 states from ZooKeeper, from connecting", f"{load:.2f} s", f"< {LOAD_S} s")
    report(f"the same by plain gets of kazoo (from {PLAIN_GETS:,})", f"{plain:.1f} s")
    report("    as a ratio", f"{plain / load:.0f}", f"> {RATIO}")
    assert plain / load > RATIO
    assert load < LOAD_S


async def test_a_storm(big: BigZooKeeper, report: Report) -> None:
    epoch = next(epochs)
    threads = threading.active_count()
    async with told_source(big.address) as (told, _):
        running = threading.active_count()
        with pings(big) as waits:
            async with storm(big, epoch) as process:
                took = await seconds_of(process)
                after = await told.until(lambda: told.of_epoch(epoch) == WRITES, 30)
        assert threading.active_count() <= running
        exact(told, epoch)
    assert threading.active_count() <= threads + 1
    report(f"{WRITES:,} changes, written within", f"{took:.2f} s")
    report("    the last one is told after it was written", f"{1000 * after:.0f} ms")
    report("    a get of somebody else meanwhile, median / p99 / max", spread(waits))
    assert quantile(waits, 0.99) < PING_S


async def test_a_reconnect_in_the_middle_of_a_storm(
    big: BigZooKeeper, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    sessions: list[KazooSession] = []
    start = KazooSession.start

    def noted(session: KazooSession) -> None:
        sessions.append(session)
        start(session)

    monkeypatch.setattr(KazooSession, "start", noted)
    epoch = next(epochs)
    async with told_source(big.address) as (told, load), storm(big, epoch) as process:
        await asyncio.sleep(STORM_S / 2)
        sessions[-1]._client._connection._socket._sock.shutdown(2)
        began = time.monotonic()
        await told.until(lambda: "connection" in told.faults, 10)
        await told.until(lambda: not told.faults, 30)
        back = time.monotonic() - began
        await seconds_of(process)
        await told.until(lambda: told.of_epoch(epoch) == WRITES, 30)
        exact(told, epoch)
    report("connection cut amid the storm: whole again after", f"{back:.2f} s", f"< {LOAD_S} s")
    assert back < max(LOAD_S, 2 * load)


async def test_the_console_in_a_storm(big: BigZooKeeper, report: Report) -> None:
    epoch = next(epochs)
    whole = f"{big.total:,} of {big.total:,}"
    with Terminal(ktui("-z", big.address, "--screen", "partitions")) as terminal:
        await asyncio.to_thread(terminal.wait_for, whole, 60)
        await asyncio.sleep(5)
        answers: list[float] = []
        async with storm(big, epoch) as process:
            until = time.monotonic() + STORM_S
            while time.monotonic() < until:
                answers.append(await asyncio.to_thread(answer, terminal))
            await seconds_of(process)
        resident = resident_mb(terminal.pid)
    report(
        "    the console meanwhile: a key, median / p99 / max", spread(answers), f"< {1000 * KEY_S:.0f} ms"
    )
    report("    the console, resident", f"{resident:.0f} MB")
    assert statistics.median(answers) < KEY_S


def exact(told: ToldSource, epoch: int) -> None:
    """Every write was told, none twice, and the tables say what was written."""
    from ktui.adapters.partitions import partition_at

    wanted = expected_rows(epoch)
    changed = {key: times for key, times in told.changes.items() if key in wanted}
    assert len(changed) == WRITES
    assert set(changed.values()) == {1}
    assert len(told.changes) == WRITES
    for (name, row), expected in wanted.items():
        held = partition_at(told.tables[name], row)
        assert (held.leader, held.leader_epoch) == expected


@contextmanager
def pings(big: BigZooKeeper) -> Iterator[list[float]]:
    """How long another client's question takes, again and again."""
    waits: list[float] = []
    over = threading.Event()

    def ask() -> None:
        with RawZooKeeper(big.port) as client:
            while not over.wait(0.01):
                waits.append(client.ping_time())

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        yield waits
    finally:
        over.set()
        asking.join()


def answer(terminal: Terminal) -> float:
    """Seconds from a key to the next bytes; others may come first while rows change."""
    return terminal.wait_bytes(terminal.press("down"), 5)


def spread(values: list[float]) -> str:
    found = (statistics.median(values), quantile(values, 0.99), max(values))
    return " / ".join(f"{1000 * value:.0f}" for value in found) + " ms"
