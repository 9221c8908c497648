"""From a session's threads to the event loop: answers one by one, the paths of changes in bulk."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import Any, Final

AT_ONCE: Final = 2_000
"""Changes that are told without letting others run: a storm brings tens of thousands."""


class Answer:
    """What kazoo takes for an AsyncResult: brings an answer to the loop."""

    __slots__ = ("_deliver", "_loop")

    def __init__(
        self, loop: asyncio.AbstractEventLoop, deliver: Callable[[Any, Exception | None], None]
    ) -> None:
        self._loop = loop
        self._deliver = deliver

    def set(self, value: Any = None) -> None:
        self._hand_over(value, None)

    def set_exception(self, error: Exception) -> None:
        self._hand_over(None, error)

    def _hand_over(self, value: Any, error: Exception | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._deliver, value, error)


class Changes:
    """Paths in the order in which they changed; the loop is woken once for all that came meanwhile."""

    def __init__(self, loop: asyncio.AbstractEventLoop, tell: Callable[[str], None]) -> None:
        self._loop = loop
        self._tell = tell
        self._paths: deque[str] = deque()
        self._is_due = False

    def put(self, path: str) -> None:
        """Called by a session's thread."""
        self._paths.append(path)
        if not self._is_due:
            self._is_due = True
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._deliver)

    def _deliver(self) -> None:
        self._is_due = False  # before the look: what is put after it wakes the loop again
        for _ in range(AT_ONCE):
            if not self._paths:
                return
            self._tell(self._paths.popleft())
        self._is_due = True
        self._loop.call_soon(self._deliver)
