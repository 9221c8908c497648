from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from ktui.adapters.errors import NoAnswer, NotPermitted, Refused
from ktui.adapters.events import SettingsChanged
from ktui.adapters.kafka.asks.config_values import ConfigSource, ConfigValue
from ktui.adapters.kafka.poll import settings as module
from ktui.adapters.kafka.poll.settings import BATCH, SettingsQuestion
from ktui.adapters.topics import TopicSettings
from tests.adapters.kafka.poll.desks import NowhereLink, desk

Answer = Mapping[str, ConfigValue] | Refused


def value(name: str, text: str | None) -> ConfigValue:
    return ConfigValue(name, text, ConfigSource.DEFAULT, is_sensitive=False, is_read_only=False)


class Broker:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[list[str]] = []
        self.says: dict[str, Answer] = {}
        self.error: Exception | None = None
        monkeypatch.setattr(module, "describe_topic_configs", self._describe)

    async def _describe(
        self, link: NowhereLink, names: Sequence[str], keys: Sequence[str]
    ) -> dict[str, Answer]:
        if self.error is not None:
            raise self.error
        self.asked.append(list(names))
        usual = {
            "min.insync.replicas": value("min.insync.replicas", "2"),
            "cleanup.policy": value("cleanup.policy", "delete"),
        }
        return {name: self.says.get(name, usual) for name in names}


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    return Broker(monkeypatch)


async def test_each_topic_is_asked_for_when_it_is_new(broker: Broker) -> None:
    room, told = desk()
    question = SettingsQuestion(room)
    question.on_names(["a", "b"], [], [])
    await question.ask()
    question.on_names(["c"], ["b"], [])
    await question.ask()
    await question.ask()
    assert broker.asked == [["a", "b"], ["c"]]
    event = told.last(SettingsChanged)
    assert isinstance(event, SettingsChanged)
    assert event.settings == {"c": TopicSettings(min_isr=2, cleanup_policy="delete")}


async def test_topics_with_a_short_isr_go_first_in_bounded_batches(broker: Broker) -> None:
    room, _ = desk()
    question = SettingsQuestion(room)
    names = [f"t{i:05}" for i in range(2 * BATCH)]
    question.on_names(names, [], names[-3:])
    assert not question.all_asked.is_set()
    await question.ask()
    assert set(names[-3:]) <= set(broker.asked[0])
    assert len(broker.asked[0]) == BATCH
    assert not question.all_asked.is_set()
    await question.ask()
    assert question.all_asked.is_set()
    assert sorted(broker.asked[0] + broker.asked[1]) == names


async def test_a_topic_that_may_not_be_described_is_a_fault_and_stays_unknown(broker: Broker) -> None:
    room, told = desk()
    question = SettingsQuestion(room)
    broker.says["secret"] = NotPermitted(29, "TOPIC_AUTHORIZATION_FAILED", "needs DescribeConfigs on Topic")
    question.on_names(["open", "secret"], [], [])
    await question.ask()
    event = told.last(SettingsChanged)
    assert isinstance(event, SettingsChanged)
    assert set(event.settings) == {"open"}
    assert told.reasons("min.insync.replicas") == ["1 or more topics: needs DescribeConfigs on Topic"]


async def test_a_failed_question_is_asked_again(broker: Broker) -> None:
    room, _ = desk()
    question = SettingsQuestion(room)
    question.on_names(["a"], [], [])
    broker.error = NoAnswer("silent")
    with pytest.raises(NoAnswer):
        await question.ask()
    question.on_failure(NoAnswer("silent"))
    assert question.all_asked.is_set()
    broker.error = None
    await question.ask()
    assert broker.asked == [["a"]]
