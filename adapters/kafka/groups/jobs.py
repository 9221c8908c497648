"""Questions under way: of each kind one to each broker at a time, so that one that hangs delays only its own."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Final, NamedTuple

from ktui.adapters.errors import AdapterError

log = logging.getLogger(__name__)

NEVER: Final = float("inf")


class Kind(StrEnum):
    """What is asked; the words stand in faults."""

    LIST = "list of groups"
    GROUPS = "groups"
    ENDS = "end offsets"
    READERS = "readers of the topic"


class Job(NamedTuple):
    """One kind of question to one broker."""

    kind: Kind
    broker: int


class Jobs:
    """`failed` and `done` are called when one ends."""

    def __init__(self, failed: Callable[[Job, str], None], done: Callable[[Job], None]) -> None:
        self._failed = failed
        self._done = done
        self._tasks: dict[Job, asyncio.Task[None]] = {}
        self._started_at: dict[Job, float] = {}

    def is_running(self, job: Job) -> bool:
        return job in self._tasks

    def age_s(self, job: Job) -> float:
        """Seconds since it was started last."""
        started_at = self._started_at.get(job)
        return NEVER if started_at is None else time.monotonic() - started_at

    def forget(self, *kinds: Kind) -> None:
        """As if none of these kinds had been started yet."""
        self._started_at = {job: at for job, at in self._started_at.items() if job.kind not in kinds}

    def start(self, job: Job, ask: Callable[[], Awaitable[None]]) -> None:
        """It must not be running."""
        self._started_at[job] = time.monotonic()
        task = self._tasks[job] = asyncio.create_task(self._run(job, ask), name=f"{job.kind}, {job.broker}")
        task.add_done_callback(lambda task: self._ended(job, task))

    def stop(self) -> None:
        for task in self._tasks.values():
            task.cancel()

    async def _run(self, job: Job, ask: Callable[[], Awaitable[None]]) -> None:
        try:
            await ask()
        except AdapterError as error:
            self._failed(job, str(error))
        else:
            self._done(job)

    def _ended(self, job: Job, task: asyncio.Task[None]) -> None:
        self._tasks.pop(job, None)
        if task.cancelled():
            return
        if (error := task.exception()) is not None:
            log.error("%s of broker %d", job.kind, job.broker, exc_info=error)
            self._failed(job, f"unexpected {type(error).__name__}; see the log")
