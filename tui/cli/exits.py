"""From errors and signals to one sentence and an exit code."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine
from enum import IntEnum
from typing import Any, NoReturn

from ktui.adapters.errors import AdapterError, GuardRefused, Refused, UnknownOutcome, WrongCluster
from ktui.tui.present.sanitise import safe

log = logging.getLogger(__name__)


class Exit(IntEnum):
    """The codes that scripts rely on; a signal ends with 128 and its number."""

    DONE = 0
    UNHEALTHY = 1
    REFUSED = 1
    NO_CONNECTION = 2
    GUARDED = 3
    UNKNOWN = 4


class Interrupted(Exception):
    """A signal asked the command to end."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.code = 128 + number


def exit_code_of(error: BaseException) -> int:
    """The code for an error that ends a command."""
    match error:
        case Interrupted():
            return error.code
        case UnknownOutcome():
            return Exit.UNKNOWN
        case GuardRefused():
            return Exit.GUARDED
        case WrongCluster():
            return Exit.GUARDED
        case Refused():
            return Exit.REFUSED
        case _:
            return Exit.NO_CONNECTION


def run_command(work: Callable[[], Coroutine[Any, Any, int | None]]) -> NoReturn:
    """Run a command's coroutine and end the process: nothing that hangs in a thread can hold it."""
    try:
        code = asyncio.run(_until_signal(work)) or Exit.DONE
    except BrokenPipeError:
        code = Exit.DONE
    except (AdapterError, Interrupted) as error:
        if isinstance(error, AdapterError):
            complain(str(error))
        code = exit_code_of(error)
    except Exception as error:
        log.exception("the command failed")
        complain(f"unexpected {type(error).__name__}: {error}; the log has the details")
        code = Exit.NO_CONNECTION
    leave(code)


def complain(sentence: str) -> None:
    """One sentence on standard error; what is quoted below it keeps its lines."""
    with contextlib.suppress(OSError):
        sys.stderr.write("ktui: " + "\n".join(map(safe, sentence.splitlines())) + "\n")


def leave(code: int) -> NoReturn:
    """Flush and end at once; a closed pipe ends quietly."""
    with contextlib.suppress(OSError, ValueError):
        sys.stdout.flush()
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.flush()
    os._exit(code)


async def _until_signal(work: Callable[[], Awaitable[int | None]]) -> int | None:
    loop = asyncio.get_running_loop()
    task = asyncio.ensure_future(work())
    received: list[int] = []

    def end(number: int) -> None:
        received.append(number)
        task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, end, number)
    try:
        return await task
    except asyncio.CancelledError:
        if received:
            raise Interrupted(received[0]) from None
        raise
