"""What holds for every test: the user's settings are hidden, errors nobody waited for fail the test."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest_plugins = ["tests.figures"]

REAL_SERVERS = ("integration", "matrix", "bench")
REAL_SERVERS_TIMEOUT_S = 900
HIDDEN_PREFIXES = ("KTUI_", "TEXTUAL", "CLICOLOR")
HIDDEN = ("NO_COLOR", "FORCE_COLOR", "COLORTERM", "COLUMNS", "LINES")
OWN_FOLDERS = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")
own_folders = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Hide the user's settings; leave real servers out of a plain `pytest`."""
    for name in list(os.environ):
        if name in HIDDEN or (name.startswith(HIDDEN_PREFIXES) and not name.startswith("KTUI_TEST_")):
            del os.environ[name]
    os.environ["TERM"] = "xterm-256color"
    folder = Path(tempfile.mkdtemp(prefix="ktui-tests-"))
    config.stash[own_folders] = folder
    for name in OWN_FOLDERS:
        os.environ[name] = str(folder / name.lower())
        Path(os.environ[name]).mkdir(mode=0o700)
    asked_for_all = config.args_source is not pytest.Config.ArgsSource.ARGS
    if asked_for_all and not config.option.markexpr:
        config.option.markexpr = " and ".join(f"not {marker}" for marker in REAL_SERVERS)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the folders that stood for the user's."""
    shutil.rmtree(config.stash.get(own_folders, Path("/nonexistent")), ignore_errors=True)


def pytest_report_header(config: pytest.Config) -> str:
    """Say what is left out, so that nobody takes a part for the whole."""
    return f"selected by marker: {config.option.markexpr or 'everything'}"


def needs_servers(item: pytest.Item) -> bool:
    """Whether the test starts real servers."""
    return any(item.get_closest_marker(marker) for marker in REAL_SERVERS)


def round_of(item: pytest.Item) -> int:
    """Rounds keep one kind of cluster at a time: none, KRaft, ZooKeeper, both, benchmarks."""
    if not needs_servers(item):
        return 0
    if item.get_closest_marker("bench"):
        return 4
    kraft, zookeeper = item.get_closest_marker("kraft"), item.get_closest_marker("zookeeper")
    return 1 if kraft and not zookeeper else 2 if zookeeper and not kraft else 3


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the tests by round, and give those on real servers the time that a first download takes."""
    for item in items:
        if needs_servers(item) and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(REAL_SERVERS_TIMEOUT_S))
    items.sort(key=round_of)


@pytest.fixture(autouse=True)
def own_home(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Give each test an empty home; real servers keep the user's, which holds their downloads."""
    if needs_servers(request.node):
        return
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in (*OWN_FOLDERS, "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))


@pytest.fixture(autouse=True)
def loop_errors(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[dict[str, Any]]]:
    """Fail the test for errors that reach only the event loop; a test that provokes some clears the list."""
    errors: list[dict[str, Any]] = []

    def note(self: asyncio.BaseEventLoop, context: dict[str, Any]) -> None:
        errors.append(context)

    monkeypatch.setattr(asyncio.BaseEventLoop, "default_exception_handler", note)
    yield errors
    if errors:
        pytest.fail("reached the event loop unhandled: " + "; ".join(describe(error) for error in errors))


def describe(context: dict[str, Any]) -> str:
    """Name one error that reached an event loop."""
    where = context.get("task") or context.get("future")
    return f"{context.get('message')}: {context.get('exception')!r} in {where}"
