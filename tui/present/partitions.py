"""The rows of the partition table: leader, replicas and in-sync set of each, made when they are in sight."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass, field
from typing import Final

from ktui.adapters.partitions import Partition, partition_at
from ktui.adapters.topics import Topic
from ktui.tui.present import rates
from ktui.tui.present.partition_cells import (
    BrokerStates,
    Changes,
    epoch_cell,
    health_cell,
    isr_cell,
    leader_cell,
    min_isr_cell,
    replicas_cell,
)
from ktui.tui.present.rates import RateLook
from ktui.tui.present.sanitise import safe
from ktui.tui.present.selection import PartitionIndex
from ktui.widgets.cells import Align, ColumnSpec, Run
from ktui.widgets.rows import Row


def columns(spark_width: int) -> tuple[ColumnSpec, ...]:
    return (
        ColumnSpec("topic", "TOPIC", 24, grow=True, min_width=16),
        ColumnSpec("partition", "PART", 5, Align.RIGHT),
        ColumnSpec("leader", "LEADER", 6, Align.RIGHT),
        ColumnSpec("replicas", "REPLICAS", 16, min_width=9),
        ColumnSpec("isr", "ISR", 5, Align.RIGHT),
        ColumnSpec("min", "MIN", 3, Align.RIGHT),
        ColumnSpec("epoch", "EPOCH", 6, Align.RIGHT, rank=1),
        rates.column(spark_width),
        ColumnSpec("health", "HEALTH", 16),
    )


COLUMNS: Final = columns(rates.OF_PARTITIONS.narrow)
CHANGED_SIGN: Final = "~"


@dataclass(frozen=True, slots=True)
class PartitionLook:
    """What the rows say besides the partitions themselves."""

    states: BrokerStates = field(default_factory=BrokerStates)
    changes: Changes = field(default_factory=Changes)
    with_topic: bool = True
    rates: RateLook = field(default_factory=RateLook)
    marks: Collection[Hashable] = frozenset()
    """Keys of the marked rows."""


class PartitionRows:
    """A model over an index of partitions."""

    def __init__(self, index: PartitionIndex, look: PartitionLook, *, is_reversed: bool = False) -> None:
        self.index = index
        self._look = look
        self._is_reversed = is_reversed

    @property
    def count(self) -> int:
        return self.index.count

    def at(self, row: int) -> tuple[Topic, int]:
        return self.index.at(self.index.count - 1 - row if self._is_reversed else row)

    def row(self, index: int) -> Row:
        topic, number = self.at(index)
        return partition_row(topic, partition_at(topic.table, number), self._look)

    def index_of(self, key: Hashable) -> int | None:
        if not isinstance(key, tuple) or len(key) != 2:
            return None
        row = self.index.row_of(key)
        return self.index.count - 1 - row if row is not None and self._is_reversed else row


def partition_row(topic: Topic, partition: Partition, look: PartitionLook) -> Row:
    changed = look.changes.of(topic.name, partition.index)
    cells = (
        Run(str(partition.index)),
        leader_cell(partition, changed),
        replicas_cell(partition, look.states),
        isr_cell(partition, changed),
        min_isr_cell(topic),
        epoch_cell(partition),
        look.rates.cell((topic.name, partition.index)),
        health_cell(topic, partition),
    )
    sign = CHANGED_SIGN if changed else ""
    if not look.with_topic:
        return Row(partition.index, cells, sign=sign, marked=partition.index in look.marks)
    key = (topic.name, partition.index)
    return Row(key, (Run(safe(topic.name)), *cells), sign=sign, marked=key in look.marks)
