"""Partitions of one topic, read one by one: with errors, with ISRs of different sizes, in any order."""

from __future__ import annotations

import struct
from array import array
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
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
    form = _HEAD if layout.has_epoch else _HEAD_WITHOUT_EPOCH
    after_arrays = _after_compact_arrays if layout.is_flexible else _after_legacy_arrays
    heads: list[tuple[int, ...]] = []
    regions: list[bytes] = []
    position, left = head.first, head.partitions
    while left:
        piece = min(left, _PIECE)
        left -= piece
        for _ in range(piece):
            heads.append(form.unpack_from(data, position))
            start = position + form.size
            position = after_arrays(data, start, layout.array_count)
            regions.append(data[start:position])
            if layout.is_flexible:
                position = after_tags(data, position) if data[position] else position + 1
        if pace.is_over():
            yield
            pace.restart()
    if position > len(data):
        raise ValueError("a topic is cut off")
    codes = Counter(code for code, *_ in heads)
    codes.pop(Code.NONE, None)
    codes.pop(Code.LEADER_NOT_AVAILABLE, None)
    return Mixed(heads, regions, dict(codes), position)


def _after_compact_arrays(data: bytes, position: int, arrays: int) -> int:
    for _ in range(arrays):
        count = data[position]
        position += 1
        if count > 0x7F:
            count, position = uvarint(data, position - 1)
        if not count:
            raise ValueError("an array is missing")
        position += 4 * (count - 1)
    return position


def _after_legacy_arrays(data: bytes, position: int, arrays: int) -> int:
    for _ in range(arrays):
        (count,) = _INT32.unpack_from(data, position)
        if count < 0:
            raise ValueError("an array is missing")
        position += 4 + 4 * count
    return position
