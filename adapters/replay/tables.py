"""Tables of partitions that mean the same in every process: replica sets as values, columns of many topics at once."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from ktui.adapters.errors import BadAnswer
from ktui.adapters.partitions import Column, column, count, pack
from ktui.adapters.replica_sets import number_of, replicas_of

SETS: Final = frozenset({Column.REPLICAS, Column.ISR, Column.OFFLINE})
_INT: Final = array("i").itemsize


class Tables(NamedTuple):
    """Tables in their order."""

    counts: list[int]
    """Partitions of each."""
    sets: list[list[int]]
    """The replica sets that occur; the columns of sets hold places in this list."""
    columns: bytes
    """Column after column, each over all tables, of little-endian int32."""


def portable(tables: Sequence[bytes]) -> Tables:
    """From tables of this process."""
    places: dict[int, int] = {}
    columns: list[bytes] = []
    for which in Column:
        values = array("i")
        for table in tables:
            values.frombytes(column(table, which).cast("B"))
        if which in SETS:
            values = array("i", [places.setdefault(number, len(places)) for number in values])
        columns.append(little_endian(values))
    sets = [list(replicas_of(number)) for number in places]
    return Tables([count(table) for table in tables], sets, b"".join(columns))


def native(tables: Tables) -> list[bytes]:
    """Tables of this process; BadAnswer when the parts do not fit."""
    total = sum(tables.counts)
    if len(tables.columns) != total * _INT * len(Column) or min(tables.counts, default=0) < 0:
        raise BadAnswer("the columns of a table do not have the length they should have")
    numbers = [number_of(members) for members in tables.sets]
    columns: list[array[int]] = []
    for which in Column:
        size = total * _INT
        values = from_little_endian("i", tables.columns[which * size : (which + 1) * size])
        if which in SETS:
            values = _numbered(values, numbers)
        columns.append(values)
    return list(_cut(columns, tables.counts))


def _numbered(places: array[int], numbers: Sequence[int]) -> array[int]:
    if places and not (min(places) >= 0 and max(places) < len(numbers)):
        raise BadAnswer("a table names a replica set that is not there")
    return array("i", map(numbers.__getitem__, places))


def _cut(columns: Sequence[array[int]], counts: Sequence[int]) -> Iterable[bytes]:
    start = 0
    for rows in counts:
        yield pack([values[start : start + rows] for values in columns])
        start += rows


def little_endian(values: array[Any]) -> bytes:
    """The bytes of an array as every machine writes them."""
    if sys.byteorder == "big":
        values = values[:]
        values.byteswap()
    return values.tobytes()


def from_little_endian(typecode: str, data: bytes) -> array[Any]:
    """The array again; BadAnswer when it is cut."""
    values: array[Any] = array(typecode)
    try:
        values.frombytes(data)
    except ValueError as error:
        raise BadAnswer(f"an array is cut: {error}") from error
    if sys.byteorder == "big":
        values.byteswap()
    return values
