"""The decoder against kio on the same bytes, and what it tells from one answer to the next."""

from __future__ import annotations

import random
import uuid
from typing import Any

import pytest

from ktui.adapters.errors import BadAnswer, Refused
from ktui.adapters.events import TopicState
from ktui.adapters.kafka.metadata import RawMetadata
from ktui.adapters.kafka.metadata_decoder import MetadataDecoder, NamedMetadata, WholeMetadata
from ktui.adapters.kafka.operations import Operation
from ktui.adapters.kafka.steps import at_once
from ktui.adapters.partitions import NO_LEADER, NOT_LOADED, Partition, partitions
from tests.adapters.kafka.metadata_answers import P, T, answer, read_by_kio, topic

VERSIONS = range(1, 14)
LATEST = 13


def whole(decoder: MetadataDecoder, data: bytes, version: int = LATEST) -> WholeMetadata:
    return at_once(decoder.whole(RawMetadata(version, data)))


def named(data: bytes, version: int = LATEST) -> NamedMetadata:
    return at_once(MetadataDecoder().named(RawMetadata(version, data)))


def rows(state: TopicState) -> list[Partition]:
    return list(partitions(state.table))


def random_topics(rng: random.Random, count: int) -> list[T]:
    """Of all sizes: uniform and mixed, sorted and unsorted, healthy and not."""
    topics = []
    for number in range(count):
        size = rng.choice((0, 1, 2, 3, 7, 40))
        factor = rng.choice((0, 1, 3, 5))
        is_mixed, is_sorted = rng.random() < 0.4, rng.random() < 0.5
        parts = []
        for index in range(size):
            replicas = tuple(rng.sample(range(9), factor))
            isr = replicas[: rng.randint(0, factor)] if is_mixed else replicas
            error = rng.choice((0, 0, 0, 5, 9, 72)) if is_mixed else 0
            leader = -1 if error in (5, 72) else rng.choice((*isr, 4))
            offline = tuple(set(replicas) - set(isr))[: rng.randint(0, 2)]
            parts.append(P(index, leader, rng.randrange(99), replicas, isr, offline, error))
        if not is_sorted:
            rng.shuffle(parts)
        name = f"topic-{number}" if rng.random() < 0.9 else f"topic-{number}-" + "x" * 130
        topics.append(T(name, tuple(parts), id=uuid.UUID(int=number + 1), is_internal=rng.random() < 0.1))
    return topics


def expected_rows(version: int, kio_topic: Any) -> list[Partition]:
    """What the rows must be, from kio's reading of the same bytes."""
    rows = []
    for part in kio_topic.partitions:
        leader = part.leader_id
        if leader == NO_LEADER and int(part.error_code) not in (0, 5):
            leader = NOT_LOADED
        rows.append(
            Partition(
                part.partition_index,
                leader,
                part.leader_epoch if version >= 7 else -1,
                tuple(part.replica_nodes),
                tuple(part.isr_nodes),
                tuple(part.offline_replicas) if version >= 5 else (),
                -1,
            )
        )
    return sorted(rows, key=lambda row: row.index)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("seed", range(4))
def test_reads_what_kio_reads(version: int, seed: int) -> None:
    data = answer(version, random_topics(random.Random(seed), 60))
    told, oracle = whole(MetadataDecoder(), data, version), read_by_kio(version, data)
    by_name = {state.name: state for state in told.changed}
    assert set(by_name) == {one.name for one in oracle.topics}
    for one in oracle.topics:
        state = by_name[one.name]
        assert rows(state) == expected_rows(version, one)
        assert state.id == (one.topic_id.bytes if version >= 10 else None)
        assert state.is_internal == one.is_internal
    assert [(b.id, b.host, b.port, b.rack) for b in told.header.brokers] == [
        (b.node_id, b.host, b.port, b.rack) for b in oracle.brokers
    ]
    assert told.header.cluster_id == (oracle.cluster_id if version >= 2 else None)
    assert told.header.controller_id == oracle.controller_id


