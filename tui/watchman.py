"""Once a second: the time on the screen, whether the terminal is still there, and whether the screen keeps up."""

from __future__ import annotations

import asyncio
import signal
import time
from typing import Final, Protocol

from textual.timer import Timer, TimerCallback

from ktui.tui import mishaps, terminal
from ktui.tui.crossing import Gap

PERIOD_S: Final = 1.0
GLANCE_S: Final = 0.25
"""How often it is asked whether there are newer rates; they are made once a second."""
_SIGNALS: Final = {
    signal.SIGHUP: terminal.HANGUP_CODE,
    signal.SIGINT: terminal.INTERRUPTED_CODE,
    signal.SIGTERM: terminal.TERMINATED_CODE,
}


class Watched(Protocol):
    """What is needed of the application."""

    @property
    def is_headless(self) -> bool: ...

    def set_interval(self, interval: float, callback: TimerCallback | None = None) -> Timer: ...
    def leave(self, code: int) -> None: ...
    def say(self, sentence: str) -> None: ...
    def tick(self) -> None: ...
    def glance(self) -> None: ...


class Watchman:
    """Made when the application is mounted; `go_home` takes back what it did to the process."""

    def __init__(self, app: Watched, gap: Gap) -> None:
        self._app = app
        self._gap = gap
        self._due_at = time.monotonic() + PERIOD_S
        self._timers = (app.set_interval(PERIOD_S, self._round), app.set_interval(GLANCE_S, self._glance))
        self._loop = asyncio.get_running_loop()
        if not app.is_headless:
            for number, code in _SIGNALS.items():
                # Without these Textual dies at once and leaves the alternate screen and no echo behind.
                self._loop.add_signal_handler(number, self._signalled, code)
        mishaps.watch(self._loop, app.say)

    def _signalled(self, code: int) -> None:
        if terminal.is_lost():
            terminal.abandon()
        self._app.leave(code)

    def _round(self) -> None:
        if not self._app.is_headless and terminal.is_lost():
            terminal.abandon()
        now = time.monotonic()
        self._gap.judge(now - self._due_at)
        self._due_at = now + PERIOD_S
        self._app.tick()

    def _glance(self) -> None:
        if not self._gap.seconds:
            self._app.glance()

    def go_home(self) -> None:
        for timer in self._timers:
            timer.stop()
        self._loop.set_exception_handler(None)
        if not self._app.is_headless:
            for number in _SIGNALS:
                self._loop.remove_signal_handler(number)
