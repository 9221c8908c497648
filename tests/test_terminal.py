"""The instrument itself: what it shows, answers, measures and ends."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.terminal import NeverShown, Terminal

TEXTUAL_APP = """
from textual.app import App
from textual.widgets import Input, Static

class Probe(App):
    CSS = "Screen { background: red; }"
    BINDINGS = [("ctrl+d", "say('deleted')", "x"), ("f5", "say('f5')", "x"), ("escape", "say('escaped')", "x")]
    def compose(self):
        yield Static("ready", id="word")
        yield Static("")
    def action_say(self, word):
        self.query_one("#word").update(word)
    def on_resize(self, event):
        self.query(Static).last().update(f"{event.size.width} columns, sync {self._sync_available}")
    def on_key(self, event):
        if event.key == "s":
            self.query(Static).last().update(f"sync {self._sync_available}")
        if event.key == "j":
            self.query_one("#word").update("jot")

Probe().run()
"""


@contextmanager
def python(program: str, **options: object) -> Iterator[Terminal]:
    with Terminal([sys.executable, "-c", program], **options) as terminal:  # type: ignore[arg-type]
        yield terminal


def test_a_program_gets_a_controlling_terminal_of_the_asked_size() -> None:
    asks = (
        "import os; print(os.get_terminal_size().columns, os.tcgetpgrp(0) == os.getpid(), os.environ['TERM'])"
    )
    with python(asks, columns=77, rows=24) as terminal:
        terminal.wait_for("77 True xterm-256color")
        assert terminal.wait_exit() == 0


def test_keys_reach_the_program_and_its_words_the_screen() -> None:
    with python("print('got', input('name? '))") as terminal:
        terminal.wait_for("name? ")
        sent_at = terminal.press("ärger", "enter")
        assert 0 <= terminal.wait_for("got ärger", since=sent_at) < 5
        assert terminal.bytes_received > 0


def test_what_never_comes_is_told_with_the_screen() -> None:
    with python("print('something else')") as terminal, pytest.raises(NeverShown, match="something else"):
        terminal.wait_for("the thing", within_s=0.5)


def test_exit_codes_and_signals() -> None:
    with python("raise SystemExit(7)") as terminal:
        assert terminal.wait_exit() == 7
    with python("import time; print('up', flush=True); time.sleep(60)") as terminal:
        terminal.wait_for("up")
        terminal.signal(signal.SIGTERM)
        assert terminal.wait_exit() == 143


def test_hanging_up_ends_the_session() -> None:
    with python("import time; print('up', flush=True); time.sleep(60)") as terminal:
        terminal.wait_for("up")
        terminal.hang_up()
        assert terminal.wait_exit() == 129


def test_close_leaves_no_process() -> None:
    ignores = "import signal, time; signal.signal(signal.SIGHUP, signal.SIG_IGN)"
    stubborn = f"{ignores}; print('up', flush=True); time.sleep(60)"
    with python(stubborn) as terminal:
        terminal.wait_for("up")
    with pytest.raises(ProcessLookupError):
        os.kill(terminal.pid, 0)


def test_standard_input_from_a_file() -> None:
    with python(
        "import sys; print(sys.stdin.read() == '', sys.stdout.isatty())", stdin=os.devnull
    ) as terminal:
        terminal.wait_for("True True")


def test_a_half_written_frame_is_not_seen() -> None:
    writes = (
        "import sys, time; w = sys.stdout; w.write('\\x1b[?2026h\\x1b[Hhalf'); w.flush(); time.sleep(0.5);"
        "w.write('\\x1b[Hwhole\\x1b[?2026l'); w.flush(); time.sleep(0.5)"
    )
    with python(writes) as terminal:
        terminal.wait_for("whole")
        assert not terminal.shows("half")


def test_colours_title_and_split_sequences() -> None:
    writes = (
        "import sys, time; w = sys.stdout; w.write('\\x1b[>1u\\x1b[<u\\x1b]0;tit'); w.flush(); time.sleep(0.1);"
        "w.write('le\\x07\\x1b[3'); w.flush(); time.sleep(0.1); w.write('1mred\\x1b[0m'); w.flush()"
    )
    with python(writes) as terminal:
        assert terminal.wait_exit() == 0
        assert terminal.screen_text()[0] == "red"
        assert "red" in terminal.emulator.colours()


def test_a_textual_app_is_driven_and_leaves_the_terminal_as_it_was() -> None:
    with python(TEXTUAL_APP, columns=60, rows=12) as terminal:
        terminal.wait_for("ready", 15)
        assert terminal.emulator.is_alternate
        assert not terminal.emulator.is_cursor_shown
        terminal.press("s")
        terminal.wait_for("sync True")
        for key, word in (("ctrl+d", "deleted"), ("f5", "f5"), ("j", "jot")):
            terminal.press(key)
            terminal.wait_for(word)
        terminal.press("escape", "j")
        terminal.wait_for("jot")
        terminal.press("escape")
        terminal.wait_for("escaped")
        terminal.resize(50, 10)
        terminal.wait_for("50 columns")
        terminal.wait_quiet(0.3)
        received = terminal.bytes_received
        time.sleep(0.2)
        assert terminal.bytes_received == received
        terminal.press("ctrl+q")
        assert terminal.wait_exit() == 0
        assert not terminal.emulator.is_alternate
        assert terminal.emulator.is_cursor_shown