@pytest.mark.parametrize("version", [1, 8, 12])
def test_more_replicas_than_fit_in_a_byte(version: int) -> None:
    many = tuple(range(200))
    told = whole(MetadataDecoder(), answer(version, [T("t", (P(0, replicas=many, isr=many), P(1)))]), version)
    assert [(row.replicas, row.isr) for row in rows(told.changed[0])] == [
        (many, many),
        ((1, 2, 3), (1, 2, 3)),
    ]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_same_answer_again_changes_nothing(version: int) -> None:
    decoder, data = MetadataDecoder(), answer(version, random_topics(random.Random(5), 50))
    assert len(whole(decoder, data, version).changed) == 50
    again = whole(decoder, data, version)
    assert (again.changed, again.removed, again.topic_count) == ([], [], 50)


def test_only_what_changed_is_told() -> None:
    decoder = MetadataDecoder()
    topics = [topic(name, 3) for name in "abcdefgh"]
    whole(decoder, answer(LATEST, topics))
    topics[2] = topic("c", 3, leader=2)
    topics[5] = topic("f", 4)
    told = whole(decoder, answer(LATEST, topics))
    assert sorted(state.name for state in told.changed) == ["c", "f"]
    assert told.removed == []


def test_order_does_not_matter() -> None:
    decoder, topics = MetadataDecoder(), [topic(f"t{n}", 3) for n in range(50)]
    whole(decoder, answer(LATEST, topics))
    random.Random(3).shuffle(topics)
    told = whole(decoder, answer(LATEST, topics))
    assert (told.changed, told.removed) == ([], [])


@pytest.mark.parametrize("seed", range(20))
def test_any_sequence_of_answers_adds_up(seed: int) -> None:
    rng, decoder = random.Random(seed), MetadataDecoder()
    cluster = {one.name: one for one in random_topics(rng, 30)}
    known: dict[str, list[Partition]] = {}
    version = 12
    for step in range(12):
        for name in rng.sample(sorted(cluster), 3):
            del cluster[name]
        for one in random_topics(rng, 4):
            new = T(f"{one.name}-{step}", one.partitions, id=one.id)
            cluster[new.name] = new
        order = list(cluster.values())
        if rng.random() < 0.3:
            rng.shuffle(order)
            cluster = {one.name: one for one in order}
        if rng.random() < 0.2:
            version = rng.choice((8, 12, 13))
        told = whole(decoder, answer(version, order), version)
        for name in told.removed:
            del known[name]
        known |= {state.name: rows(state) for state in told.changed}
        fresh = whole(MetadataDecoder(), answer(version, order), version)
        assert known == {state.name: rows(state) for state in fresh.changed}


def test_a_partition_without_a_leader_is_offline_and_one_without_a_listener_is_unknown() -> None:
    parts = (P(0), P(1, leader=-1, error=5), P(2, leader=-1, error=72), P(3, leader=2, error=9))
    told = whole(MetadataDecoder(), answer(LATEST, [T("t", parts)]))
    assert [row.leader for row in rows(told.changed[0])] == [1, NO_LEADER, NOT_LOADED, 2]
    assert told.partition_errors == {72: 1, 9: 1}


def test_errors_stand_until_the_topic_changes() -> None:
    decoder = MetadataDecoder()
    ill = answer(LATEST, [topic("a", 2), T("b", error=29), T("c", (P(0, leader=-1, error=72),))])
    for _ in range(2):
        told = whole(decoder, ill)
        assert (told.topic_errors, told.partition_errors) == ({"b": 29}, {72: 1})
    told = whole(decoder, answer(LATEST, [topic("a", 2), topic("b", 1), topic("c", 1)]))
    assert (told.topic_errors, told.partition_errors) == ({}, {})
    assert sorted(state.name for state in told.changed) == ["b", "c"]
    whole(decoder, ill)
    told = whole(decoder, answer(LATEST, [topic("a", 2)]))
    assert (told.topic_errors, told.partition_errors, sorted(told.removed)) == ({}, {}, ["b", "c"])


