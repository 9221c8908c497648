"""Questions under way, answered in the order in which they were asked."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from ktui.adapters.zookeeper.port import ZkSession
from ktui.adapters.zookeeper.topic_records import Question

MOST: Final = 3
"""Under way at once: the server works while an answer is decoded, and brokers' requests never wait long."""


class Pipe:
    """Of one session and one task. What was asked last is taken last, so that nothing old replaces something new."""

    def __init__(self, session: ZkSession) -> None:
        self._session = session
        self._under_way: deque[tuple[Question, asyncio.Task[bytes]]] = deque()

    def __len__(self) -> int:
        return len(self._under_way)

    @property
    def is_full(self) -> bool:
        return len(self._under_way) >= MOST

    def ask(self, question: Question) -> None:
        """Send it after the others; the caller sees to it that the pipe is not full."""
        task = asyncio.create_task(self._session.read_many(question.paths()))
        self._under_way.append((question, task))

    async def answer(self) -> tuple[Question, bytes]:
        """Of the question that is under way longest. NoAnswer when the connection breaks."""
        question, task = self._under_way.popleft()
        try:
            return question, await task
        finally:
            task.cancel()

    async def close(self) -> None:
        """Give up what is under way."""
        tasks = [task for _, task in self._under_way]
        self._under_way.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
