"""Long decodes in short steps: the loop serves others in between, and so does the thread that paints."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from time import perf_counter
from typing import Final, TypeVar

T = TypeVar("T")

Steps = Generator[None, None, T]
"""`next()` does some milliseconds of work; the value comes with StopIteration."""

STEP_S: Final = 0.003


class Pace:
    """Says when a step has lasted long enough."""

    __slots__ = ("_until",)

    def __init__(self) -> None:
        self._until = perf_counter() + STEP_S

    def is_over(self) -> bool:
        return perf_counter() >= self._until

    def restart(self) -> None:
        self._until = perf_counter() + STEP_S


async def in_steps(steps: Steps[T]) -> T:
    """Run to the end on this loop, letting others run between the steps."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            value: T = stop.value
            return value
        await asyncio.sleep(0)


def at_once(steps: Steps[T]) -> T:
    """Run to the end without letting anybody else run."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            value: T = stop.value
            return value
