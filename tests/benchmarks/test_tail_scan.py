"""Looking for a key that is not there in five million records of 100 bytes, on a real broker, against others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from confluent_kafka import Producer

from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import Mode, SandboxSpec
from tests.benchmarks.machine_stalls import MachineStalls
from tests.benchmarks.process_costs import quantile
from tests.figures import Report
from tests.independent import Librdkafka

pytestmark = [pytest.mark.bench, pytest.mark.kraft, pytest.mark.timeout(1200)]

RECORDS: Final = 5_000_000
TOPIC: Final = "scanned"
VALUE: Final = b'{"amount": 12345, "state": "delivered", "note": "nothing that matters very much here"}x'
FASTER: Final = 5.0
RESIDENT_MB: Final = 150.0
LAG_P99_S: Final = 0.016
RUNS: Final = 2
ROOT: Final = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One broker with the topic on it."""
    spec = SandboxSpec(Mode.KRAFT, tmp_path_factory.mktemp("scan"), brokers=1, controllers=1)
    sandbox = Sandbox(spec, is_guarded=True)
    try:
        sandbox.up()
        Librdkafka(sandbox.bootstrap_servers).create(TOPIC, 3, 1)
        _fill(sandbox.bootstrap_servers)
        yield sandbox.bootstrap_servers
    finally:
        sandbox.down(deletes_data=True)


def _fill(servers: str) -> None:
    producer = Producer({
        "bootstrap.servers": servers, "linger.ms": 50, "batch.size": 100_000, "acks": 1, "log_level": 0,
        "queue.buffering.max.messages": 500_000,
    })  # fmt: skip
    for number in range(RECORDS):
        key = b"customer-%04d" % (number % 10_000)
        while True:
            try:
                producer.produce(TOPIC, VALUE, key)
                break
            except BufferError:
                producer.poll(0.05)
        if number % 5_000 == 0:
            producer.poll(0)
    assert producer.flush(120) == 0


def looked(way: str, servers: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.tail_readers", way, servers, TOPIC],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / '.src'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_a_key_that_is_not_there(servers: str, report: Report) -> None:
    ours, theirs, tool = [], [], []
    with MachineStalls() as stalls:
        for _ in range(RUNS):
            ours.append(looked("ktui", servers))
            tool.append(looked("librdkafka", servers))
        theirs = [looked(way, servers) for way in ("aiokafka", "aiokafka-500")]
        ours.append(looked("ktui", servers))
    assert {run["records"] for run in ours} == {RECORDS}
    best = min(run["seconds"] for run in ours)
    fastest = min(run["seconds"] * RECORDS / run["records"] for run in theirs)
    listed = min(run["seconds"] for run in tool)
    lags = [lag for run in ours for at, lag in run["lags"] if not stalls.overlaps(at - lag, at)]
    resident = max(run["resident_mb"] for run in ours)
    report("scan of 5 M records, ktui", f"{RECORDS / best / 1e6:.2f} M/s")
    for what, seconds, limit in (("aiokafka", fastest, FASTER), (tool[0]["what"], listed, 1.0)):
        times = f"ktui {seconds / best:.1f}x, limit {limit:.0f}x"
        report(f"the same with {what}", f"{RECORDS / seconds / 1e6:.2f} M/s", times)
    report(
        "lag of the screen's loop, p99", f"{quantile(lags, 0.99) * 1e3:.1f} ms", f"< {LAG_P99_S * 1e3:.0f} ms"
    )
    report("resident", f"{resident:.0f} MB", f"< {RESIDENT_MB:.0f} MB")
    assert fastest >= FASTER * best
    assert listed >= best
    assert resident < RESIDENT_MB
    assert quantile(lags, 0.99) < LAG_P99_S
