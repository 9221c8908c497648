"""Long computations in slices, so that whoever runs them may do something else in between."""

from __future__ import annotations

from collections.abc import Callable, Generator
from time import perf_counter
from typing import Final, TypeVar

T = TypeVar("T")

Steps = Generator[None, None, T]
"""Yields after each slice, of at most a few milliseconds, and returns the result."""

BUDGET_S: Final = 0.004


class Run:
    """Runs steps for a given time at once; `result` is set when it `is_done`."""

    def __init__(self, steps: Steps[object], *, clock: Callable[[], float] = perf_counter) -> None:
        self._steps = steps
        self._clock = clock
        self.is_done = False
        self.result: object = None

    def go_on(self, budget_s: float = BUDGET_S) -> bool:
        """Work until the time is over or all is done; tells whether all is done."""
        until = self._clock() + budget_s
        try:
            while not self.is_done:
                next(self._steps)
                if self._clock() >= until:
                    break
        except StopIteration as stop:
            self.is_done = True
            self.result = stop.value
        return self.is_done


def at_once(steps: Steps[T]) -> T:
    """The result, however long it takes."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            result: T = stop.value
            return result
