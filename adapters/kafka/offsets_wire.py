"""ListOffsets (2) by hand, versions 1 to 11: the end offsets of many partitions as a table.

An entry has a fixed width, so the next answer of the same request differs from the last one only where offsets moved:
`offsets_template` reads it with two calls. Source: ListOffsetsRequest.json and ListOffsetsResponse.json of Kafka 4.4.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from ktui.adapters.errors import NotSupported
from ktui.adapters.kafka.link import VersionRange
from ktui.adapters.kafka.steps import Pace, Steps
from ktui.adapters.kafka.wire import WireReader, after_tags, decoding, uvarint, uvarint_bytes

API_KEY: Final = 2
LOWEST: Final = 1
HIGHEST: Final = 11
MOST_PARTITIONS: Final = 5_000
"""What one request should ask for at most."""
_FIRST_WITH_THROTTLE: Final = 2
_FIRST_WITH_EPOCH: Final = 4
_FIRST_FLEXIBLE: Final = 6
_FIRST_WITH_TIMEOUT: Final = 10
_NO_REPLICA: Final = -1
"""The replica id of consumers: the answer is the high watermark."""
_READ_UNCOMMITTED: Final = 0
_ANY_EPOCH: Final = -1
_LATEST: Final = -1
_REMOTE_TIMEOUT_MS: Final = 1_000
"""For offsets that lie in tiered storage, which end offsets never do."""

_INT16: Final = struct.Struct(">h")
_INT32: Final = struct.Struct(">i")

Entry = tuple[str, Sequence[int]]
"""A topic and indexes of its partitions."""


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


@dataclass(frozen=True, slots=True)
class Form:
    """How an answer's entries are written in one version."""

    version: int

    @property
    def is_flexible(self) -> bool:
        return self.version >= _FIRST_FLEXIBLE

    @property
    def has_throttle(self) -> bool:
        return self.version >= _FIRST_WITH_THROTTLE

    @property
    def has_epoch(self) -> bool:
        return self.version >= _FIRST_WITH_EPOCH

    @property
    def fields(self) -> str:
        """Index, error, timestamp, offset, and where there are such: leader epoch, number of tagged fields."""
        return "ihqq" + "i" * self.has_epoch + "B" * self.is_flexible

    @property
    def width(self) -> int:
        """Bytes of an entry without tagged fields."""
        return 22 + 4 * self.has_epoch + self.is_flexible


@lru_cache(maxsize=16)
def form_of(version: int) -> Form:
    return Form(version)


def version_for(offered: VersionRange | None) -> int:
    """The highest version that the node takes and we know; NotSupported when there is none."""
    if offered is None:
        raise NotSupported("the server does not know ListOffsets")
    version = min(offered.highest, HIGHEST)
    if version < max(offered.lowest, LOWEST):
        raise NotSupported(
            f"ListOffsets: the server takes versions {offered.lowest} to {offered.highest},"
            f" needed is one of {LOWEST} to {HIGHEST}"
        )
    return version


def encode(version: int, entries: Iterable[Entry]) -> bytes:
    """The request for the end offsets of these partitions (body after the request header)."""
    parts = [_encoded_topic(version, name, indexes) for name, indexes in entries]
    head = struct.pack(">i", _NO_REPLICA)
    if version >= _FIRST_WITH_THROTTLE:
        head += struct.pack(">b", _READ_UNCOMMITTED)
    tail = struct.pack(">i", _REMOTE_TIMEOUT_MS) if version >= _FIRST_WITH_TIMEOUT else b""
    if not form_of(version).is_flexible:
        return b"".join((head, struct.pack(">i", len(parts)), *parts, tail))
    return b"".join((head, uvarint_bytes(len(parts) + 1), *parts, tail, b"\0"))


def _encoded_topic(version: int, name: str, indexes: Sequence[int]) -> bytes:
    raw = name.encode()
    rows = [_encoded_partition(version, index) for index in indexes]
    if form_of(version).is_flexible:
        head = uvarint_bytes(len(raw) + 1) + raw + uvarint_bytes(len(rows) + 1)
        return b"".join((head, *rows, b"\0"))
    return b"".join((struct.pack(">h", len(raw)), raw, struct.pack(">i", len(rows)), *rows))


@lru_cache(maxsize=65_536)
def _encoded_partition(version: int, index: int) -> bytes:
    row = struct.pack(">i", index)
    if version >= _FIRST_WITH_EPOCH:
        row += struct.pack(">i", _ANY_EPOCH)
    row += struct.pack(">q", _LATEST)
    return row + b"\0" if form_of(version).is_flexible else row


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


__all__ = [
    "API_KEY", "HIGHEST", "LOWEST", "MOST_PARTITIONS",
    "Decoded", "EndOffsets", "Entry", "Form", "Rows", "decode", "encode", "form_of", "version_for",
]  # fmt: skip
