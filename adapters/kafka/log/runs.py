"""Many Partition records at once: those of a topic follow each other, all as long, so columns can be cut out of them.

A run ends where a record has another length or type. Runs of one shape are collected over several topics and cut
together; every byte that the shape takes for granted is checked, and where one differs the records are read one by one.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Final, NamedTuple

from ktui.adapters.kafka.log.partition_records import MOST_PARTITIONS, set_number
from ktui.adapters.kafka.log.records import PartitionRun
from ktui.adapters.kafka.metadata_tables import ascending, big_endian_column

_INT: Final = 4
_UUID: Final = 16
_NUMBERS: Final = 12
"""Bytes of leader, leader epoch and partition epoch."""
_MOST: Final = 0x7E
"""Entries of an array whose count takes one byte."""
_HIGH_BIT: Final = bytes(byte & 0x80 for byte in range(256))
_REMEMBERED: Final = 65_536
_LEAST_LOOK: Final = 16
"""Records among which the end of a run is looked for; about twice as many as the last runs had."""
_MOST_LOOK: Final = 2_048
_WITH_DIRECTORIES: Final = 1
_PAIR: Final = struct.Struct("=ii")


class Frame(NamedTuple):
    """Where the parts of a record lie."""

    start: int
    length: int
    """Bytes of the varint with which it starts."""
    delta: int
    """The varint of its offset."""
    after_delta: int
    body: int
    """Behind the frame version, the type and the version, a byte each."""
    end: int


class Shape:
    """Partition records of one length: so many replicas, in-sync replicas and directories, and no tagged field."""

    def __init__(self, head: bytes, delta_width: int, middle: bytes, counts: tuple[int, int, int]) -> None:
        replicas, in_sync, directories = counts
        after_delta = len(head) + delta_width
        self.index: Final = after_delta + len(middle)
        region = self.index + _INT + _UUID
        isr = region + 1 + _INT * replicas
        self.numbers: Final = isr + 1 + _INT * in_sync + 2
        tail = self.numbers + _NUMBERS
        fixed = [*enumerate(head), *enumerate(middle, after_delta)]
        fixed += [(region, replicas + 1), (isr, in_sync + 1), (self.numbers - 2, 1), (self.numbers - 1, 1)]
        if directories >= 0:
            fixed.append((tail, directories + 1))
            tail += 1 + _UUID * directories
        fixed += [(tail, 0), (tail + 1, 0)]
        self.stride: Final = tail + 2
        self._fixed: Final = fixed
        self._delta: Final = range(len(head), after_delta)
        self._row: Final = (
            f"{self.index + _INT}x{_UUID}s{self.numbers - region}s{self.stride - self.numbers}x"
        )
        self.pairs: Final = _Pairs(
            slice(1, 1 + _INT * replicas), slice(isr - region + 1, isr - region + 1 + _INT * in_sync)
        )
        self._forms: Final[dict[int, struct.Struct]] = {}

    def fits(self, block: bytes, rows: int) -> bool:
        """Whether all rows have what the shape takes for granted."""
        stride, last = self.stride, self._delta[-1]
        return all(block[place::stride] == bytes([byte]) * rows for place, byte in self._fixed) and all(
            block[place::stride].translate(_HIGH_BIT) == (b"\0" if place == last else b"\x80") * rows
            for place in self._delta
        )

    def rows(self, block: bytes, rows: int) -> tuple[bytes, ...]:
        """Topic id and arrays of each row, one after the other."""
        form = self._forms.get(rows)
        if form is None:
            if len(self._forms) >= 256:
                self._forms.clear()
            form = self._forms[rows] = struct.Struct(self._row * rows)
        return form.unpack(block)


class _Pairs(dict[bytes, bytes]):
    """The arrays of a row to the numbers of its replica set and of its in-sync set, as two native int32."""

    def __init__(self, replicas: slice, isr: slice) -> None:
        super().__init__()
        self._replicas = replicas
        self._isr = isr

    def __missing__(self, region: bytes) -> bytes:
        if len(self) >= _REMEMBERED:
            self.clear()
        pair = _PAIR.pack(set_number(region[self._replicas]), set_number(region[self._isr]))
        self[region] = pair
        return pair


def shape_of(data: bytes, frame: Frame) -> Shape | None:
    """The shape of the Partition record here; None: it has to be read by itself."""
    region = frame.body + _INT + _UUID
    try:
        replicas = data[region] - 1
        in_sync = data[region + 1 + _INT * replicas] - 1
        tail = region + 2 + _INT * (replicas + in_sync) + 2 + _NUMBERS
        directories = data[tail] - 1 if data[frame.body - 1] >= _WITH_DIRECTORIES else -1
    except IndexError:
        return None
    if not (0 <= replicas <= _MOST and 0 <= in_sync <= _MOST and directories <= _MOST):
        return None
    head, middle = data[frame.start : frame.delta], data[frame.after_delta : frame.body]
    shape = _shape(head, frame.after_delta - frame.delta, middle, (replicas, in_sync, directories))
    return shape if shape.stride == frame.end - frame.start else None


@lru_cache(maxsize=1024)
def _shape(head: bytes, delta_width: int, middle: bytes, counts: tuple[int, int, int]) -> Shape:
    return Shape(head, delta_width, middle, counts)


class Runs:
    """Collects runs of one shape, and cuts them into columns together."""

    def __init__(self) -> None:
        self.rows = 0
        self.shape: Shape | None = None
        self._pieces: list[bytes] = []
        self._lengths: list[int] = []
        self._look = _LEAST_LOOK
        self._before = 0
        """How many the last run had."""

    def take(self, data: bytes, frame: Frame, shape: Shape, most: int) -> int:
        """How many records from here on, at most so many, have this length and type: they are taken."""
        stride, start = shape.stride, frame.start
        until = start + self._look * stride
        count = min(self._look, most)
        for place in (*range(frame.length), frame.body - 2 - start):
            column = data[start + place : until : stride]
            count = min(count, len(column) - len(column.lstrip(column[:1])))
        whole = (len(data) - start) // stride
        count = max(1, min(count, whole))
        self._look = min(max(_LEAST_LOOK, 2 * count, 2 * self._before), _MOST_LOOK)
        self._before = count
        self.shape = shape
        self.rows += count
        self._pieces.append(data[start : start + count * stride])
        self._lengths.append(count)
        return count

    def cut(self) -> list[PartitionRun] | None:
        """The runs as columns; None: something in them is not as it should be, they have to be read one by one."""
        shape, rows = self.shape, self.rows
        if shape is None:
            return []
        block = b"".join(self._pieces)
        if not shape.fits(block, rows):
            return None
        told = shape.rows(block, rows)
        ids, pairs = told[::2], b"".join(map(shape.pairs.__getitem__, told[1::2]))
        indexes, leader, epoch, version = (
            big_endian_column(block, place, shape.stride)
            for place in (shape.index, *range(shape.numbers, shape.numbers + _NUMBERS, _INT))
        )
        numbers = memoryview(pairs).cast("i")
        columns = (
            leader,
            epoch,
            numbers[::2].tobytes(),
            numbers[1::2].tobytes(),
            bytes(_INT * rows),
            version,
        )
        runs, first = [], 0
        for length in self._lengths:
            after = first + length
            here = slice(_INT * first, _INT * after)
            (lowest,) = memoryview(indexes)[here][:_INT].cast("i")
            is_one_topic = ids[first:after] == ids[first : first + 1] * length
            is_possible = 0 <= lowest <= MOST_PARTITIONS - length
            if not (is_one_topic and is_possible and indexes[here] == ascending(length, lowest)):
                return None
            runs.append(PartitionRun(ids[first], lowest, b"".join([column[here] for column in columns])))
            first = after
        return runs

    def pieces(self) -> list[bytes]:
        """The records as they came."""
        return self._pieces

    def clear(self) -> None:
        self.rows, self.shape = 0, None
        self._pieces, self._lengths = [], []
