"""Several ways to the same end, started one after the other: the first that succeeds wins."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


async def first_success(
    attempts: Sequence[Callable[[], Awaitable[T]]],
    expected: type[Exception] | tuple[type[Exception], ...],
    *,
    stagger_s: float,
    discard: Callable[[T], None],
) -> T:
    """Start each attempt `stagger_s` after the one before, or as soon as one failed; cancel the losers.

    A second success in the same moment goes to `discard`. Raises ExceptionGroup of the `expected` errors, in the
    order of the attempts, when all failed.
    """
    tasks: list[asyncio.Task[T]] = []
    try:
        winner = await _first_to_succeed(tasks, list(reversed(attempts)), expected, stagger_s)
    except BaseException:
        await _put_away(tasks, discard)
        raise
    tasks.remove(winner)
    try:
        await _put_away(tasks, discard)
    except BaseException:
        discard(winner.result())
        raise
    return winner.result()


async def _first_to_succeed(
    tasks: list[asyncio.Task[T]],
    waiting: list[Callable[[], Awaitable[T]]],
    expected: type[Exception] | tuple[type[Exception], ...],
    stagger_s: float,
) -> asyncio.Task[T]:
    while True:
        if waiting:
            tasks.append(asyncio.ensure_future(_call(waiting.pop())))
        if pending := [task for task in tasks if not task.done()]:
            patience_s = stagger_s if waiting else None
            await asyncio.wait(pending, timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task.done() and not isinstance(task.exception(), expected):
                task.result()
                return task
        if not waiting and all(task.done() for task in tasks):
            failures = [error for task in tasks if isinstance(error := task.exception(), Exception)]
            raise ExceptionGroup("all attempts failed", failures)


async def _call(attempt: Callable[[], Awaitable[T]]) -> T:
    return await attempt()


async def _put_away(tasks: Sequence[asyncio.Task[T]], discard: Callable[[T], None]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks)
    for task in tasks:
        if not task.cancelled() and task.exception() is None:
            discard(task.result())
