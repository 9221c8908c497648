"""What the brokers' files say of topics: asked until somebody tells, then seldom."""

from __future__ import annotations

from typing import Any

import pytest

from ktui.adapters.errors import NoAnswer, NotPermitted
from ktui.adapters.kafka.poll import defaults as module
from ktui.adapters.kafka.poll.defaults import DefaultsQuestion
from ktui.adapters.kafka.poll.round import Desk
from ktui.adapters.topics import TopicSettings
from tests.adapters.kafka.poll.desks import desk

TOLD = TopicSettings(1, 2, 3, "delete")


def question(monkeypatch: pytest.MonkeyPatch, answers: dict[int, Any]) -> tuple[DefaultsQuestion, Desk]:
    made, _ = desk()
    monkeypatch.setattr(Desk, "nearest_first", lambda _self, brokers: sorted(brokers))

    async def describe(_link: object, broker: int) -> TopicSettings:
        answer = answers.get(broker, NoAnswer("silent"))
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]

    monkeypatch.setattr(module, "describe_broker_defaults", describe)
    return DefaultsQuestion(made), made


async def test_a_broker_that_is_silent_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, made = question(monkeypatch, {2: TOLD})
    await asked.ask()
    assert made.log.defaults == TOLD
    assert asked.period_s() == module.PERIOD_S


async def test_a_failure_is_followed_by_another_try_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, _ = question(monkeypatch, {})
    with pytest.raises(NoAnswer) as caught:
        await asked.ask()
    asked.on_failure(caught.value)
    assert asked.period_s() == module.SEARCH_PERIOD_S


async def test_a_missing_right_is_not_asked_for_every_second(monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = NotPermitted(31, "CLUSTER_AUTHORIZATION_FAILED", "needs DescribeConfigs on Cluster")
    asked, _ = question(monkeypatch, dict.fromkeys((1, 2, 3), refusal))
    with pytest.raises(NotPermitted) as caught:
        await asked.ask()
    asked.on_failure(caught.value)
    assert asked.period_s() == module.PERIOD_S
