"""The partitions of one topic while a batch is applied: the table it had, and the rows that differ from it."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Final

from ktui.adapters.kafka.log.records import PartitionChanged, PartitionSet
from ktui.adapters.partitions import NOT_LOADED, Column, column, count
from ktui.adapters.replica_sets import EMPTY

_WIDTH: Final = len(Column)
_UNKNOWN: Final = (NOT_LOADED, NOT_LOADED, EMPTY, EMPTY, EMPTY, -1)


@dataclass(slots=True)
class TopicRows:
    """A table and what is new in it, row by row."""

    table: bytes
    changed: dict[int, list[int]] = field(default_factory=dict)

    def put_run(self, first: int, table: bytes) -> None:
        """Neighbouring partitions, whole."""
        if not self.changed and first == 0 and len(table) >= len(self.table):
            self.table = table
        elif not self.changed and first == count(self.table):
            self.table = b"".join(
                part.tobytes()
                for which in Column
                for part in (column(self.table, which), column(table, which))
            )
        else:
            values = memoryview(table).cast("i")
            rows = count(table)
            for place in range(rows):
                self.changed[first + place] = values[place::rows].tolist()

    def put(self, partition: PartitionSet) -> None:
        """One partition, whole."""
        self.changed[partition.partition] = [
            partition.leader, partition.leader_epoch, partition.replicas, partition.isr, EMPTY, partition.epoch,
        ]  # fmt: skip

    def change(self, change: PartitionChanged) -> bool:
        """Whether there is such a partition. A leader that is told raises its epoch, be it the same (KIP-500)."""
        row = self.changed.get(change.partition)
        if row is None:
            rows = count(self.table)
            if not change.partition < rows:
                return False
            row = self.changed[change.partition] = (
                memoryview(self.table).cast("i")[change.partition :: rows].tolist()
            )
        if change.leader is not None:
            row[Column.LEADER] = change.leader
            row[Column.LEADER_EPOCH] += 1
        if change.replicas is not None:
            row[Column.REPLICAS] = change.replicas
        if change.isr is not None:
            row[Column.ISR] = change.isr
        row[Column.VERSION] += 1
        return True

    def joined(self) -> bytes:
        """The table with the changed rows put in; indexes that nobody told of are marked as not loaded."""
        if not self.changed:
            return self.table
        before = count(self.table)
        rows = max(before, max(self.changed) + 1)
        if rows == before:
            values = array("i")
            values.frombytes(self.table)
        else:
            values = array("i")
            for which in Column:
                values.extend(column(self.table, which))
                values.extend([_UNKNOWN[which]] * (rows - before))
        for index, row in self.changed.items():
            for place in range(_WIDTH):
                values[place * rows + index] = row[place]
        return values.tobytes()
