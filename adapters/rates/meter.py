"""What the program itself asks of a cluster."""

from __future__ import annotations

from collections import deque
from typing import Final, NamedTuple

WINDOW_S: Final = 5.0


class OwnTraffic(NamedTuple):
    """Means over the last five seconds."""

    requests_per_s: float
    bytes_per_s: float
    """Both directions together."""


class Meter:
    """Makes rates of counters that only grow."""

    def __init__(self) -> None:
        self._kept: deque[tuple[float, int, int]] = deque()

    def take(self, requests: int, bytes_: int, clock: float) -> OwnTraffic | None:
        """The counters now; None with the first ones."""
        self._kept.append((clock, requests, bytes_))
        while len(self._kept) > 2 and self._kept[1][0] <= clock - WINDOW_S:
            self._kept.popleft()
        then, asked, moved = self._kept[0]
        seconds = clock - then
        return OwnTraffic((requests - asked) / seconds, (bytes_ - moved) / seconds) if seconds > 0 else None
