"""How fast the big table is; times are reported, only counts are asserted."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path

import pytest

from tests.terminal import ROOT, Terminal
from tests.widgets.doubles import Numbers, TableApp
from tests.widgets.swapping_app import ROWS

pytestmark = pytest.mark.bench
ROUNDS = 30
BODY = 39


def report(what: str, seconds: list[float]) -> None:
    ordered = sorted(seconds)
    worst = ordered[-1] * 1000
    print(
        f"{what}: median {statistics.median(ordered) * 1000:.1f} ms, worst {worst:.1f} ms of {len(ordered)}"
    )


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("one row", ["down"] * ROUNDS),
        ("one page", ["pagedown"] * ROUNDS),
        ("end and home", ["end", "home"] * (ROUNDS // 2)),
    ],
)
def test_key_to_paint(name: str, keys: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.widgets.swapping_app", str(tmp_path / "notes")]
    paths = {"PYTHONPATH": f"{ROOT / '.src'}:{ROOT}", "COLORTERM": "truecolor"}
    with Terminal(command, columns=120, rows=40, env=paths) as terminal:
        terminal.wait_for("topic-38")
        terminal.wait_quiet(0.5)
        seconds: list[float] = []
        received = terminal.bytes_received
        for key in keys:
            pressed_at = terminal.press(key)
            terminal.wait_bytes(pressed_at)
            terminal.wait_quiet(0.05)
            seconds.append(terminal.last_byte_at - pressed_at)
        report(f"{ROWS:,} rows, 120x40, key to the last byte, {name}", seconds)
        print(f"  {(terminal.bytes_received - received) // len(keys):,} bytes a key")


@pytest.mark.parametrize(
    ("name", "changed"), [("equal", 0), ("one row in view", 1), ("every row in view", BODY)]
)
async def test_show(name: str, changed: int) -> None:
    app = TableApp()
    async with app.run_test(size=(120, 40)) as pilot:
        table = app.table
        table.show(Numbers(ROWS))
        await pilot.pause()
        seconds: list[float] = []
        for turn in range(1, ROUNDS + 1):
            model = Numbers(ROWS, dict.fromkeys(range(changed), turn))
            table.rendered = []
            started = time.perf_counter()
            table.show(model)
            seconds.append(time.perf_counter() - started)
            await pilot.pause()
            assert model.row_calls == BODY
            assert len(table.rendered) == changed
        report(f"{ROWS:,} rows, 120x40, show(), {name}", seconds)
