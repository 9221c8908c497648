"""What asking again and again may move, where the user has set a limit."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Final

SAVED_S: Final = 5.0
"""What was not spent is kept for so long."""


class Allowance:
    """A mean of bytes a second, both directions: what was spent beyond it is waited for before more is asked."""

    def __init__(self, bytes_per_s: float, *, clock: Callable[[], float] = monotonic) -> None:
        self._bytes_per_s = bytes_per_s
        self._clock = clock
        self._at = clock()
        self._left = bytes_per_s * SAVED_S
        self._moved = 0

    def wait_s(self, moved: int) -> float:
        """How long nothing more may be asked, when so many bytes have been moved in all."""
        now = self._clock()
        earned = self._left + (now - self._at) * self._bytes_per_s
        self._left = min(earned, self._bytes_per_s * SAVED_S) - (moved - self._moved)
        self._at, self._moved = now, moved
        return max(0.0, -self._left / self._bytes_per_s)
