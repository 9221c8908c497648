from __future__ import annotations

import asyncio

from ktui.adapters.errors import ConnectFailed, NoAnswer, Step
from ktui.adapters.kafka.lane import Traffic
from ktui.adapters.kafka.link import Lane
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


class Thirsty(Question):
    """Moves so many bytes with each round, as far as the desk's limit can tell."""

    what = "much"

    def __init__(self, room: Desk, moved: Traffic, *, is_vital: bool = False) -> None:
        super().__init__(room)
        self.moved = moved
        self.is_vital = is_vital
        self.rounds = 0
        self.asked_again = asyncio.Event()

    def period_s(self) -> float:
        return 0.0

    async def ask(self) -> None:
        self.rounds += 1
        self.moved.bytes_received += 1_000_000
        if self.rounds > 1:
            self.asked_again.set()
            await asyncio.Event().wait()


async def test_nothing_but_the_vital_is_asked_while_the_limit_of_traffic_is_spent() -> None:
    room, _ = desk(traffic_bytes_per_s=10_000)
    moved = Traffic()
    room.pool.traffic = lambda: {Lane.WHOLE: moved}  # type: ignore[method-assign]
    patient, vital = Thirsty(room, moved), Thirsty(room, moved, is_vital=True)
    tasks = [asyncio.create_task(question.keep_asking()) for question in (patient, vital)]
    async with asyncio.timeout(10):
        await patient.first_round.wait()
        await vital.asked_again.wait()
    assert patient.rounds == 1
    assert room.must_wait_s() > 100
    for task in tasks:
        task.cancel()


async def test_what_a_tail_reads_is_not_counted_against_the_limit() -> None:
    room, _ = desk(traffic_bytes_per_s=10_000)
    moved = Traffic(bytes_received=1_000_000)
    room.pool.traffic = lambda: {Lane.ADMIN: moved}  # type: ignore[method-assign]
    assert room.must_wait_s() == 0
