"""Processes by pid and start time, so that a recycled pid is never signalled. Standard library only."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Final

from ktui.adapters.sandbox.state import Process

TERMINATE: Final = signal.SIGTERM

MARKER: Final = "-Dktui.sandbox.dir="
"""On the command line of every server: whose it is, even when no file remembers its pid."""
AFTER_MARKER: Final = "-cp"
"""The word that follows the marker: where `ps` shows words without their borders, the folder ends before it."""

_PROC: Final = Path("/proc")
_POLL_S: Final = 0.02


class Life(Enum):
    """What a process is doing."""

    RUNNING = auto()
    SUSPENDED = auto()
    GONE = auto()


@dataclass(frozen=True, slots=True)
class _Seen:
    started: str
    life: Life


def spawn(command: list[str], log: Path, environment: Mapping[str, str]) -> Process:
    """Start a process in a session of its own, with nothing to read and its words appended to `log`."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    pid = os.posix_spawn(
        command[0],
        command,
        environment,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
        setsigmask=(),
        setsigdef=(signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE),
    )
    return identify(pid) or Process(pid=pid, started="ended at once")


def identify(pid: int) -> Process | None:
    """The process that has this pid now; None: there is none."""
    seen = _see(pid)
    return None if seen is None else Process(pid=pid, started=seen.started)


def life_of(process: Process | None) -> Life:
    """What the process does; a child of ours that ended is reaped."""
    if process is None:
        return Life.GONE
    with contextlib.suppress(ChildProcessError):
        os.waitpid(process.pid, os.WNOHANG)
    seen = _see(process.pid)
    if seen is None or seen.started != process.started:
        return Life.GONE
    return seen.life


def send(process: Process, number: signal.Signals) -> None:
    """Signal the process if it is still the same one."""
    if life_of(process) is not Life.GONE:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, number)


def wait_until_gone(process: Process, timeout_s: float) -> bool:
    """Whether it ended within the time."""
    return wait(lambda: life_of(process) is Life.GONE, timeout_s)


def wait_until_suspended(process: Process, timeout_s: float) -> bool:
    """Whether it stands still, or is gone, within the time."""
    return wait(lambda: life_of(process) is not Life.RUNNING, timeout_s)


def kill(process: Process) -> None:
    """End it at once and wait until it is gone."""
    send(process, signal.SIGKILL)
    wait_until_gone(process, 10.0)


def servers_by_folder() -> dict[Path, list[Process]]:
    """Every running server of any sandbox of this user, by the data folder it belongs to."""
    found: dict[Path, list[Process]] = {}
    for pid, folder in _marked():
        process = identify(pid)
        if process and life_of(process) is not Life.GONE:
            found.setdefault(Path(folder), []).append(process)
    return found


def wait(condition: Callable[[], bool], timeout_s: float) -> bool:
    until = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(_POLL_S)
    return True


def _see(pid: int) -> _Seen | None:
    return _see_in_proc(pid) if (_PROC / "self").exists() else _see_with_ps(pid)


def _see_in_proc(pid: int) -> _Seen | None:
    try:
        after_name = (_PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return _Seen(after_name[19].decode(), _life_from(after_name[0].decode()))


def _see_with_ps(pid: int) -> _Seen | None:
    answer = _ps("-o", "state=", "-o", "lstart=", "-p", str(pid)).split(maxsplit=1)
    return _Seen(answer[1].strip(), _life_from(answer[0])) if len(answer) == 2 else None


def _life_from(letter: str) -> Life:
    match letter[:1]:
        case "Z" | "X" | "x":
            return Life.GONE
        case "T" | "t":
            return Life.SUSPENDED
        case _:
            return Life.RUNNING


def _marked() -> Iterator[tuple[int, str]]:
    """Pid and data folder of every process that carries the marker."""
    if not (_PROC / "self").exists():
        for line in _ps("-ww", "-U", str(os.getuid()), "-o", "pid=", "-o", "command=").splitlines():
            if match := re.match(rf"\s*(\d+) .* {re.escape(MARKER)}(.+?) {AFTER_MARKER} ", line):
                yield int(match[1]), match[2]
        return
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                if entry.stat().st_uid == os.getuid():
                    words = os.fsdecode((entry / "cmdline").read_bytes()).split("\0")
                    yield from (
                        (int(entry.name), word.removeprefix(MARKER))
                        for word in words
                        if word.startswith(MARKER)
                    )


def _ps(*options: str) -> str:
    return subprocess.run(["ps", *options], capture_output=True, text=True, check=False).stdout
