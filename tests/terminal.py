"""Drives a program as a person at a terminal does: keys in, a screen out, and signals."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.emulator import KEYS, Emulator

ROOT: Final = Path(__file__).resolve().parents[1]
CHUNK: Final = 65_536
ESCAPE_DELAY_S: Final = 0.15
"""Longer than the time in which a program takes an escape and what follows for one key."""
POLL_S: Final = 0.005

Seen = str | Callable[[list[str]], object]


class NeverShown(AssertionError):
    """What was waited for did not come; quotes the screen."""


class Terminal:
    """A program in a pseudo-terminal of its own session; the emulator answers what a modern terminal answers."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        columns: int = 120,
        rows: int = 40,
        env: Mapping[str, str | None] | None = None,
        keeps_bytes: bool = False,
        stdin: str | None = None,
    ) -> None:
        """`env` is laid over the test's own; None takes a name away. `stdin`: a file instead of the terminal."""
        self._emulator = Emulator(columns, rows)
        self._changed = threading.Condition()
        self._arrived_at = time.monotonic()
        self._exit_code: int | None = None
        self._keeps_bytes = keeps_bytes
        self.bytes_received = 0
        self.raw = bytearray()
        """Everything received, with `keeps_bytes`."""
        self._master, slave = os.openpty()
        self._set_size(columns, rows)
        self.started_at = time.monotonic()
        try:
            self.pid = _spawn(command, os.ttyname(slave), _environment(env), stdin)
        finally:
            os.close(slave)
        self._is_open = True
        self._reader = threading.Thread(target=self._read, name="terminal", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    # -- keys --------------------------------------------------------------------------------------------------------

    def press(self, *keys: str) -> float:
        """Press keys by name (enter, ctrl+d, f5, down) or type texts as they are; returns when the last was sent."""
        sent_at = time.monotonic()
        for position, key in enumerate(keys):
            self.send(KEYS.get(key, key).encode())
            sent_at = time.monotonic()
            if key == "escape" and position + 1 < len(keys):
                time.sleep(ESCAPE_DELAY_S)
        return sent_at

    def type(self, text: str) -> None:
        """Type a text that may be a key's name."""
        self.send(text.encode())

    def send(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            os.write(self._master, data)

    # -- the screen --------------------------------------------------------------------------------------------------

    @property
    def emulator(self) -> Emulator:
        return self._emulator

    @property
    def last_byte_at(self) -> float:
        """`time.monotonic()` of the newest bytes from the program."""
        return self._arrived_at

    def screen_text(self) -> list[str]:
        """One text per row, without the blanks at its end."""
        with self._changed:
            return [line.rstrip() for line in self._emulator.lines]

    def screen(self) -> str:
        return "\n".join(self.screen_text())

    def shows(self, wanted: Seen) -> bool:
        if isinstance(wanted, str):
            with self._changed:
                return any(wanted in line for line in self._emulator.lines)
        return bool(wanted(self.screen_text()))

    def wait_for(self, wanted: Seen, within_s: float = 10.0, *, since: float | None = None) -> float:
        """Seconds from `since` (default: now) to the bytes that made it true; NeverShown quotes the screen."""
        start = time.monotonic() if since is None else since
        until = time.monotonic() + within_s
        with self._changed:
            while not self.shows(wanted):
                left = until - time.monotonic()
                if left <= 0 or not self._reader.is_alive():
                    raise NeverShown(self._never(wanted, within_s))
                self._changed.wait(min(left, 0.25))
            return max(0.0, self._arrived_at - start)

    def wait_gone(self, unwanted: Seen, within_s: float = 10.0) -> float:
        """Wait until it is not shown any more."""

        def is_gone(lines: list[str]) -> bool:
            if isinstance(unwanted, str):
                return not any(unwanted in line for line in lines)
            return not unwanted(lines)

        return self.wait_for(is_gone, within_s)

    def wait_quiet(self, for_s: float, within_s: float = 30.0) -> None:
        """Wait until nothing came for some time."""
        until = time.monotonic() + within_s
        while (idle := time.monotonic() - self._arrived_at) < for_s:
            if time.monotonic() > until:
                raise NeverShown(f"still writing after {within_s} s:\n{self.screen()}")
            time.sleep(min(0.05, for_s - idle))

    def wait_bytes(self, since: float, within_s: float = 10.0) -> float:
        """Seconds from `since` to the first bytes after it, whatever they show."""
        until = time.monotonic() + within_s
        with self._changed:
            while self._arrived_at <= since:
                left = until - time.monotonic()
                if left <= 0:
                    raise NeverShown(f"nothing came within {within_s} s:\n{self.screen()}")
                self._changed.wait(left)
            return self._arrived_at - since

    def resize(self, columns: int, rows: int) -> None:
        with self._changed:
            self._emulator.resize(columns, rows)
        self._set_size(columns, rows)

    # -- the process -------------------------------------------------------------------------------------------------

    def signal(self, number: int) -> None:
        """Signal the program itself."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def hang_up(self) -> None:
        """The terminal goes away, as when a connection is lost."""
        if self._is_open:
            self._is_open = False
            self._reader.join(1.0)
            os.close(self._master)

    def poll(self) -> int | None:
        """The exit code (128 + signal where a signal ended it); None while it runs."""
        with self._changed:
            if self._exit_code is None:
                with contextlib.suppress(ChildProcessError):
                    pid, status = os.waitpid(self.pid, os.WNOHANG)
                    if pid:
                        code = os.waitstatus_to_exitcode(status)
                        self._exit_code = code if code >= 0 else 128 - code
            return self._exit_code

    def wait_exit(self, within_s: float = 10.0) -> int:
        """The exit code; NeverShown when it is still there after that time."""
        until = time.monotonic() + within_s
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise NeverShown(f"still running after {within_s} s:\n{self.screen()}")
            time.sleep(POLL_S)
        self._reader.join(1.0)
        return code

    def close(self) -> None:
        """End what is left of it."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            with contextlib.suppress(NeverShown):
                self.wait_exit(5.0)
        self.hang_up()

    def _never(self, wanted: Seen, within_s: float) -> str:
        what = repr(wanted) if isinstance(wanted, str) else getattr(wanted, "__name__", "what was waited for")
        code = self.poll()
        ended = "" if code is None else f" (the program ended with {code})"
        frame = "\n".join(f"|{line}" for line in self.screen_text())
        return f"{what} was not shown within {within_s} s{ended}; the screen:\n{frame}"

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _read(self) -> None:
        while self._is_open:
            readable, _, _ = select.select([self._master], [], [], 0.1)
            if not readable:
                continue
            try:
                data = os.read(self._master, CHUNK)
            except OSError:
                return
            if not data:
                return
            arrived_at = time.monotonic()
            with self._changed:
                self._arrived_at = arrived_at
                self.bytes_received += len(data)
                if self._keeps_bytes:
                    self.raw += data
                answer = self._emulator.feed(data)
                self._changed.notify_all()
            if answer:
                self.send(answer)


def ktui(*arguments: str) -> list[str]:
    """The command line that starts the program of this checkout."""
    return [sys.executable, "-m", "ktui", *arguments]


def _environment(over: Mapping[str, str | None] | None) -> dict[str, str]:
    left_out = ("COLUMNS", "LINES", "COLORTERM", "NO_COLOR", "SSH_CONNECTION", "SSH_TTY", "TMUX")
    chosen = {name: value for name, value in os.environ.items() if name not in left_out}
    chosen["TERM"] = "xterm-256color"
    paths = [str(ROOT / ".src"), *filter(None, [os.environ.get("PYTHONPATH")])]
    chosen["PYTHONPATH"] = os.pathsep.join(paths)
    for name, value in (over or {}).items():
        if value is None:
            chosen.pop(name, None)
        else:
            chosen[name] = value
    return chosen


def _spawn(command: Sequence[str], tty: str, environment: Mapping[str, str], stdin: str | None) -> int:
    """In a session of its own; the first terminal that it opens becomes the controlling one."""
    opened = [(os.POSIX_SPAWN_OPEN, 1, tty, os.O_RDWR, 0), (os.POSIX_SPAWN_DUP2, 1, 2)]
    if stdin is None:
        opened.append((os.POSIX_SPAWN_DUP2, 1, 0))
    else:
        opened.append((os.POSIX_SPAWN_OPEN, 0, stdin, os.O_RDONLY, 0))
    return os.posix_spawn(
        command[0],
        list(command),
        dict(environment),
        file_actions=opened,
        setsid=True,
        setsigmask=(),
        setsigdef=(signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE),
    )
