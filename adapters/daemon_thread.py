"""Blocking calls that may hang for minutes, in threads that do not hold up the end of the process."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def start(work: Callable[[], T], name: str) -> asyncio.Future[T | Exception]:
    """Run `work` in a daemon thread of its own; the future gets its result or, as a value, its exception.

    The default executor is not used: its threads are joined at exit, and a name server that is silent would fill it.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T | Exception] = loop.create_future()

    def deliver(outcome: T | Exception) -> None:
        if not future.done():
            future.set_result(outcome)

    def run() -> None:
        outcome: T | Exception
        try:
            outcome = work()
        except Exception as error:  # noqa: BLE001 - it is carried to the loop, where the caller looks at it
            outcome = error
        with contextlib.suppress(RuntimeError):  # the loop may be closed by now
            loop.call_soon_threadsafe(deliver, outcome)

    threading.Thread(target=run, name=name, daemon=True).start()
    return future
