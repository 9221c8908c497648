from __future__ import annotations

from collections import Counter

import pytest

from ktui.adapters.errors import BadSettings
from ktui.adapters.operate.moves import Brokers, off_broker, with_factor
from ktui.adapters.partitions import Partition

RACKS = {1: "a", 2: "b", 3: "c", 4: "a", 5: "b", 6: "c"}


def row(*replicas: int, isr: tuple[int, ...] | None = None) -> Partition:
    return Partition(0, replicas[0], 0, replicas, replicas if isr is None else isr, (), -1)


def rows(*partitions: Partition) -> list[tuple[tuple[str, int], Partition]]:
    return [(("t", index), partition) for index, partition in enumerate(partitions)]


def brokers(**load: int) -> Brokers:
    return Brokers(RACKS, Counter({int(name[1:]): count for name, count in load.items()}))


def test_a_new_replica_goes_to_another_rack_then_to_the_emptiest_broker() -> None:
    assert with_factor(rows(row(1)), 2, brokers(b2=5, b5=1, b3=9, b6=9)) == {("t", 0): (1, 5)}
    assert with_factor(rows(row(1, 2)), 3, brokers(b3=1)) == {("t", 0): (1, 2, 6)}


def test_what_is_planned_counts_as_load() -> None:
    moves = with_factor(rows(row(1), row(1), row(1), row(1)), 2, brokers())
    assert [new[1] for new in moves.values()] == [2, 3, 5, 6]


def test_the_replica_to_go_is_out_of_sync_or_of_a_rack_that_has_more_and_never_the_preferred() -> None:
    assert with_factor(rows(row(1, 2, 3, isr=(1, 3))), 2, brokers()) == {("t", 0): (1, 3)}
    assert with_factor(rows(row(1, 4, 2)), 2, brokers()) == {("t", 0): (1, 2)}
    assert with_factor(rows(row(3, 2, 1)), 1, brokers()) == {("t", 0): (3,)}


def test_what_has_the_factor_already_stays() -> None:
    assert with_factor(rows(row(3, 1), row(2)), 2, brokers()) == {("t", 1): (2, 1)}


def test_more_replicas_than_brokers() -> None:
    with pytest.raises(BadSettings, match="needs as many brokers; 6 are up"):
        with_factor(rows(row(1)), 7, brokers())
    with pytest.raises(BadSettings):
        with_factor(rows(row(1)), 0, brokers())


def test_off_a_broker_its_place_in_the_order_is_taken() -> None:
    moves = off_broker(rows(row(1, 2, 3), row(4, 2, 3), row(2, 1)), 1, brokers(b4=3))
    assert moves == {("t", 0): (4, 2, 3), ("t", 2): (2, 3)}


def test_off_a_broker_that_is_down_and_unknown_by_rack() -> None:
    assert off_broker(rows(row(9, 1)), 9, brokers()) == {("t", 0): (2, 1)}


def test_nobody_left_to_take_it() -> None:
    with pytest.raises(BadSettings, match="No broker is left that could take a replica of t-0"):
        off_broker(rows(row(1, 2)), 1, Brokers({1: None, 2: None}))


def test_every_plan_is_a_valid_assignment() -> None:
    state = brokers()
    many = rows(*(row(1 + i % 6, 1 + (i + 1) % 6) for i in range(60)))
    for moves in (with_factor(many, 3, state), off_broker(many, 2, state)):
        for new in moves.values():
            assert len(set(new)) == len(new)
            assert set(new) <= set(RACKS)
    threes = with_factor(many, 3, brokers())
    assert all(len({RACKS[broker] for broker in new}) == 3 for key, new in threes.items())
