"""What is shipped is what is in the repository, and the code keeps to its sizes."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import re
import statistics
import sys
import tomllib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from types import ModuleType

import pytest

import ktui

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = sorted(
    path for folder in ("adapters", "tui", "widgets", ".src") for path in (ROOT / folder).rglob("*.py")
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
LOCKS = ("requirements.lock", "requirements-dev.lock")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
IMPORTED_AS = {"protobuf": "google"}
"""Packages whose top-level name is another one."""
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def in_repository(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.fixture(scope="module")
def distributions() -> ModuleType:
    spec = importlib.util.spec_from_file_location("distributions", ROOT / "tests/distributions.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_distributions_hold_what_the_repository_holds(distributions: ModuleType, tmp_path: Path) -> None:
    try:
        distributions.repository_files()
    except distributions.NoCheckout as reason:
        pytest.skip(str(reason))
    wheel, sdist = distributions.build(tmp_path / "dist")
    assert distributions.differences(wheel, sdist) == []
    assert "ktui/tui/py.typed" in distributions.wheel_files(wheel)
    assert wheel.name.startswith(f"kafka_ktui-{ktui.__version__}-")


def test_version_is_the_installed_one() -> None:
    try:
        installed = importlib.metadata.version("kafka-ktui")
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("ktui is not installed in this environment")
    assert installed == ktui.__version__


@pytest.mark.parametrize("name", LOCKS)
def test_lock_is_pinned_hashed_and_tells_nothing_of_where_it_was_made(name: str) -> None:
    text = (ROOT / name).read_text()
    entries = re.findall(r"^[a-z0-9].*\n(?:[ ].*\n)*", text, re.MULTILINE)
    assert entries
    assert all(re.match(r"[a-z0-9.-]+==\S+", entry) and "--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"://|\s/|file:|--index|--find-links|--trusted", text)


def test_developers_run_the_versions_that_are_shipped() -> None:
    shipped, developers = (
        set(re.findall(r"^([a-z0-9.-]+==\S+)", (ROOT / name).read_text(), re.MULTILINE)) for name in LOCKS
    )
    assert shipped <= developers
    declared = {re.split(r"[<>=]", line)[0] for line in PROJECT["dependencies"]}
    assert declared <= {entry.split("==")[0] for entry in shipped}


def imported(path: Path) -> Iterator[str]:
    """Top-level names that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def test_package_imports_only_what_it_declares() -> None:
    extras = PROJECT["optional-dependencies"].values()
    declared = {re.split(r"[<>=]", line)[0] for line in chain(PROJECT["dependencies"], *extras)}
    known = {IMPORTED_AS.get(name, name) for name in declared} | sys.stdlib_module_names | {"ktui"}
    strays = {
        f"{in_repository(path)}: {name}" for path in PACKAGE for name in imported(path) if name not in known
    }
    assert strays == set()


def test_no_file_is_long() -> None:
    lengths = {
        in_repository(path): path.read_text().count("\n") for path in [*PACKAGE, *TESTS, ROOT / "dev.py"]
    }
    assert {path: length for path, length in lengths.items() if length > 400} == {}
    assert statistics.median(lengths[in_repository(path)] for path in PACKAGE) <= 120


def test_no_function_is_long() -> None:
    long = {
        f"{in_repository(path)}:{node.lineno} {node.name}": node.end_lineno - node.lineno + 1
        for path in [*PACKAGE, *TESTS, ROOT / "dev.py"]
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, FUNCTIONS) and node.end_lineno and node.end_lineno - node.lineno >= 50
    }
    assert long == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        in_repository(path)
        for path in PACKAGE
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []
