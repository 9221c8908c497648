from __future__ import annotations

import asyncio

from ktui.adapters.errors import ConnectFailed, NoAnswer, Step
from ktui.adapters.kafka.poll.round import Desk, Question
from tests.adapters.kafka.poll.desks import desk


class Scripted(Question):
    what = "the weather"

    def __init__(self, room: Desk, *outcomes: Exception | None) -> None:
        super().__init__(room)
        self.outcomes = list(outcomes)
        self.is_over = asyncio.Event()
        self.rounds = 0

    def period_s(self) -> float:
        return 0.0

    async def ask(self) -> None:
        if not self.outcomes:
            self.is_over.set()
            await asyncio.Event().wait()
        self.rounds += 1
        outcome = self.outcomes.pop(0)
        if outcome is not None:
            raise outcome


async def run(question: Scripted) -> None:
    task = asyncio.create_task(question.keep_asking())
    async with asyncio.timeout(10):
        await question.is_over.wait()
    task.cancel()


async def test_a_fault_is_told_once_and_ends_with_the_first_success() -> None:
    room, told = desk()
    refused = ConnectFailed("h:1", Step.CONNECT, "refused")
    await run(Scripted(room, refused, refused, None, None))
    assert told.reasons("the weather") == ["h:1: connect: refused", None]


async def test_one_missing_answer_is_no_fault_because_somebody_else_is_asked_at_once() -> None:
    room, told = desk()
    await run(Scripted(room, NoAnswer("broker 1 is silent"), None))
    assert told.reasons("the weather") == []
    await run(Scripted(room, NoAnswer("silent"), NoAnswer("silent"), None))
    assert told.reasons("the weather") == ["silent", None]


async def test_faults_of_places_that_are_gone_end() -> None:
    room, told = desk()
    room.failed("log dirs", "broker 1", "no answer")
    room.failed("log dirs", "broker 2", "no answer")
    room.forget("log dirs", ["broker 2"])
    assert told.reasons("log dirs") == ["no answer", "no answer", None]


async def test_hurry_ends_the_rest_at_once() -> None:
    room, _ = desk()
    question = Scripted(room)
    question.hurry()
    async with asyncio.timeout(5):
        await question._rest(3600)
