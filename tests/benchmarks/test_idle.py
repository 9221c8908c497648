"""A console on an idle healthy cluster costs nothing: no byte to the terminal, next to no processor time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import Mode, SandboxSpec
from tests.benchmarks.process_costs import core_share, resident_mb
from tests.figures import Report
from tests.independent import Librdkafka
from tests.terminal import Terminal, ktui

pytestmark = pytest.mark.bench

QUIET_S: Final = 3.0
MEASURED_S: Final = 20.0
CORE_PERCENT: Final = 3.0
KINDS: Final = [
    pytest.param(Mode.KRAFT, marks=pytest.mark.kraft, id="kraft"),
    pytest.param(Mode.ZOOKEEPER, marks=pytest.mark.zookeeper, id="zookeeper"),
]


@pytest.fixture(scope="module", params=KINDS)
def idle(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Three brokers and a few topics that nobody uses."""
    sandbox = Sandbox(SandboxSpec(request.param, tmp_path_factory.mktemp("idle")), is_guarded=True)
    try:
        sandbox.up()
        client = Librdkafka(sandbox.bootstrap_servers)
        for number in range(20):
            client.create(f"idle-{number}", 3, 3)
        yield sandbox
    finally:
        sandbox.down(deletes_data=True)


@pytest.mark.parametrize("screen", ["overview", "brokers", "topics", "partitions", "problems", "quorum"])
def test_idle_costs_nothing(idle: Sandbox, screen: str, report: Report) -> None:
    # The log of a KRaft quorum grows by two records a second also when nothing happens, and this screen shows it.
    is_moving = screen == "quorum" and not idle.zookeeper
    arguments = ["-b", idle.bootstrap_servers, "--screen", screen]
    if idle.zookeeper:
        arguments += ["-z", idle.zookeeper]
    with Terminal(ktui(*arguments), keeps_bytes=True) as terminal:
        terminal.wait_for("● OK", 30)
        terminal.wait_for("live", 30)
        if not is_moving:
            terminal.wait_quiet(QUIET_S, 60)
        before = terminal.bytes_received
        share = core_share(terminal.pid, MEASURED_S)
        written = bytes(terminal.raw[before:])
        resident = resident_mb(terminal.pid)
    kind = "zookeeper" if idle.zookeeper else "kraft"
    report(
        f"idle {kind} cluster, {screen}",
        f"{len(written)} bytes in {MEASURED_S:.0f} s, {share:.2f} % of a core, {resident:.0f} MB",
        f"< {CORE_PERCENT:.0f} %" if is_moving else f"0 bytes, < {CORE_PERCENT:.0f} %",
    )
    assert is_moving or written == b""
    assert share < CORE_PERCENT
