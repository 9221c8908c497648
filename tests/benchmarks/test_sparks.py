"""What fifty sparklines and an open chart cost at one sample a second, in a real terminal of 120x40."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import Final

import pytest

from tests.benchmarks.conftest import Report
from tests.benchmarks.process_costs import core_share
from tests.terminal import ROOT, Terminal

pytestmark = pytest.mark.bench

MEASURED_S: Final = 20.0
SPARKS_CORE_PERCENT: Final = 1.5
SPARKS_BYTES_A_SECOND: Final = 12_000
CHART_CORE_PERCENT: Final = 5.0
CHART_FIRST_S: Final = 0.3
AXIS: Final = "└"


def sparking(per_cell: int) -> Terminal:
    command = [sys.executable, "-m", "tests.benchmarks.sparking_app", str(per_cell)]
    paths = {"PYTHONPATH": f"{ROOT / '.src'}:{ROOT}", "COLORTERM": "truecolor"}
    terminal = Terminal(command, columns=120, rows=40, env=paths)
    terminal.wait_for("topic-24")
    return terminal


@pytest.fixture
def chart() -> Iterator[tuple[Terminal, float]]:
    """A program that opened its first chart, and the seconds from the key to the chart."""
    with sparking(1) as terminal:
        pressed_at = terminal.press("c")
        yield terminal, terminal.wait_for(AXIS, since=pressed_at)


@pytest.mark.parametrize("per_cell", [1, 5, 15])
def test_fifty_sparklines(per_cell: int, report: Report) -> None:
    with sparking(per_cell) as terminal:
        time.sleep(2)
        before = terminal.bytes_received
        share = core_share(terminal.pid, MEASURED_S)
        written = (terminal.bytes_received - before) / MEASURED_S
    report(
        f"50 sparklines at 1 Hz, {per_cell} s a cell, every sample another",
        f"{share:.2f} % of a core, {written:,.0f} bytes/s",
        f"< {SPARKS_CORE_PERCENT} %, < {SPARKS_BYTES_A_SECOND:,}",
    )
    assert written < SPARKS_BYTES_A_SECOND
    assert share < SPARKS_CORE_PERCENT


def test_first_chart(chart: tuple[Terminal, float], report: Report) -> None:
    seconds = chart[1]
    report("key to the first chart, import included", f"{seconds * 1000:.0f} ms", f"< {CHART_FIRST_S * 1000:.0f} ms")
    assert seconds < CHART_FIRST_S


def test_open_chart(chart: tuple[Terminal, float], report: Report) -> None:
    terminal = chart[0]
    time.sleep(2)
    before = terminal.bytes_received
    share = core_share(terminal.pid, MEASURED_S)
    written = (terminal.bytes_received - before) / MEASURED_S
    report(
        "chart of 3 series with 300 samples, open at 1 Hz",
        f"{share:.2f} % of a core, {written:,.0f} bytes/s",
        f"< {CHART_CORE_PERCENT} %",
    )
    assert share < CHART_CORE_PERCENT
