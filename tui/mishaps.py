"""Errors that nobody expected: into the log, and a sentence on the screen; the console goes on."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from typing import Any

from ktui.tui import terminal

log = logging.getLogger("ktui")

Tell = Callable[[str], None]


def note(error: BaseException, where: str) -> str:
    """Log it; gives the sentence for the screen."""
    log.error("unexpected error in %s", where, exc_info=error)
    return f"Something failed unexpectedly ({type(error).__name__}, {where}); the log has it. The console goes on."


def watch(loop: asyncio.AbstractEventLoop, tell: Tell) -> None:
    """Errors of bare tasks and of threads would be lost otherwise."""

    def of_loop(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            tell(note(error, "a background task"))
        else:
            log.error("loop: %s", context.get("message"))

    def of_thread(arguments: threading.ExceptHookArgs) -> None:
        # The thread that writes to the terminal dies with it, which the round notices.
        is_lost_terminal = isinstance(arguments.exc_value, OSError) and terminal.is_lost()
        if arguments.exc_value is not None and not is_lost_terminal:
            note(arguments.exc_value, f"thread {arguments.thread.name if arguments.thread else '?'}")

    loop.set_exception_handler(of_loop)
    threading.excepthook = of_thread
