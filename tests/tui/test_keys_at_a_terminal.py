"""Whole lines of keys in one write, as over a slow link or from a clipboard."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.terminal import ROOT, Terminal

CONSOLE = (sys.executable, "-m", "tests.tui.scripted_console")
PATHS = f"{ROOT / '.src'}:{ROOT}"


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    with Terminal(CONSOLE, columns=80, rows=24, env={"PYTHONPATH": PATHS}) as console:
        console.wait_for("Topics  5")
        yield console


def test_what_is_typed_in_one_go_arrives_in_order(terminal: Terminal) -> None:
    terminal.send(b":topic orders\r")
    terminal.wait_for(lambda lines: lines[2].startswith("orders"))
    terminal.send(b"q/pay")
    terminal.wait_for(lambda lines: lines[-2].startswith("/pay") or "/pay" in "\n".join(lines[-3:]))
    terminal.send(b"\r\r")
    terminal.wait_for(lambda lines: lines[2].startswith("payments"))


def test_a_form_filled_in_one_go(terminal: Terminal) -> None:
    terminal.send(b"nwrong\x15hello\r4\r")
    terminal.wait_for("> hello")
    terminal.wait_for("> 4")
    terminal.wait_for("ktui topic create hello --partitions 4")
