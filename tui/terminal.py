"""Manners towards the terminal: when to refuse, how much to send, and how to leave. Imports nothing of Textual."""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import sys
import termios
import threading
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, NoReturn, Protocol

HANGUP_CODE: Final = 129
INTERRUPTED_CODE: Final = 130
TERMINATED_CODE: Final = 143
FRAMES_OVER_SSH: Final = "15"
ANSI_THEME: Final = "ansi-dark"
_FEW_COLOURS: Final = (
    "xterm",
    "linux",
    "vt100",
    "vt102",
    "vt220",
    "screen",
    "ansi",
    "rxvt",
    "cygwin",
    "cons25",
)
SWITCH_S: Final = 0.001
COLLECT_AT: Final = (5_000, 10, 1_000)
_LEAVE_S: Final = 1.0
LATEST_S: Final = 3.0
"""After so long a process that ought to end is ended."""
_RESTORE: Final = b"\x1b[?1000l\x1b[?1003l\x1b[?1015l\x1b[?1006l\x1b[?2004l\x1b[?1004l\x1b[?1049l\x1b[?25h"
"""Mouse, paste and focus reports off, the first screen, the cursor shown."""
_saved_mode: list[Any] | None = None


class Stoppable(Protocol):
    def stop(self, limit_s: float = ...) -> None: ...


def refusal(environ: Mapping[str, str] | None = None) -> str | None:
    """Why the console cannot be shown here, as a sentence; None when it can."""
    env = os.environ if environ is None else environ
    if env.get("TERM", "") == "dumb":
        return "The console needs a terminal that can move its cursor; TERM is dumb. `ktui status` works everywhere."
    # The screen is drawn on standard error, the keys are read from standard input.
    if not _is_terminal(0) or not _is_terminal(2):
        return (
            "The console needs a terminal; standard input or error is none. `ktui status` works everywhere."
        )
    return None


def prepare(environ: MutableMapping[str, str] | None = None) -> None:
    """Settings that Textual reads when it is imported: call this before. Notes how the terminal is now."""
    global _saved_mode
    with contextlib.suppress(OSError, termios.error):
        _saved_mode = termios.tcgetattr(0)
    env = os.environ if environ is None else environ
    if env.get("SSH_CONNECTION") or env.get("SSH_TTY"):
        env.setdefault("TEXTUAL_FPS", FRAMES_OVER_SSH)
    env.setdefault("TEXTUAL_ANIMATIONS", "none")


def favour_the_screen() -> None:
    """The feed's thread hands over more often, and its many short-lived objects are collected in short steps.

    Measured at 200,000 partitions: the screen's loop was held up to 90 ms by a collection, 5 ms by each hand-over.
    """
    sys.setswitchinterval(SWITCH_S)
    gc.set_threshold(*COLLECT_AT)


def theme_for(environ: Mapping[str, str] | None = None) -> str | None:
    """The theme of the terminal's own colours where there are none or only sixteen; None: the usual one."""
    env = os.environ if environ is None else environ
    if "NO_COLOR" in env:
        return ANSI_THEME
    if env.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return None
    return ANSI_THEME if env.get("TERM", "").lower() in _FEW_COLOURS else None


def is_lost() -> bool:
    """Whether the terminal is gone: then reading from it would spin, and a normal exit may block on writing."""
    return not _is_terminal(0)


def abandon() -> NoReturn:
    """End at once, without a word to a terminal that is not there any more."""
    os._exit(HANGUP_CODE)


def end_at_latest(code: int, within_s: float = LATEST_S) -> None:
    """See to it that the process ends, also when writing to the terminal blocks for ever."""
    watch = threading.Timer(within_s, _end_hard, args=(code,))
    watch.daemon = True
    watch.start()


def _end_hard(code: int) -> NoReturn:
    if _saved_mode is not None and not is_lost():
        with contextlib.suppress(OSError, termios.error):
            termios.tcsetattr(0, termios.TCSANOW, _saved_mode)
            os.set_blocking(2, False)
            os.write(2, _RESTORE)
    os._exit(code)


def leave(code: int, feed: Stoppable | None = None) -> NoReturn:
    """End the process within about a second, whatever still hangs in other threads.

    The screen has been restored by then; a stuck name lookup or a stopped broker must not hold the process.
    """
    if feed is not None:
        stopping = threading.Thread(target=feed.stop, args=(_LEAVE_S,), name="ktui-stop", daemon=True)
        stopping.start()
        stopping.join(_LEAVE_S + 0.1)
    for handler in logging.root.handlers:
        handler.flush()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue
    os._exit(code)


def _is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False
