"""The answer to ListOffsets as columns, read in steps. Source: ListOffsetsResponse.json of Kafka 4.4."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from ktui.adapters.kafka.offsets_wire import form_of
from ktui.adapters.kafka.steps import Pace, Steps
from ktui.adapters.kafka.wire import WireReader, after_tags, decoding, uvarint

_INT16: Final = struct.Struct(">h")
_INT32: Final = struct.Struct(">i")


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What an answer says beside the offsets, row by row; the same object as long as it says the same."""

    topics: tuple[tuple[str, int, int], ...]
    """Name, first row and the row after the last; brokers give topics and partitions in any order."""
    indexes: array[int]
    epochs: array[int]
    """Leader epochs; -1 before version 4 and beside an error."""
    errors: array[int]
    """Error codes; 0 is none."""


class EndOffsets(NamedTuple):
    """One answer."""

    rows: Rows
    offsets: Sequence[int]
    """The offset of the next record by row; means nothing beside an error."""
    throttle_ms: int


class Decoded(NamedTuple):
    """An answer, and where its entries lie."""

    answer: EndOffsets
    starts: array[int]
    """Byte position of the first entry of each topic."""
    has_tags: bool
    """Whether any entry has tagged fields, so that entries are not all of one width."""


def decode(version: int, data: bytes) -> Steps[Decoded]:
    """Read an answer of any shape, in steps. BadAnswer."""
    table = _Table(version, data)
    is_plain = yield from table.read_plain()
    if not is_plain:
        table = _Table(version, data)
        with decoding("ListOffsets"):
            yield from table.read_tagged()
    yield
    return table.result()


class _Table:
    """Collects the values of all entries, one after the other, and the topics they belong to."""

    def __init__(self, version: int, data: bytes) -> None:
        self._form = form_of(version)
        self._data = data
        self._topics: list[tuple[str, int, int]] = []
        self._starts = array("q")
        self._values: list[int] = []
        self._has_tags = False
        self._throttle_ms = 0

    def read_plain(self) -> Steps[bool]:
        """Whether it could be read without looking for tagged fields, of which no known answer has any."""
        try:
            at = yield from self._plain_topics()
        except (IndexError, ValueError, struct.error):
            return False
        if self._form.is_flexible:
            return self._data[at:] == b"\0" and not any(self._column(len(self._form.fields) - 1))
        return at == len(self._data)

    def _plain_topics(self) -> Steps[int]:
        data, form, pace = self._data, self._form, Pace()
        wire = WireReader(data, is_flexible=form.is_flexible)
        self._throttle_ms = wire.int32() if form.has_throttle else 0
        topics, at, row = wire.array_length(item_bytes=3), wire.position, 0
        head = _flexible_head if form.is_flexible else _fixed_head
        for _ in range(topics):
            name, count, at = head(data, at)
            self._starts.append(at)
            self._topics.append((name, row, row + count))
            row += count
            if count * form.width > len(data) - at:
                raise ValueError("an array is cut off")
            rows = _rows_struct(form.version, count)
            self._values += rows.unpack_from(data, at)
            at += rows.size
            if form.is_flexible:
                if data[at]:
                    raise ValueError("a topic has tagged fields")
                at += 1
            if pace.is_over():
                yield
                pace.restart()
        return at

    def read_tagged(self) -> Steps[None]:
        """Field by field."""
        wire = WireReader(self._data, is_flexible=self._form.is_flexible)
        pace, one, row = Pace(), _rows_struct(self._form.version, 1), 0
        self._throttle_ms = wire.int32() if self._form.has_throttle else 0
        for _ in range(wire.array_length(item_bytes=3)):
            name = wire.string()
            count = wire.array_length(item_bytes=self._form.width)
            self._starts.append(wire.position)
            self._topics.append((name, row, row + count))
            row += count
            for _ in range(count):
                self._values += one.unpack(wire.take(one.size))
                if self._form.is_flexible:
                    wire.position = after_tags(wire.data, wire.position - 1)
            wire.tags()
            if pace.is_over():
                yield
                pace.restart()
        wire.tags()
        wire.end()
        self._has_tags = True

    def _column(self, number: int) -> list[int]:
        return self._values[number :: len(self._form.fields)]

    def result(self) -> Decoded:
        indexes, errors = array("i", self._column(0)), array("h", self._column(1))
        epochs = array("i", self._column(4) if self._form.has_epoch else [-1] * len(indexes))
        rows = Rows(tuple(self._topics), indexes, epochs, errors)
        answer = EndOffsets(rows, array("q", self._column(3)), self._throttle_ms)
        return Decoded(answer, self._starts, self._has_tags)


def _flexible_head(data: bytes, at: int) -> tuple[str, int, int]:
    """A topic's name, how many entries it has, and where they begin."""
    size, at = uvarint(data, at) if data[at] & 0x80 else (data[at], at + 1)
    end = at + size - 1
    if not size:
        raise ValueError("a text is missing")
    name = data[at:end].decode()
    count, at = uvarint(data, end) if data[end] & 0x80 else (data[end], end + 1)
    return name, max(0, count - 1), at


def _fixed_head(data: bytes, at: int) -> tuple[str, int, int]:
    (size,) = _INT16.unpack_from(data, at)
    if size < 0:
        raise ValueError("a text is missing")
    end = at + 2 + size
    (count,) = _INT32.unpack_from(data, end)
    return data[at + 2 : end].decode(), max(0, count), end + 4


@lru_cache(maxsize=256)
def _rows_struct(version: int, count: int) -> struct.Struct:
    return struct.Struct(">" + form_of(version).fields * count)
