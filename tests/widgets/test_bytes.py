"""What really goes to a terminal when a table is shown anew."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

from tests.terminal import ROOT, Terminal

FRAME_START = b"\x1b[?2026h"
FRAME_END = b"\x1b[?2026l"
APP = "tests.widgets.swapping_app"


def wait_for_notes(notes: Path, expected: str) -> None:
    until = time.monotonic() + 20
    while not notes.exists() or notes.read_text() != expected:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_equal_rows_send_nothing_and_a_changed_row_sends_its_line(tmp_path: Path) -> None:
    notes = tmp_path / "notes"
    paths = {"PYTHONPATH": f"{ROOT / '.src'}:{ROOT}", "COLORTERM": "truecolor"}
    command = [sys.executable, "-m", APP, str(notes)]
    with Terminal(command, columns=80, rows=24, env=paths, keeps_bytes=True) as terminal:
        terminal.wait_for("topic-22")
        wait_for_notes(notes, "s")
        terminal.wait_quiet(0.5)
        before = len(terminal.raw)
        for shown in range(3):
            terminal.press("e")
            wait_for_notes(notes, "s" + "e" * (shown + 1))
        terminal.press("c")
        terminal.wait_for("4242")
        terminal.wait_for(lambda _: terminal.raw.endswith(FRAME_END))
        sent = bytes(terminal.raw[before:])
    assert sent.startswith(FRAME_START)
    assert sent.count(FRAME_START) == 1
    assert re.findall(rb"topic-\d+", sent) == [b"topic-7"]
    assert len(sent) < 200
