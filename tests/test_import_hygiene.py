"""Every part loads only what it needs, seen from a fresh interpreter."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TERMINAL = ("textual", "rich", "plotext")
KAFKA = ("aiokafka", "kazoo", "kio")
REPORT = "import json, sys; print(json.dumps(sorted(sys.modules)), file=sys.stderr)"
RUN_KTUI = f"""
import atexit, sys
atexit.register(exec, {REPORT!r}, {{}})
from ktui.tui.cli import main
main()
"""


def loaded_by(program: str, *arguments: str) -> tuple[str, set[str]]:
    """Run `program` in a fresh interpreter; give what it printed and the modules it had loaded at its end."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT / ".src")},
        cwd=ROOT / "tests",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout, set(json.loads(done.stderr.splitlines()[-1]))


def modules(folder: str) -> list[str]:
    """Names of all modules of one of the three packages."""
    paths = (ROOT / folder).rglob("*.py")
    names = (path.relative_to(ROOT).with_suffix("").parts for path in paths if path.stem != "__main__")
    return sorted("ktui." + ".".join(parts).removesuffix(".__init__") for parts in names)


def test_version_loads_no_library() -> None:
    if not (ROOT / "tui/cli").exists() and not (ROOT / "tui/cli.py").exists():
        pytest.skip("there is no command line yet")
    printed, loaded = loaded_by(RUN_KTUI, "--version")
    assert "0." in printed
    assert loaded.isdisjoint((*TERMINAL, *KAFKA, "click", "cramjam", "platformdirs", "asyncio"))


def test_what_draws_charts_is_loaded_with_the_first_chart() -> None:
    _, loaded = loaded_by(f"import ktui.tui.app\n{REPORT}")
    assert "ktui.tui.screens.chart" in loaded
    assert loaded.isdisjoint(("plotext", "ktui.widgets.chart", "ktui.widgets.plotting"))


@pytest.mark.parametrize(
    ("folder", "foreign"),
    [
        ("adapters", (*TERMINAL, "click", "ktui.tui", "ktui.widgets")),
        ("widgets", (*KAFKA, "ktui.adapters", "ktui.tui")),
    ],
)
def test_leaf_loads_nothing_foreign(folder: str, foreign: tuple[str, ...]) -> None:
    names = modules(folder)
    assert names
    _, loaded = loaded_by("\n".join([*(f"import {name}" for name in names), REPORT]))
    assert set(names) <= loaded
    assert loaded.isdisjoint(foreign)
