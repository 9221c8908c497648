from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from ktui.adapters.addresses import Address
from ktui.adapters.errors import AdapterError, ConnectFailed, NoAnswer, NotPermitted, Refused, Step
from ktui.adapters.events import ControllerChanged, QuorumObserved
from ktui.adapters.kafka.asks.describe_quorum import QuorumAnswer
from ktui.adapters.kafka.poll import controller as module
from ktui.adapters.kafka.poll.controller import ControllerQuestion
from ktui.adapters.model import Quorum
from tests.adapters.kafka.poll.desks import NowhereLink, Told, desk

Node = int | Address | None
HERE = {101: Address("c", 101), 102: Address("c", 102), 103: Address("c", 103)}


def answer(leader: int, epoch: int, *, tells_listeners: bool = True) -> QuorumAnswer:
    listeners = {node: {"CONTROLLER": address} for node, address in HERE.items()} if tells_listeners else {}
    return QuorumAnswer(Quorum(leader, epoch, 10, (), ()), listeners)


class Voices:
    """What each node says; a node that is not named is never heard."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.says: dict[Node, QuorumAnswer | AdapterError] = {}
        self.asked: list[Node] = []
        monkeypatch.setattr(module, "describe_quorum", self._describe)
        monkeypatch.setattr(module, "ROUND_S", 0.05)
        monkeypatch.setattr(module, "PATIENCE_S", 0.0)

    async def _describe(self, link: NowhereLink) -> QuorumAnswer:
        self.asked.append(link.node)
        said = self.says.get(link.node)
        if said is None:
            await asyncio.Event().wait()
        if isinstance(said, AdapterError):
            raise said
        assert said is not None
        return said


@pytest.fixture
def voices(monkeypatch: pytest.MonkeyPatch) -> Voices:
    return Voices(monkeypatch)


def controller(told: Told) -> tuple[int, int | None] | str | None:
    event = told.last(ControllerChanged)
    assert isinstance(event, ControllerChanged)
    return (event.controller.id, event.controller.epoch) if event.controller else event.reason


async def until(fact: Callable[[], bool]) -> None:
    """Let the other tasks run until it is so."""
    for _ in range(1000):
        if fact():
            return
        await asyncio.sleep(0)
    raise AssertionError("it did not happen")


async def test_the_leader_of_the_quorum_is_the_controller_and_is_asked_itself_from_then_on(
    voices: Voices,
) -> None:
    room, told = desk()
    question = ControllerQuestion(room)
    voices.says = {2: answer(102, 7), HERE[102]: answer(102, 7)}
    await question.ask()
    assert controller(told) == (102, 7)
    await until(lambda: HERE[102] in voices.asked)
    await asyncio.sleep(0)
    voices.asked.clear()
    await question.ask()
    assert voices.asked == [HERE[102]]


async def test_when_the_leader_is_gone_everybody_is_asked_and_the_new_one_counts(voices: Voices) -> None:
    room, told = desk()
    question = ControllerQuestion(room)
    voices.says = {1: answer(102, 7), HERE[102]: answer(102, 7)}
    await question.ask()
    await until(lambda: HERE[102] in voices.asked)
    await asyncio.sleep(0)
    voices.says = {HERE[102]: NoAnswer("gone"), HERE[101]: answer(101, 8)}
    await question.ask()
    assert controller(told) == (101, 8)


async def test_a_leader_of_the_past_is_not_believed(voices: Voices) -> None:
    room, told = desk()
    question = ControllerQuestion(room)
    voices.says = {1: answer(102, 7, tells_listeners=False)}
    await question.ask()
    voices.says = {1: answer(101, 6, tells_listeners=False), 2: answer(103, 8, tells_listeners=False)}
    await question.ask()
    await question.ask()
    assert controller(told) == (103, 8)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (Refused(6, "NOT_LEADER_OR_FOLLOWER"), "no quorum leader"),
        (NoAnswer("time is up"), "no quorum leader"),
        (NotPermitted(31, "CLUSTER_AUTHORIZATION_FAILED"), "needs Describe on Cluster"),
        (ConnectFailed("h:1", Step.CONNECT, "refused"), "no broker or controller answers"),
    ],
)
async def test_without_a_leader_the_reason_is_told(voices: Voices, said: AdapterError, reason: str) -> None:
    room, told = desk()
    voices.says = dict.fromkeys((1, 2, 3), said)
    question = ControllerQuestion(room)
    for _ in range(3):
        await question.ask()
    assert controller(told) == reason
    quorum = told.last(QuorumObserved)
    assert isinstance(quorum, QuorumObserved)
    assert quorum.quorum is None


async def test_a_broker_that_holds_the_question_is_not_asked_twice_and_answers_later(voices: Voices) -> None:
    room, told = desk(brokers=[1])
    question = ControllerQuestion(room)
    held = asyncio.Event()

    async def describe(link: NowhereLink) -> QuorumAnswer:
        voices.asked.append(link.node)
        await held.wait()
        return answer(101, 9, tells_listeners=False)

    module.describe_quorum = describe  # type: ignore[assignment]
    await question.ask()
    await question.ask()
    assert voices.asked == [1]
    held.set()
    await question.ask()
    assert controller(told) == (101, 9)
