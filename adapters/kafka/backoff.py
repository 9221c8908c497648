"""When an address may be tried again after it could not be reached."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from ktui.adapters.errors import ConnectFailed, Step

FIRST_S: Final = 0.1
LONGEST_S: Final = 5.0
LONGEST_REFUSED_S: Final = 1.0
"""A refused connection costs nobody anything, and a broker that comes back should be seen soon."""
_JITTER: Final = 0.2


class BackOff:
    """Doubles with each failure in a row, give or take a fifth."""

    def __init__(self, clock: Callable[[], float], jitter: Callable[[], float] = random.random) -> None:
        self._clock = clock
        self._jitter = jitter
        self._failures = 0
        self._until = 0.0
        self.error: ConnectFailed | None = None
        """The last failure; None after a success."""

    def holds(self) -> ConnectFailed | None:
        """The last failure while it is too early to try again."""
        return self.error if self._clock() < self._until else None

    def failed(self, error: ConnectFailed) -> None:
        self.error = error
        delay = min(FIRST_S * 2**self._failures, _longest(error))
        self._failures = min(self._failures + 1, 16)
        self._until = self._clock() + delay * (1 + _JITTER * (2 * self._jitter() - 1))

    def reset(self) -> None:
        self._failures = 0
        self._until = 0.0
        self.error = None


def _longest(error: ConnectFailed) -> float:
    is_refused = error.step is Step.CONNECT and "refused" in error.reason
    return LONGEST_REFUSED_S if is_refused else LONGEST_S
