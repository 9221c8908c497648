"""The lock of a production cluster: changes wait until somebody has unlocked them, for a while."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from ktui.adapters.target import Target


class Lock:
    """Turned by the thread of the terminal, read by that of the feed; each step is one assignment."""

    def __init__(self, *, is_locked: bool, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._open_until = -math.inf if is_locked else math.inf

    @staticmethod
    def of(target: Target) -> Lock:
        return Lock(is_locked=target.is_locked)

    @property
    def is_locked(self) -> bool:
        return self._monotonic() >= self._open_until

    @property
    def left_s(self) -> float | None:
        """Seconds until it locks itself again; None: it is locked, or stays open."""
        left = self._open_until - self._monotonic()
        return left if 0 < left < math.inf else None

    def unlock(self, for_s: float) -> None:
        """Open it for so long; an earlier end is forgotten."""
        self._open_until = self._monotonic() + for_s

    def lock(self) -> None:
        self._open_until = -math.inf
