"""From partitions on the wire to tables: columns cut out of many partitions at once where they are all as long."""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Final

from ktui.adapters.kafka.metadata_layout import Layout, Shape
from ktui.adapters.kafka.wire import uvarint
from ktui.adapters.partitions import NOT_LOADED, Column, pack
from ktui.adapters.replica_sets import EMPTY, number_of

WIDTH: Final = 4
MAX_INDEX: Final = 1_000_000
"""No topic has more partitions; a higher index is a broken answer."""

_REMEMBERED_REGIONS: Final = 100_000
_REMEMBERED_PARTITIONS: Final = 256
"""Orders of larger topics are worked out each time."""
_MINUS_ONE: Final = array("i", [-1]).tobytes()
_SETS: Final = 3
"""Replicas, ISR, offline replicas."""
_NUMBERS: Final = struct.Struct("=iii")
_INT32: Final = struct.Struct(">i")
_UNKNOWN: Final = {Column.LEADER: NOT_LOADED, Column.LEADER_EPOCH: NOT_LOADED, Column.VERSION: -1}


class Regions(dict[bytes, bytes]):
    """The arrays of a partition as they are on the wire, to the numbers of their replica sets as native int32."""

    def __init__(self, layout: Layout) -> None:
        super().__init__()
        self._layout = layout

    def __missing__(self, region: bytes) -> bytes:
        position, numbers = 0, [EMPTY, EMPTY, EMPTY]
        for which in range(self._layout.array_count):
            if self._layout.is_flexible:
                count, position = uvarint(region, position)
                count -= 1
            else:
                (count,) = _INT32.unpack_from(region, position)
                position += WIDTH
            if count:
                numbers[which] = number_of(struct.unpack_from(f">{count}i", region, position))
                position += WIDTH * count
        if len(self) >= _REMEMBERED_REGIONS:
            self.clear()
        self[region] = value = _NUMBERS.pack(*numbers)
        return value

    def columns(self, regions: Iterable[bytes]) -> list[bytes]:
        """The replica sets, ISRs and offline replicas of partitions, as columns."""
        numbers = memoryview(b"".join(map(self.__getitem__, regions))).cast("i")
        return [numbers[which::_SETS].tobytes() for which in range(_SETS)]


class Columns:
    """Columns of native int32 over partitions, one after another."""

    __slots__ = ("_columns", "_layout", "_regions")

    def __init__(self, layout: Layout, regions: Regions) -> None:
        self._layout: Final = layout
        self._regions: Final = regions
        self._columns: list[bytes] = []
        """The indexes, and then the columns of a table."""

    def add(self, block: bytes, shape: Shape) -> None:
        """Append partitions of one shape; at most some ten thousand, as other threads wait meanwhile."""
        stride = shape.stride
        partitions = len(block) // stride
        unknown = _MINUS_ONE * partitions
        added = [
            big_endian_column(block, 2, stride),
            big_endian_column(block, 6, stride),
            big_endian_column(block, 10, stride) if self._layout.has_epoch else unknown,
            *self._regions.columns(shape.regions(block, partitions)),
            unknown,
        ]
        self._columns = [*map(bytes.__add__, self._columns, added)] if self._columns else added

    def table(self, first: int, partitions: int) -> bytes:
        """The table of the topic whose partitions start at this place; ValueError for impossible indexes."""
        start, end = WIDTH * first, WIDTH * (first + partitions)
        indexes, *parts = [column[start:end] for column in self._columns]
        if indexes == ascending(partitions):
            return b"".join(parts)
        return in_order(indexes, [ints(part) for part in parts])


def big_endian_column(block: bytes, offset: int, stride: int) -> bytes:
    """The big-endian int32 at this offset of each row, as native ones."""
    native = bytearray(WIDTH * (len(block) // stride))
    for place in range(WIDTH):
        to = WIDTH - 1 - place if sys.byteorder == "little" else place
        native[to::WIDTH] = block[offset + place :: stride]
    return bytes(native)


def in_order(indexes: bytes, columns: Sequence[array[int]]) -> bytes:
    """A table from columns in any order of partitions; ValueError when an index is there twice or impossible."""
    is_small = len(indexes) <= WIDTH * _REMEMBERED_PARTITIONS
    permutation = _known_permutation(indexes) if is_small else _permutation(indexes)
    if permutation is not None:
        return pack([array("i", permutation(column)) for column in columns])
    return _with_holes(ints(indexes).tolist(), columns)


@lru_cache(maxsize=1024)
def _known_permutation(indexes: bytes) -> itemgetter[tuple[int, ...]] | None:
    """Brokers that send partitions unsorted send those of topics of the same size in the same order."""
    return _permutation(indexes)


def _permutation(indexes: bytes) -> itemgetter[tuple[int, ...]] | None:
    """What picks partitions 0, 1, 2 … from a column; None when some are missing or twice there."""
    order = ints(indexes).tolist()
    places = {index: place for place, index in enumerate(order)}
    if len(order) < 2 or len(places) != len(order) or min(places) or max(places) != len(order) - 1:
        return None
    return itemgetter(*(places[index] for index in range(len(order))))


def _with_holes(order: Sequence[int], columns: Sequence[array[int]]) -> bytes:
    if len(set(order)) != len(order) or min(order) < 0 or max(order) > MAX_INDEX:
        raise ValueError("partition indexes that cannot be")
    size = max(order) + 1
    filled = []
    for which, column in zip(Column, columns, strict=True):
        values = array("i", [_UNKNOWN.get(which, EMPTY)]) * size
        for index, value in zip(order, column, strict=True):
            values[index] = value
        filled.append(values)
    return pack(filled)


def ints(data: bytes) -> array[int]:
    values = array("i")
    values.frombytes(data)
    return values


@lru_cache(maxsize=512)
def ascending(count: int, first: int = 0) -> bytes:
    """So many numbers from the first one on, as native int32."""
    return array("i", range(first, first + count)).tobytes()
