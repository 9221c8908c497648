from __future__ import annotations

import random

import pytest

from ktui.adapters.topics import CHUNK, BrokerShare, TopicMap
from tests.adapters.clusters import topic


def many(count: int, partitions: int = 3) -> TopicMap:
    return TopicMap.of(topic(f"t{i:06}", partitions) for i in range(count))


def test_rows_count_through_topics_and_partitions_without_a_list_of_rows() -> None:
    topics = TopicMap.of(topic(f"t{i:04}", i % 5) for i in range(1000))
    rows = [(t.name, index) for t in topics for index in range(t.partition_count)]
    assert topics.partition_count == len(rows)
    for row in [*range(0, len(rows), 97), len(rows) - 1]:
        found, index = topics.partition_row(row)
        assert (found.name, index) == rows[row]
        assert topics.row_of(*rows[row]) == row
    assert topics.row_of("t0001", 1) is None
    assert topics.row_of("absent") is None


def test_topics_are_found_by_name_and_by_number() -> None:
    topics = many(1000)
    assert topics.topic_at(999).name == "t000999"
    found = topics.get("t000500")
    assert found is not None
    assert found.name == "t000500"
    assert topics.get("a") is None
    assert topics.get("zz") is None
    assert TopicMap().get("a") is None


def test_a_change_shares_every_chunk_that_it_does_not_touch() -> None:
    before = many(10 * CHUNK)
    after = before.updated([topic("t000001", 9)], ["t000002"])
    assert len(after) == len(before) - 1
    assert [new is old for new, old in zip(after.chunks, before.chunks, strict=True)] == [False] + [True] * 9
    assert after.topic_at(5) is before.get("t000006")


@pytest.mark.parametrize("seed", range(5))
def test_any_sequence_of_changes_equals_a_plain_dict(seed: int) -> None:
    chance = random.Random(seed)
    topics, plain = TopicMap(), {}
    for _ in range(60):
        put = [topic(f"t{chance.randrange(3000)}", chance.randrange(4)) for _ in range(chance.randrange(200))]
        gone = [f"t{chance.randrange(3000)}" for _ in range(chance.randrange(200))]
        topics = topics.updated(put, gone)
        for name in gone:
            plain.pop(name, None)
        plain.update({t.name: t for t in put})
        assert [t.name for t in topics] == sorted(plain)
        assert all(topics.get(name) is t for name, t in plain.items())
        assert topics.partition_count == sum(t.partition_count for t in plain.values())
        assert max((len(chunk.topics) for chunk in topics.chunks), default=0) <= 2 * CHUNK


def test_shares_count_leaders_replicas_and_in_sync_of_each_broker() -> None:
    topics = TopicMap.of([topic("a", 4), topic("b", 2, isr=(1, 3))])
    assert dict(topics.shares) == {
        1: BrokerShare(6, 6, 6),
        2: BrokerShare(0, 6, 4),
        3: BrokerShare(0, 6, 6),
    }
