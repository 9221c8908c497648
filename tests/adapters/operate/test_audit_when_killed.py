"""The audit when ktui is killed at any step of any kind of change: nothing is sent that was not written down first."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.adapters.operate.examples import EXAMPLES
from tests.adapters.operate.killed import STEPS

ROOT = Path(__file__).resolve().parents[3]
NOT_WRITTEN_YET = {"before_the_gate", "before_the_intent"}


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("killed")
    subprocess.run(
        [sys.executable, "-m", "tests.adapters.operate.killed", str(root)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / ".src"), str(ROOT)))},
        check=True,
        timeout=110,
    )
    return root


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("step", STEPS)
def test_at_least_the_intent_is_there(killed: Path, step: str, name: str) -> None:
    folder = killed / step / name
    assert int((folder / "ended").read_text()) == -signal.SIGKILL
    audit = folder / "audit.jsonl"
    if step in NOT_WRITTEN_YET:
        assert not audit.exists()
        return
    (line,) = (json.loads(one) for one in audit.read_text().splitlines())
    assert (line["phase"], line["operation"]) == ("intent", name)
    assert line["subject"]
