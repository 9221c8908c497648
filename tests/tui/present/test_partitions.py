from __future__ import annotations

from dataclasses import replace

import pytest

from ktui.adapters.health import PartitionClass
from ktui.adapters.partitions import NOT_LOADED, Partition
from ktui.tui.present.partition_cells import BrokerStates, Changes, Part, blame, changed_parts
from ktui.tui.present.partition_orders import ordered
from ktui.tui.present.partitions import COLUMNS, PartitionLook, PartitionRows, partition_row
from ktui.tui.present.selection import AllPartitions, PartitionsKept
from ktui.tui.present.slices import Run, at_once
from ktui.widgets.cells import Tone, as_line, plain
from tests.tui.builders import broker, kraft, large, partition, small, topic, without_broker_2

STATES = BrokerStates(frozenset({1, 3}))
LOOK = PartitionLook(STATES)
UNREAD = Partition(0, NOT_LOADED, NOT_LOADED, (), (), (), -1)


def texts(row: Partition, look: PartitionLook = LOOK) -> list[str]:
    return [plain(cell) for cell in partition_row(topic("orders", [row]), row, look).cells]


def test_a_partition_that_is_well() -> None:
    assert texts(partition(0, [1, 2, 3])) == ["orders", "0", "1", "1 2 3", "3/3", "2", "5", "?", "ok"]


def test_replicas_out_of_sync_are_marked_by_whether_their_broker_is_up() -> None:
    assert texts(partition(0, [1, 2, 3], [1]))[3:5] == ["1 2✕ 3!", "1/3"]
    assert texts(partition(0, [1, 2, 3], [1]), PartitionLook())[3] == "1 2! 3!"


def test_no_leader_not_read_and_not_known_look_different() -> None:
    assert texts(partition(0, [1, 2], [], leader=-1))[2] == "none"
    assert texts(UNREAD) == ["orders", "0", "?", "?", "?", "2", "?", "?", "not read yet"]
    assert texts(partition(0, [1], epoch=-1))[6] == "?"


def test_moving_is_planned_and_not_red() -> None:
    row = partition(0, [1, 2, 3])
    cell = partition_row(topic("orders", [row], moving=(0,)), row, LOOK).cells[-1]
    assert plain(cell) == "ok, moving"
    assert as_line(cell)[0].tone is Tone.MUTED


def test_a_partition_of_a_topic_that_is_being_deleted_is_not_called_offline() -> None:
    row = partition(0, [1, 2], [], leader=-1)
    assert plain(partition_row(topic("a", [row], is_deleting=True), row, LOOK).cells[-1]) == "being deleted"


def test_what_changed_is_marked_in_the_row() -> None:
    changed = Changes({("orders", 0): frozenset({Part.LEADER})})
    row = partition_row(topic("orders", 1), partition(0, [1, 2, 3]), PartitionLook(STATES, changed))
    assert row.sign == "~"
    assert as_line(row.cells[2])[0].tone is Tone.CHANGED


def test_the_parts_that_differ() -> None:
    before = partition(0, [1, 2, 3])
    assert changed_parts(before, replace(before, isr=(3, 2, 1))) == frozenset()
    assert changed_parts(before, replace(before, isr=(1,), leader=2, leader_epoch=9)) == {
        Part.ISR, Part.LEADER, Part.EPOCH,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "which", "words"),
    [
        (partition(0, [1, 2, 3], [1, 3]), PartitionClass.AT_MIN_ISR, "broker 2 not up"),
        (partition(0, [1, 2, 4], [1]), PartitionClass.UNDER_MIN_ISR, "brokers 2, 4 not up"),
        (partition(0, [1, 2, 3], [1]), PartitionClass.UNDER_MIN_ISR, "2 not up, 3 lags"),
        (partition(0, [1, 3], [1]), PartitionClass.UNDER_REPLICATED, "broker 3 lags"),
        (partition(0, [1]), PartitionClass.UNDER_MIN_ISR, "replication factor < min ISR"),
        (partition(0, [2, 4], [2], leader=-1), PartitionClass.OFFLINE, "waits for broker 2"),
        (partition(0, [2, 4], [], leader=-1), PartitionClass.OFFLINE, "waits for broker 2 or 4"),
        (partition(0, [], [], leader=-1), PartitionClass.OFFLINE, "no replica is left"),
    ],
)
def test_who_is_to_blame(row: Partition, which: PartitionClass, words: str) -> None:
    assert blame(row, which, STATES) == words


def test_brokers_that_are_not_known_are_not_down() -> None:
    assert not BrokerStates.of([], is_loaded=False).is_down(2)
    assert BrokerStates.of([broker(1)], is_loaded=True).is_down(2)


def test_two_hundred_thousand_rows_without_a_list_of_rows() -> None:
    snapshot = large(66_667, 3)
    model = PartitionRows(AllPartitions(snapshot.topics), LOOK)
    assert model.count == 200_001
    row = model.row(123_456)
    assert row.key == ("topic-041152", 0)
    assert model.index_of(row.key) == 123_456
    backwards = PartitionRows(AllPartitions(snapshot.topics), LOOK, is_reversed=True)
    assert backwards.row(0).key == ("topic-066666", 2)
    assert backwards.index_of(("topic-000000", 0)) == 200_000


@pytest.mark.parametrize(
    ("column", "first"),
    [("health", ("orders", 0)), ("isr", ("orders", 0)), ("leader", ("__consumer_offsets", 0))],
)
def test_orders(column: str, first: tuple[str, int]) -> None:
    topics = without_broker_2(small()).topics
    found = at_once(ordered(AllPartitions(topics), topics, column, is_reversed=False))
    assert found.count == 30
    one, index = found.at(0)
    assert (one.name, index) == first
    assert found.row_of(first) == 0


def test_an_order_of_some_of_them_and_what_is_gone_by_then() -> None:
    topics = small().topics
    some = at_once(PartitionsKept(lambda one: (0,)).select(topics))
    found = at_once(ordered(some, topics, "epoch", is_reversed=True))
    assert found.count == 5
    later = found.over(topics.updated((), ["audit.log"]))
    row = later.row_of(("audit.log", 0))
    assert row is not None
    assert later.at(row)[0].name == "audit.log"


def test_the_first_ten_thousand_of_many_in_short_slices() -> None:
    snapshot = kraft(large(5_000, 4).topics)
    run = Run(ordered(AllPartitions(snapshot.topics), snapshot.topics, "leader", is_reversed=True))
    slices = 1
    while not run.go_on(0.0):
        slices += 1
    assert slices > 30
    assert run.result.count == 10_000  # type: ignore[attr-defined]


def test_the_columns_have_a_cell_each() -> None:
    row = partition(0, [1])
    assert len(COLUMNS) == len(partition_row(topic("a", [row]), row, LOOK).cells)
