from __future__ import annotations

import random

import pytest

from ktui.adapters.health import ALL_WELL, Health, PartitionClass, classify, health_of, troubled, troubles
from ktui.adapters.partitions import NO_LEADER, partitions, table_of
from tests.adapters.clusters import partition, table


@pytest.mark.parametrize(
    ("leader", "replicas", "isr", "min_isr", "expected"),
    [
        (1, (1, 2, 3), (1, 2, 3), 2, PartitionClass.OK),
        (1, (1, 2, 3), (1, 2), 2, PartitionClass.AT_MIN_ISR),
        (1, (1, 2, 3), (1, 2), 1, PartitionClass.UNDER_REPLICATED),
        (1, (1, 2, 3), (1,), 2, PartitionClass.UNDER_MIN_ISR),
        (NO_LEADER, (1, 2, 3), (1,), 1, PartitionClass.OFFLINE),
        (NO_LEADER, (1, 2, 3), (), 2, PartitionClass.OFFLINE),
        (1, (1, 2), (1, 2), 2, PartitionClass.OK),
        (1, (1, 2, 3), (1,), None, PartitionClass.UNDER_REPLICATED),
        (1, (1,), (1,), 1, PartitionClass.OK),
        (1, (1,), (1,), 2, PartitionClass.OK),
        (1, (1, 2), (1,), 3, PartitionClass.UNDER_MIN_ISR),
    ],
)
def test_each_partition_has_one_class_the_worst(
    leader: int,
    replicas: tuple[int, ...],
    isr: tuple[int, ...],
    min_isr: int | None,
    expected: PartitionClass,
) -> None:
    assert classify(partition(0, leader, replicas=replicas, isr=isr), min_isr) is expected


def test_a_healthy_topic_shares_the_one_object() -> None:
    assert health_of(table(100), 2) is ALL_WELL


def test_counts_agree_with_the_classes_of_the_rows() -> None:
    rows = [
        partition(0),
        partition(1, 2),
        partition(2, isr=(1, 2)),
        partition(3, isr=(1,)),
        partition(4, NO_LEADER, isr=(3,)),
        partition(5, isr=(1,)),
    ]
    packed = table_of(rows)
    assert health_of(packed, 2, moving=2) == Health(
        offline=1, under_min_isr=2, at_min_isr=1, under_replicated=4, not_preferred_leader=1, moving=2
    )
    assert [(row.index, str(which)) for row, which in troubled(partitions(packed), 2)] == [
        (2, "at-min-isr"), (3, "under-min-isr"), (4, "offline"), (5, "under-min-isr"),
    ]  # fmt: skip
    assert [(index, which) for index, which in troubles(packed, 2)] == [
        (row.index, which) for row, which in troubled(partitions(packed), 2)
    ]


def test_short_isrs_are_not_judged_without_the_minimum() -> None:
    health = health_of(table(3, isr=(1,)), None)
    assert (health.under_min_isr, health.at_min_isr, health.under_replicated, health.unjudged) == (0, 0, 3, 3)
    assert health.worst is PartitionClass.UNDER_REPLICATED


def test_partitions_that_are_not_loaded_are_no_problem_and_are_counted() -> None:
    health = health_of(table_of([partition(1)]), 2)
    assert health.not_loaded == 1
    assert health.worst is PartitionClass.OK


@pytest.mark.parametrize("seed", range(20))
def test_the_short_way_counts_as_the_rows_do(seed: int) -> None:
    chance = random.Random(seed)
    sets = [(1, 2, 3), (2, 3, 1), (3,), (2, 1)]
    rows = []
    for index in range(chance.choice([1, 3, 50])):
        replicas = chance.choice(sets)
        isr = replicas if chance.random() < 0.9 else replicas[:1]
        leader = replicas[0] if chance.random() < 0.9 else chance.choice([NO_LEADER, 3])
        rows.append(partition(index, leader, replicas=replicas, isr=isr))
    health = health_of(table_of(rows), 2)
    found = [classify(row, 2) for row in rows]
    assert health.offline == found.count(PartitionClass.OFFLINE)
    assert health.under_min_isr == found.count(PartitionClass.UNDER_MIN_ISR)
    assert health.at_min_isr == found.count(PartitionClass.AT_MIN_ISR)
    assert health.not_preferred_leader == sum(row.leader not in (NO_LEADER, row.replicas[0]) for row in rows)
