"""Where the fields of a Metadata answer lie, for versions 1 to 13.

Source: MetadataResponse.json of Kafka 4.4; version 0 lacks the controller and is never asked for.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from ktui.adapters.kafka.operations import NOT_TOLD
from ktui.adapters.kafka.wire import after_tags, uvarint

LOWEST: Final = 1
HIGHEST: Final = 13

_LEGACY_HEAD: Final = struct.Struct(">hh")
_INT16: Final = struct.Struct(">h")
_INT32: Final = struct.Struct(">i")
_NO_ID: Final = bytes(16)
_REMEMBERED_PARTITIONS: Final = 256
"""Most topics have no more; what is compared with is made anew for larger ones."""
_UNPACKED_AT_ONCE: Final = 256


@dataclass(frozen=True, slots=True)
class Layout:
    """Which fields a version has."""

    version: int
    is_flexible: bool
    has_cluster_id: bool
    has_throttle: bool
    has_offline: bool
    has_epoch: bool
    has_topic_operations: bool
    has_topic_id: bool
    has_cluster_operations: bool
    has_error: bool

    partition_head: int
    """Bytes of a partition before its replicas: error code, index, leader, leader epoch."""
    array_count: int
    """How many arrays a partition has: replicas, ISR, offline replicas."""
    least_partition: int
    """Bytes of a partition without any replica."""
    plain_end: bytes
    """What follows a topic's partitions when no operations are told and there are no tagged fields."""


@lru_cache(maxsize=16)
def layout_of(version: int) -> Layout:
    """ValueError for a version that is not read."""
    if not LOWEST <= version <= HIGHEST:
        raise ValueError(f"Metadata version {version}")
    is_flexible = version >= 9
    partition_head = 14 if version >= 7 else 10
    array_count = 3 if version >= 5 else 2
    return Layout(
        version=version,
        is_flexible=is_flexible,
        has_cluster_id=version >= 2,
        has_throttle=version >= 3,
        has_offline=version >= 5,
        has_epoch=version >= 7,
        has_topic_operations=version >= 8,
        has_topic_id=version >= 10,
        has_cluster_operations=8 <= version <= 10,
        has_error=version >= 13,
        partition_head=partition_head,
        array_count=array_count,
        least_partition=partition_head + (array_count + 1 if is_flexible else 4 * array_count),
        plain_end=(_INT32.pack(NOT_TOLD) if version >= 8 else b"") + (b"\0" if is_flexible else b""),
    )


class TopicHead(NamedTuple):
    """A topic's fields before its partitions."""

    error: int
    name: bytes
    id: bytes | None
    is_internal: bool
    partitions: int
    first: int
    """Where the first partition starts."""


def topic_head(data: bytes, position: int, layout: Layout) -> TopicHead:
    """The head of the topic at this position, whose partitions can be there as far as their number tells."""
    if not layout.is_flexible:
        return _legacy_head(data, position, layout)
    error = 0
    if data[position] or data[position + 1]:
        (error,) = _INT16.unpack_from(data, position)
    length = data[position + 2]
    start = position + 3
    if length > 0x7F:
        length, start = uvarint(data, position + 2)
    if not length:
        raise ValueError("a topic has no name")
    end = start + length - 1
    name = data[start:end]
    topic_id: bytes | None = None
    if layout.has_topic_id:
        topic_id = data[end : end + 16]
        end += 16
        if topic_id == _NO_ID:
            topic_id = None
    is_internal = data[end]
    count = data[end + 1]
    first = end + 2
    if count > 0x7F:
        count, first = uvarint(data, end + 1)
    if count:
        count -= 1
    if count * layout.least_partition > len(data) - first:
        raise ValueError("a topic is cut off")
    return TopicHead(error, name, topic_id, is_internal != 0, count, first)


def _legacy_head(data: bytes, position: int, layout: Layout) -> TopicHead:
    error, length = _LEGACY_HEAD.unpack_from(data, position)
    if length < 0:
        raise ValueError("a topic has no name")
    start = position + 4
    end = start + length
    (count,) = _INT32.unpack_from(data, end + 1)
    count = max(0, count)
    if count * layout.least_partition > len(data) - end - 5:
        raise ValueError("a topic is cut off")
    return TopicHead(error, data[start:end], None, data[end] != 0, count, end + 5)


def topic_end(data: bytes, position: int, layout: Layout) -> tuple[int | None, int]:
    """The authorised operations that follow a topic's partitions, where told, and where the topic ends."""
    plain = layout.plain_end
    if data[position : position + len(plain)] == plain:
        return None, position + len(plain)
    operations: int | None = None
    if layout.has_topic_operations:
        (operations,) = _INT32.unpack_from(data, position)
        position += 4
    if layout.is_flexible:
        position = position + 1 if not data[position] else after_tags(data, position)
    if position > len(data):
        raise ValueError("a topic is cut off")
    return operations, position


class Shape:
    """Partitions without an error, without tags, and with so many replicas, ISR and offline replicas: all as long."""

    __slots__ = ("_expected", "_fixed", "_forms", "_places", "_region", "stride")

    def __init__(self, layout: Layout, sizes: tuple[int, ...]) -> None:
        head = position = layout.partition_head
        fixed = [(0, 0), (1, 0)]
        for size in sizes:
            count = bytes([size + 1]) if layout.is_flexible else _INT32.pack(size)
            fixed.extend((position + at, byte) for at, byte in enumerate(count))
            position += len(count) + 4 * size
        end = position
        if layout.is_flexible:
            fixed.append((position, 0))
            position += 1
        self.stride: Final = position
        self._region: Final = f"{head}x{end - head}s{position - end}x"
        self._forms: Final[dict[int, struct.Struct]] = {}
        self._fixed: Final = tuple(fixed)
        self._places: Final = tuple(place for place, _ in fixed)
        self._expected: Final[dict[int, bytes]] = {}

    def fits(self, block: bytes, partitions: int) -> bool:
        """Whether the block is so many partitions of this shape.

        By induction: the first has this length, so the second starts where its counts are looked for, and so on.
        """
        stride = self.stride
        expected = self._expected.get(partitions)
        if expected is None:
            expected = b"".join([bytes([byte]) * partitions for _, byte in self._fixed])
            if partitions <= _REMEMBERED_PARTITIONS:
                self._expected[partitions] = expected
        return b"".join([block[place::stride] for place in self._places]) == expected

    def regions(self, block: bytes, partitions: int) -> Sequence[bytes]:
        """The arrays with their counts, cut out of each partition."""
        parts: list[bytes] = []
        for start in range(0, partitions, _UNPACKED_AT_ONCE):
            size = min(_UNPACKED_AT_ONCE, partitions - start)
            form = self._forms.get(size)
            if form is None:
                form = self._forms[size] = struct.Struct(self._region * size)
            parts += form.unpack_from(block, start * self.stride)
        return parts


@lru_cache(maxsize=4096)
def _shape(layout: Layout, sizes: tuple[int, ...]) -> Shape:
    return Shape(layout, sizes)


def shape_at(data: bytes, position: int, layout: Layout) -> Shape | None:
    """The shape of the partition at this position; None when a count does not fit in one byte."""
    position += layout.partition_head
    sizes = []
    for _ in range(layout.array_count):
        if layout.is_flexible:
            size = data[position] - 1
            position += 1
        else:
            (size,) = _INT32.unpack_from(data, position)
            position += 4
        if not 0 <= size < 0x7F:
            return None
        sizes.append(size)
        position += 4 * size
    return _shape(layout, tuple(sizes))
