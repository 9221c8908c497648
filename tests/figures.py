"""Figures are collected while benchmarks run, and printed as one table at the end."""

from __future__ import annotations

from typing import Protocol

import pytest

figures = pytest.StashKey[list[tuple[str, str, str]]]()


class Report(Protocol):
    """Takes down a figure: what, how much, and the limit it is held against (empty: told only)."""

    def __call__(self, what: str, value: str, limit: str = "") -> None: ...


@pytest.fixture(scope="session")
def report(request: pytest.FixtureRequest) -> Report:
    """Collect the figures of this run."""
    rows = request.config.stash.setdefault(figures, [])

    def note(what: str, value: str, limit: str = "") -> None:
        rows.append((what, value, limit))

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what was measured."""
    rows = config.stash.get(figures, [])
    if not rows:
        return
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    terminalreporter.section("figures")
    for what, value, limit in rows:
        terminalreporter.write_line(f"{what:<{widths[0]}}  {value:>{widths[1]}}  {limit}".rstrip())
