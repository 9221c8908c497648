"""The number beside a sparkline: steady while the rate is, and at once another when the rate is another."""

from __future__ import annotations

from typing import Final

WINDOW_S: Final = 5.0
STEP: Final = 0.5
"""The part of the mean by which a sample must differ to begin a new mean."""
LEAST_RECORDS: Final = 2.0
"""A difference of no more records than this is the grain of counting and no step, unless one has just been."""
_SLACK_S: Final = 0.5


class Shown:
    """A mean of the samples of the last five seconds that restarts on a step of more than half."""

    __slots__ = ("_samples", "_seconds", "value")

    def __init__(self) -> None:
        self._samples: list[tuple[float, float]] = []
        self._seconds = 0.0
        self.value: float | None = None

    def add(self, rate: float, seconds: float) -> float:
        """Take the mean rate over the last so many seconds; returns the new number."""
        mean = self.value
        if mean is not None:
            difference = abs(rate - mean)
            is_grain = difference * seconds <= LEAST_RECORDS and len(self._samples) > 1
            if difference > mean * STEP and not is_grain:
                self._samples.clear()
                self._seconds = 0.0
        self._samples.append((rate, seconds))
        self._seconds += seconds
        while self._seconds > WINDOW_S + _SLACK_S and len(self._samples) > 1:
            self._seconds -= self._samples.pop(0)[1]
        self.value = sum(rate * seconds for rate, seconds in self._samples) / self._seconds
        return self.value

    def forget(self) -> None:
        """Nothing is known now."""
        self._samples.clear()
        self._seconds = 0.0
        self.value = None
