"""Bytes a second: the budget is kept by not sending the next fetch. And what was the pace of late."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Final

_BURST_S: Final = 0.25
"""So much of the budget may come at once after a pause."""
_LEAST_FETCH: Final = 1 << 14
_MOST_FETCH: Final = 1 << 20
_FREE_FETCH: Final = 1 << 22
_FREE_PARTITION: Final = 1 << 21
_SPAN_S: Final = 3.0
_MARK_S: Final = 0.2


class Budget:
    """Shared by all readers of one tail."""

    def __init__(self, bytes_per_s: int | None) -> None:
        self.bytes_per_s = bytes_per_s
        self._left = float(bytes_per_s or 0) * _BURST_S
        self._at = time.monotonic()
        self._changed = asyncio.Event()

    def set(self, bytes_per_s: int | None) -> None:
        """From now on; who waits looks again."""
        self._refill()
        self.bytes_per_s = bytes_per_s
        self._left = min(0.0, self._left)
        if bytes_per_s:
            self._left = max(self._left, -float(bytes_per_s))
        self._changed.set()

    @property
    def fetch_bytes(self) -> int:
        """What one fetch may bring."""
        if self.bytes_per_s is None:
            return _FREE_FETCH
        return min(_MOST_FETCH, max(_LEAST_FETCH, self.bytes_per_s // 8))

    @property
    def partition_bytes(self) -> int:
        """What one fetch may bring of a partition."""
        return min(self.fetch_bytes, _FREE_PARTITION)

    def spend(self, count: int) -> None:
        """An answer of so many bytes came."""
        if self.bytes_per_s is not None:
            self._left -= count

    async def ready(self) -> None:
        """Until the next fetch may be sent."""
        while self.bytes_per_s is not None:
            self._refill()
            if self._left >= 0:
                return
            self._changed.clear()
            try:
                async with asyncio.timeout(max(0.001, -self._left / self.bytes_per_s)):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _refill(self) -> None:
        now = time.monotonic()
        if self.bytes_per_s:
            gained = (now - self._at) * self.bytes_per_s
            self._left = min(self.bytes_per_s * _BURST_S, self._left + gained)
        self._at = now


class Meter:
    """How fast a number grew over the last three seconds."""

    def __init__(self) -> None:
        self._marks: deque[tuple[float, int]] = deque()

    def mark(self, total: int, now: float) -> None:
        """The number is this now."""
        if self._marks and now - self._marks[-1][0] < _MARK_S:
            return
        self._marks.append((now, total))
        while len(self._marks) > 2 and now - self._marks[1][0] > _SPAN_S:
            self._marks.popleft()

    def per_s(self, total: int, now: float) -> float:
        """0 until there is something to compare with."""
        if not self._marks or now - self._marks[0][0] < _MARK_S:
            return 0.0
        at, before = self._marks[0]
        return max(0.0, (total - before) / (now - at))
