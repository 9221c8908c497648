"""How the lag of a partition went of late: its trend, and its status after Burrow's rules. Pure.

Burrow (`core/internal/evaluator/caching.go`) judges by commits and their times. OffsetFetch tells no times, so that
a consumer which commits the same offset again looks like one that commits nothing: who of the two it is, is told by
whether a member holds the partition.
"""

from __future__ import annotations

from collections import deque
from itertools import pairwise
from typing import Final, NamedTuple

from ktui.adapters.groups.model import LagStatus

WINDOW_S: Final = 60.0
"""What is judged by."""
LEAST_S: Final = 20.0
"""A shorter time says nothing."""
LEAST_SAMPLES: Final = 4
GAP_S: Final = 45.0
"""After so long without a sample the series starts again."""


class Sample(NamedTuple):
    """`at`: `time.monotonic()`."""

    at: float
    committed: int
    end: int

    @property
    def lag(self) -> int:
        return max(0, self.end - self.committed)


class Series:
    """The samples of one partition of one group within the window."""

    __slots__ = ("_samples",)

    def __init__(self) -> None:
        self._samples: deque[Sample] = deque()

    def add(self, sample: Sample) -> None:
        samples = self._samples
        if samples and (sample.at - samples[-1].at > GAP_S or sample.end < samples[-1].end):
            # Out of sight for a while, or another topic of that name.
            samples.clear()
        samples.append(sample)
        while sample.at - samples[0].at > WINDOW_S:
            samples.popleft()

    @property
    def trend(self) -> float | None:
        """Records a second by which the lag grew; None: not watched long enough."""
        if len(self._samples) < 2:
            return None
        first, last = self._samples[0], self._samples[-1]
        passed = last.at - first.at
        return (last.lag - first.lag) / passed if passed > 0 else None

    def status(self, *, is_held: bool) -> LagStatus | None:
        """`is_held`: whether a member has the partition. None: not watched long enough."""
        return judge(list(self._samples), is_held=is_held)


def judge(samples: list[Sample], *, is_held: bool) -> LagStatus | None:
    """Samples of the window, oldest first."""
    if not samples:
        return None
    if not samples[-1].lag:
        return LagStatus.OK
    if len(samples) < LEAST_SAMPLES or samples[-1].at - samples[0].at < LEAST_S:
        return None
    stands_still = all(sample.committed == samples[0].committed for sample in samples)
    if stands_still and not is_held:
        return LagStatus.STOPPED
    if any(not sample.lag for sample in samples):
        return LagStatus.OK
    if any(after.committed < before.committed for before, after in pairwise(samples)):
        return LagStatus.REWIND
    if stands_still:
        return LagStatus.STALLED
    if all(after.lag >= before.lag for before, after in pairwise(samples)):
        return LagStatus.WARNING
    return LagStatus.OK
