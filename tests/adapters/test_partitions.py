from __future__ import annotations

import random

import pytest

from ktui.adapters import partitions as p
from tests.adapters.clusters import partition, table


def test_a_table_gives_back_what_went_in_whatever_the_order() -> None:
    rows = [partition(i, i % 4, replicas=(i, i + 1), isr=(i,), epoch=i * 2) for i in range(50)]
    shuffled = rows[:]
    random.Random(1).shuffle(shuffled)
    packed = p.table_of(shuffled)
    assert p.count(packed) == 50
    assert list(p.partitions(packed)) == rows


def test_an_index_that_was_not_told_is_not_loaded() -> None:
    packed = p.table_of([partition(2)])
    assert [row.is_loaded for row in p.partitions(packed)] == [False, False, True]


def test_an_empty_table_has_no_partitions() -> None:
    assert p.count(b"") == 0
    assert list(p.partitions(b"")) == []
    with pytest.raises(IndexError):
        p.partition_at(b"", 0)


def test_patching_replaces_rows_and_grows() -> None:
    packed = p.with_partitions(table(2), [partition(1, 3, isr=(3,)), partition(3, 2)])
    assert [row.leader for row in p.partitions(packed)] == [1, 3, p.NOT_LOADED, 2]
    assert p.partition_at(packed, 1).isr == (3,)


def test_columns_are_views_of_int32() -> None:
    assert p.column(table(3, leader=7), p.Column.LEADER).tolist() == [7, 7, 7]
