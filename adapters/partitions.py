"""A topic's partitions as one immutable bytes: column after column of native int32, row i is partition i."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from ktui.adapters.replica_sets import EMPTY, number_of, replicas_of

NO_LEADER: Final = -1
NOT_LOADED: Final = -2
"""Leader and epoch of a partition whose state has not been read (ZooKeeper: the znode is not there yet)."""


class Column(IntEnum):
    """The columns in their order; REPLICAS, ISR and OFFLINE hold numbers of `replica_sets`."""

    LEADER = 0
    LEADER_EPOCH = 1
    REPLICAS = 2
    ISR = 3
    OFFLINE = 4
    VERSION = 5
    """Partition epoch, or the version of the state znode; -1 where the source does not tell."""


_WIDTH: Final = len(Column)
_INT: Final = array("i").itemsize


@dataclass(frozen=True, slots=True)
class Partition:
    """One partition, made on demand for a row on screen, for JSON and for tests."""

    index: int
    leader: int
    """Broker id, NO_LEADER or NOT_LOADED."""
    leader_epoch: int
    replicas: tuple[int, ...]
    isr: tuple[int, ...]
    offline: tuple[int, ...]
    version: int

    @property
    def is_loaded(self) -> bool:
        return self.leader != NOT_LOADED


def pack(columns: Sequence[array[int]]) -> bytes:
    """Join six columns (array('i') of equal length, in the order of `Column`) to a table."""
    return b"".join(column.tobytes() for column in columns)


def table_of(partitions: Iterable[Partition]) -> bytes:
    """A table from partitions in any order; indexes that are missing below the highest are marked as not loaded."""
    rows = {partition.index: partition for partition in partitions}
    columns = [array("i") for _ in Column]
    for index in range(max(rows, default=-1) + 1):
        for column, value in zip(columns, _row_values(rows.get(index)), strict=True):
            column.append(value)
    return pack(columns)


def _row_values(partition: Partition | None) -> tuple[int, ...]:
    if partition is None:
        return (NOT_LOADED, NOT_LOADED, EMPTY, EMPTY, EMPTY, -1)
    return (
        partition.leader,
        partition.leader_epoch,
        number_of(partition.replicas),
        number_of(partition.isr),
        number_of(partition.offline),
        partition.version,
    )


def count(table: bytes) -> int:
    """How many partitions a table holds."""
    return len(table) // (_WIDTH * _INT)


def column(table: bytes, which: Column) -> memoryview[int]:
    """One column of a table as a view of int32, without a copy."""
    size = len(table) // _WIDTH
    return memoryview(table)[which * size : (which + 1) * size].cast("i")


def differs_in_offline_only(one: bytes, other: bytes) -> bool:
    """Whether leaders, epochs, replicas and ISRs are the same in both, which the columns before OFFLINE are."""
    told = len(one) // _WIDTH * Column.OFFLINE
    return len(one) == len(other) and one[:told] == other[:told]


def partition_at(table: bytes, index: int) -> Partition:
    """The partition with this index; IndexError beyond the table."""
    rows = count(table)
    if not 0 <= index < rows:
        raise IndexError(index)
    values = memoryview(table).cast("i")[index::rows].tolist()
    leader, epoch, replicas, isr, offline, version = values
    return Partition(
        index, leader, epoch, replicas_of(replicas), replicas_of(isr), replicas_of(offline), version
    )


def partitions(table: bytes) -> Iterator[Partition]:
    """All partitions of a table in the order of their indexes."""
    for index in range(count(table)):
        yield partition_at(table, index)


def with_partitions(table: bytes, changed: Iterable[Partition]) -> bytes:
    """A table in which these partitions took the place of the ones with the same index; it grows where needed."""
    rows = {partition.index: partition for partition in changed}
    size = max(count(table), max(rows, default=-1) + 1)
    columns = [array("i", column(table, which)) for which in Column]
    missing = _row_values(None)
    for which, values in enumerate(columns):
        values.extend([missing[which]] * (size - len(values)))
    for index, partition in rows.items():
        for values, value in zip(columns, _row_values(partition), strict=True):
            values[index] = value
    return pack(columns)