def test_a_topic_with_an_error_is_neither_changed_nor_removed() -> None:
    decoder = MetadataDecoder()
    whole(decoder, answer(LATEST, [topic("a", 2), topic("b", 2)]))
    told = whole(decoder, answer(LATEST, [topic("a", 2), T("b", error=5)]))
    assert (told.changed, told.removed, told.topic_errors) == ([], [], {"b": 5})


def test_missing_partitions_are_not_loaded() -> None:
    told = whole(MetadataDecoder(), answer(LATEST, [T("t", (P(3), P(1)))]))
    assert [row.is_loaded for row in rows(told.changed[0])] == [False, True, False, True]


@pytest.mark.parametrize("indexes", [(0, 0), (0, -1), (2_000_000,), (0, 2_000_000)])
def test_impossible_partitions_are_refused(indexes: tuple[int, ...]) -> None:
    with pytest.raises(BadAnswer):
        whole(MetadataDecoder(), answer(LATEST, [T("t", tuple(P(index) for index in indexes))]))


def test_a_topic_that_is_told_twice_is_refused() -> None:
    with pytest.raises(BadAnswer, match="twice"):
        whole(MetadataDecoder(), answer(LATEST, [topic("a", 3), topic("a", 2)]))


def test_a_broken_answer_leaves_all_as_it_was() -> None:
    decoder, good = MetadataDecoder(), answer(LATEST, [topic("a", 3), topic("b", 3)])
    whole(decoder, good)
    other = answer(LATEST, [topic("a", 3, leader=2), topic("c", 3)])
    with pytest.raises(BadAnswer):
        whole(decoder, other[:-1])
    with pytest.raises(BadAnswer):
        whole(decoder, other + b"\0")
    assert whole(decoder, good).changed == []


def test_an_error_of_the_whole_answer_leaves_all_as_it_was() -> None:
    decoder, good = MetadataDecoder(), answer(LATEST, [topic("a", 3)])
    whole(decoder, good)
    with pytest.raises(Refused, match="bootstrap") as caught:
        whole(decoder, answer(LATEST, [], error=129))
    assert caught.value.name == "REBOOTSTRAP_REQUIRED"
    told = whole(decoder, good)
    assert (told.changed, told.removed) == ([], [])


def test_forgetting_tells_all_topics_again() -> None:
    decoder, data = MetadataDecoder(), answer(LATEST, [topic("a", 3)])
    whole(decoder, data)
    decoder.forget()
    assert len(whole(decoder, data).changed) == 1


def test_named_topics_leave_the_whole_alone() -> None:
    decoder, data = MetadataDecoder(), answer(LATEST, [topic("a", 3), topic("b", 3)])
    whole(decoder, data)
    part = RawMetadata(LATEST, answer(LATEST, [topic("a", 3, leader=2), T("x", error=3, id=None)]))
    told = at_once(decoder.named(part))
    assert [state.name for state in told.topics] == ["a"]
    assert told.topic_errors == {"x": 3}
    again = whole(decoder, data)
    assert (again.changed, again.removed) == ([], [])


def test_authorised_operations_are_told_where_asked_for() -> None:
    bits = 1 << 3 | 1 << 8
    told = named(answer(LATEST, [T("a", (P(0),), operations=bits), topic("b", 1)]))
    assert told.operations == {"a": {Operation.READ, Operation.DESCRIBE}}


def test_a_topic_of_many_partitions_is_read_in_steps() -> None:
    data = answer(
        LATEST, [topic("big", 30_000), T("mixed", tuple(P(n, isr=(1, 2)[: n % 3]) for n in range(5000)))]
    )
    steps = MetadataDecoder().whole(RawMetadata(LATEST, data))
    count = 0
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            told = stop.value
            break
        count += 1
    assert count >= 2
    assert sorted(len(rows(state)) for state in told.changed) == [5000, 30_000]


def test_no_controller_is_told_as_none() -> None:
    assert whole(MetadataDecoder(), answer(LATEST, [], controller=-1)).header.controller_id is None
