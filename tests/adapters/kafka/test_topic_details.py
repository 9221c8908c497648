from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from ktui.adapters.addresses import Address
from ktui.adapters.errors import NoAnswer, NotPermitted, NotSupported, Refused
from ktui.adapters.kafka import topic_details
from ktui.adapters.kafka.asks.config_values import ConfigSource, ConfigValue
from ktui.adapters.kafka.asks.list_offsets import At
from ktui.adapters.kafka.asks.topic_partitions import ElrPartition, TopicPartitions
from ktui.adapters.kafka.link import Lane
from ktui.adapters.kafka.topic_details import TopicDetails, fetch_topic_details
from ktui.adapters.partitions import Partition, table_of
from ktui.adapters.topics import Topic

LEADERS = (1, 2, 1, -1)
TOPIC = Topic(
    "orders",
    None,
    False,
    table_of(Partition(index, leader, 0, (1, 2), (1, 2), (), -1) for index, leader in enumerate(LEADERS)),
)


class FakePool:
    """Its links are only names; the questions are replaced."""

    def link(self, node: int | Address, lane: Lane, *, timeout_s: float) -> Any:
        return node

    def bootstrap_link(self, lane: Lane, *, timeout_s: float) -> Any:
        return "any"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, At, tuple[int, ...]]]:
    seen: list[tuple[Any, At, tuple[int, ...]]] = []

    async def offsets(
        link: Any, partitions: Mapping[str, Sequence[int]], at: At
    ) -> dict[str, dict[int, int | Refused]]:
        indexes = partitions["orders"]
        seen.append((link, at, tuple(indexes)))
        return {"orders": {index: 0 if at is At.EARLIEST else 100 + index for index in indexes}}

    async def eligible(link: Any, name: str) -> TopicPartitions:
        rows = (
            ElrPartition(0, 1, 0, (1, 2), (1, 2), (), (), ()),
            ElrPartition(3, -1, 0, (1, 2), (), (), (2,), (), 5),
        )
        return TopicPartitions("orders", None, False, rows, None)

    async def configs(link: Any, name: str) -> Mapping[str, ConfigValue]:
        return {
            "b": ConfigValue("b", "2", ConfigSource.DEFAULT, False, False, None, None),
            "a": ConfigValue("a", "1", ConfigSource.TOPIC, False, False, None, None),
        }

    monkeypatch.setattr(topic_details, "list_offsets", offsets)
    monkeypatch.setattr(topic_details, "describe_topic_partitions", eligible)
    monkeypatch.setattr(topic_details, "describe_topic_configs_all", configs)
    return seen


async def details() -> TopicDetails:
    return await fetch_topic_details(FakePool(), TOPIC, timeout_s=1)


async def test_offsets_are_asked_of_the_leaders(asked: list[tuple[Any, At, tuple[int, ...]]]) -> None:
    told = await details()
    assert sorted(asked) == sorted(
        (leader, at, indexes)
        for at in (At.EARLIEST, At.LATEST)
        for leader, indexes in ((1, (0, 2)), (2, (1,)))
    )
    assert told.earliest == {0: 0, 1: 0, 2: 0}
    assert told.latest == {0: 100, 1: 101, 2: 102}
    assert told.eligible_leaders == {0: (), 3: (2,)}
    assert [value.name for value in told.configs or ()] == ["a", "b"]
    assert [value.name for value in told.overrides] == ["a"]
    assert told.faults == ()


@pytest.mark.usefixtures("asked")
async def test_a_broker_that_does_not_answer_costs_only_its_own_partitions(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def offsets(link: Any, partitions: Any, at: At) -> dict[str, dict[int, int | Refused]]:
        if link == 2:
            raise NoAnswer("no answer in 1 s")
        return {"orders": {0: 5, 2: Refused(6, "NOT_LEADER_OR_FOLLOWER")}}

    monkeypatch.setattr(topic_details, "list_offsets", offsets)
    told = await details()
    assert told.latest == {0: 5}
    assert [(fault.what, fault.where, fault.reason) for fault in told.faults] == [
        ("offsets", "orders, broker 1", "not leader or follower"),
        ("offsets", "orders, broker 2", "no answer in 1 s"),
    ]


@pytest.mark.usefixtures("asked")
async def test_what_a_cluster_does_not_know_is_no_fault_and_what_it_denies_is_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def unknown(link: Any, name: str) -> TopicPartitions:
        raise NotSupported("older than 3.8")

    async def denied(link: Any, name: str) -> Mapping[str, ConfigValue]:
        raise NotPermitted(29, "TOPIC_AUTHORIZATION_FAILED", "needs DescribeConfigs on topic orders")

    monkeypatch.setattr(topic_details, "describe_topic_partitions", unknown)
    monkeypatch.setattr(topic_details, "describe_topic_configs_all", denied)
    told = await details()
    assert told.eligible_leaders is None
    assert told.configs is None
    assert told.overrides == ()
    assert [(fault.what, fault.reason) for fault in told.faults] == [
        ("configuration", "needs DescribeConfigs on topic orders")
    ]
