"""Which replicas are offline: those on brokers that are not registered or are fenced, as brokers themselves tell it.

A replica in a failed directory of a broker that is up is not among them: the broker tells of its directories itself.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection
from typing import Final

from ktui.adapters.kafka.metadata_tables import ints
from ktui.adapters.partitions import Column, column, count
from ktui.adapters.replica_sets import number_of, replicas_of

_FIRST: Final = int(Column.OFFLINE)


class OfflineSets(dict[int, int]):
    """By number of a replica set, the number of those of it that are offline while these brokers are up."""

    def __init__(self, up: Collection[int] = ()) -> None:
        super().__init__()
        self.up = frozenset(up)

    def __missing__(self, replicas: int) -> int:
        number = self[replicas] = number_of(b for b in replicas_of(replicas) if b not in self.up)
        return number

    def marked(self, table: bytes) -> bytes:
        """The table with its offline replicas told; the same object when that is what it says already."""
        rows = count(table)
        numbers = list(map(self.__getitem__, column(table, Column.REPLICAS).tolist()))
        if column(table, Column.OFFLINE).tolist() == numbers:
            return table
        values = ints(table)
        values[_FIRST * rows : (_FIRST + 1) * rows] = array("i", numbers)
        return values.tobytes()
