from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ktui.tui import terminal

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal.os, "isatty", lambda descriptor: True)


@pytest.mark.usefixtures("on_a_terminal")
def test_a_terminal_is_taken_unless_it_is_dumb() -> None:
    assert terminal.refusal({"TERM": "xterm-256color"}) is None
    assert "TERM is dumb" in (terminal.refusal({"TERM": "dumb"}) or "")


@pytest.mark.parametrize("missing", [0, 2])
def test_pipes_are_refused(monkeypatch: pytest.MonkeyPatch, missing: int) -> None:
    monkeypatch.setattr(terminal.os, "isatty", lambda descriptor: descriptor != missing)
    assert "needs a terminal" in (terminal.refusal({"TERM": "xterm"}) or "")


def test_standard_output_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal.os, "isatty", lambda descriptor: descriptor != 1)
    assert terminal.refusal({"TERM": "xterm"}) is None


def test_fewer_frames_over_ssh() -> None:
    near: dict[str, str] = {}
    terminal.prepare(near)
    assert "TEXTUAL_FPS" not in near
    far = {"SSH_CONNECTION": "1 2 3 4"}
    terminal.prepare(far)
    assert far["TEXTUAL_FPS"] == "15"
    own = {"SSH_CONNECTION": "1 2 3 4", "TEXTUAL_FPS": "5"}
    terminal.prepare(own)
    assert own["TEXTUAL_FPS"] == "5"


@pytest.mark.parametrize(
    ("environ", "theme"),
    [
        ({"TERM": "xterm-256color"}, None),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, None),
        ({"TERM": "xterm"}, "ansi-dark"),
        ({"TERM": "linux"}, "ansi-dark"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "ansi-dark"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": ""}, "ansi-dark"),
    ],
)
def test_colours_as_far_as_there_are_any(environ: dict[str, str], theme: str | None) -> None:
    assert terminal.theme_for(environ) == theme


def test_leaving_waits_for_a_stuck_feed_for_a_second_only() -> None:
    program = (
        "import threading, time\n"
        "from ktui.tui import terminal\n"
        "class Stuck:\n"
        "    def stop(self, limit_s=1.0):\n"
        "        time.sleep(60)\n"
        "threading.Thread(target=time.sleep, args=(60,)).start()\n"
        "terminal.leave(3, Stuck())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": str(ROOT / ".src")}, timeout=20, check=False
    )
    assert done.returncode == 3


def test_this_module_imports_nothing_of_textual() -> None:
    program = "import sys, ktui.tui.terminal; sys.exit('textual' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": str(ROOT / ".src")}, check=False
    )
    assert done.returncode == 0


def test_a_process_that_ought_to_end_is_ended() -> None:
    program = "import time\nfrom ktui.tui import terminal\nterminal.end_at_latest(7, 0.1)\ntime.sleep(60)\n"
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": str(ROOT / ".src")}, timeout=20, check=False
    )
    assert done.returncode == 7
