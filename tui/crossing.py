"""Snapshots on their way from the feed's thread to the screen: newest wins, fewer when the screen is slow."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Final

from ktui.adapters.model import ClusterSnapshot

SLOW_S: Final = 0.15
"""A loop that is late by this much is told less often."""
LEAST_GAP_S: Final = 0.125
MOST_GAP_S: Final = 2.0


class Crossing:
    """`put` is called on the feed's thread, `take` on the screen's; `wake` must be safe in any thread."""

    def __init__(self, wake: Callable[[], object]) -> None:
        self._wake = wake
        self._newest: ClusterSnapshot | None = None
        self._is_woken = False
        self._is_frozen = False

    def put(self, snapshot: ClusterSnapshot) -> None:
        _prepare(snapshot)
        if snapshot.is_loaded and not self._is_frozen:
            # What was loaded first stays for long: the collector of garbage need not look at it again.
            self._is_frozen = True
            gc.freeze()
        self._newest = snapshot
        if not self._is_woken:
            self._is_woken = True
            self._wake()

    def take(self) -> ClusterSnapshot | None:
        """The newest that was not taken yet."""
        self._is_woken = False
        snapshot, self._newest = self._newest, None
        return snapshot


def _prepare(snapshot: ClusterSnapshot) -> None:
    """Sums over all topics are made here, on the feed's thread, and not while the screen waits."""
    topics = snapshot.topics
    _ = topics.partition_count, topics.health, topics.shares, len(topics)


class Gap:
    """How long to wait between two snapshots: nothing, until the loop of the screen is late."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def judge(self, late_s: float) -> None:
        """Told once a second by how much the loop was late."""
        if late_s > SLOW_S:
            self.seconds = min(MOST_GAP_S, max(LEAST_GAP_S, self.seconds * 2))
        elif self.seconds:
            self.seconds = self.seconds / 2 if self.seconds > LEAST_GAP_S else 0.0
