"""Partitions of one topic, read one by one: with errors, with ISRs of different sizes, in any order."""

from __future__ import annotations

import struct
from array import array
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from operator import itemgetter
from typing import Final

from ktui.adapters.kafka.error_codes import Code
from ktui.adapters.kafka.metadata_layout import Layout, TopicHead
from ktui.adapters.kafka.metadata_tables import Regions, in_order, ints
from ktui.adapters.kafka.steps import Pace, Steps
from ktui.adapters.kafka.wire import after_tags, uvarint
from ktui.adapters.partitions import NO_LEADER, NOT_LOADED

_PIECE: Final = 512
"""Partitions between two looks at the clock."""

_HEAD: Final = struct.Struct(">hiii")
_HEAD_WITHOUT_EPOCH: Final = struct.Struct(">hii")
_INT32: Final = struct.Struct(">i")
_CODE: Final = itemgetter(0)


@dataclass(frozen=True, slots=True)
class Mixed:
    """What was read of one topic."""

    heads: list[tuple[int, ...]]
    """Error, index, leader and, where the version has it, leader epoch."""
    regions: list[bytes]
    """The arrays with their counts, as they are on the wire."""
    errors: Mapping[int, int]
    """Code to number of partitions, without LEADER_NOT_AVAILABLE."""
    end: int

    def table(self, numbers: Regions) -> bytes:
        """The table; ValueError for indexes that cannot be."""
        if not self.heads:
            return b""
        codes, indexes, leaders, *epochs = zip(*self.heads, strict=True)
        if self.errors:
            leaders = tuple(map(_leader, codes, leaders))
        unknown = array("i", [-1]) * len(self.heads)
        columns = [
            array("i", leaders),
            array("i", epochs[0]) if epochs else unknown,
            *map(ints, numbers.columns(self.regions)),
            unknown,
        ]
        return in_order(array("i", indexes).tobytes(), columns)


def _leader(code: int, leader: int) -> int:
    """Not known, rather than none, when the error is another one than that there is none."""
    is_told = leader != NO_LEADER or code in (Code.NONE, Code.LEADER_NOT_AVAILABLE)
    return leader if is_told else NOT_LOADED


def mixed_partitions(data: bytes, head: TopicHead, layout: Layout, pace: Pace) -> Steps[Mixed]:
    """Read the partitions that follow this head."""
    heads: list[tuple[int, ...]] = []
    regions: list[bytes] = []
    position, left = head.first, head.partitions
    while left:
        piece = min(left, _PIECE)
        left -= piece
        if layout.is_flexible:
            position = _read_flexible(data, position, piece, heads, regions)
        else:
            position = _read_legacy(data, position, piece, heads, regions, layout)
        if pace.is_over():
            yield
            pace.restart()
    if position > len(data):
        raise ValueError("a topic is cut off")
    codes = Counter(map(_CODE, heads))
    codes.pop(Code.NONE, None)
    codes.pop(Code.LEADER_NOT_AVAILABLE, None)
    return Mixed(heads, regions, dict(codes), position)


def _read_flexible(
    data: bytes, position: int, partitions: int, heads: list[tuple[int, ...]], regions: list[bytes]
) -> int:
    """The position after so many partitions (versions from 9 all have an epoch and three arrays)."""
    unpack_head = _HEAD.unpack_from
    for _ in range(partitions):
        heads.append(unpack_head(data, position))
        start = position + 14
        # Counts are one more than the entries, so the next count follows 4 * count - 3 bytes later.
        if (
            0 < (count := data[end := start]) < 0x80
            and 0 < (count := data[end := end + 4 * count - 3]) < 0x80
            and 0 < (count := data[end := end + 4 * count - 3]) < 0x80
            and not data[end := end + 4 * count - 3]
        ):
            position = end + 1
        else:
            end = _after_arrays(data, start)
            position = after_tags(data, end)
        regions.append(data[start:end])
    return position


def _after_arrays(data: bytes, position: int) -> int:
    for _ in range(3):
        count, position = uvarint(data, position)
        if not count:
            raise ValueError("an array is missing")
        position += 4 * (count - 1)
    return position


def _read_legacy(
    data: bytes,
    position: int,
    partitions: int,
    heads: list[tuple[int, ...]],
    regions: list[bytes],
    layout: Layout,
) -> int:
    """The position after so many partitions."""
    form = _HEAD if layout.has_epoch else _HEAD_WITHOUT_EPOCH
    for _ in range(partitions):
        heads.append(form.unpack_from(data, position))
        position += form.size
        start = position
        for _ in range(layout.array_count):
            (count,) = _INT32.unpack_from(data, position)
            if count < 0:
                raise ValueError("an array is missing")
            position += 4 + 4 * count
        regions.append(data[start:position])
    return position
