"""Partition and PartitionChange: the records that a log mostly consists of, read without a reader object."""

from __future__ import annotations

import struct
from typing import Final

from ktui.adapters.kafka.log.records import PartitionChanged, PartitionSet
from ktui.adapters.kafka.wire import uvarint
from ktui.adapters.replica_sets import number_of

_HEAD: Final = struct.Struct(">i16s")
_LEADER: Final = struct.Struct(">iii")
_INT32: Final = struct.Struct(">i")
_UUID: Final = 16
_INT: Final = 4
_RECOVERING: Final = 1
_LEADER_UNCHANGED: Final = -2
_STATE_UNCHANGED: Final = -1
NEWEST_PARTITION: Final = 2
NEWEST_CHANGE: Final = 2
_WITH_DIRECTORIES: Final = 1
MOST_PARTITIONS: Final = 1_000_000
"""No topic has more; a higher index is no index."""

_REMEMBERED: Final = 65_536
_sets: Final[dict[bytes, int]] = {}
"""Arrays of int32 as they are on the wire, to numbers of replica sets."""


def set_number(raw: bytes) -> int:
    """The number of a replica set from its ids as big-endian int32."""
    number = _sets.get(raw)
    if number is None:
        if len(_sets) >= _REMEMBERED:
            _sets.clear()
        number = _sets[raw] = number_of(struct.unpack(f">{len(raw) // _INT}i", raw))
    return number


def read_partition(data: bytes, position: int, end: int, version: int) -> PartitionSet:
    """The body of a Partition record, versions 0 to 2, which must fill the bytes up to `end`."""
    index, topic = _HEAD.unpack_from(data, position)
    replicas, position = _ids(data, position + _HEAD.size)
    isr, position = _ids(data, position)
    removing, position = _ids(data, position)
    adding, position = _ids(data, position)
    leader, leader_epoch, epoch = _LEADER.unpack_from(data, position)
    position += _LEADER.size
    if version >= _WITH_DIRECTORIES:
        position = _after_array(data, position, _UUID)
    is_recovering = False
    tags, position = uvarint(data, position)
    for _ in range(tags):
        tag, value, position = _tag(data, position, end)
        if tag == 0:
            is_recovering = value[0] == _RECOVERING
    _check(index, position, end)
    return PartitionSet(
        topic, index, leader, leader_epoch, epoch, set_number(replicas or b""), set_number(isr or b""),
        bool(removing), bool(adding), is_recovering,
    )  # fmt: skip


def read_partition_change(data: bytes, position: int, end: int) -> PartitionChanged:
    """The body of a PartitionChange record, versions 0 to 2; all that changes is in tagged fields."""
    index, topic = _HEAD.unpack_from(data, position)
    leader = replicas = isr = None
    removing = adding = is_recovering = None
    tags, position = uvarint(data, position + _HEAD.size)
    for _ in range(tags):
        tag, value, position = _tag(data, position, end)
        if tag == 1:
            (told,) = _INT32.unpack(value)
            leader = None if told == _LEADER_UNCHANGED else told
        elif tag == 0:
            isr = _number_in(value)
        elif tag == 2:
            replicas = _number_in(value)
        elif tag == 3:
            removing = _has_any(value)
        elif tag == 4:
            adding = _has_any(value)
        elif tag == 5:
            (state,) = struct.unpack(">b", value)
            is_recovering = None if state == _STATE_UNCHANGED else state == _RECOVERING
    _check(index, position, end)
    return PartitionChanged(topic, index, leader, replicas, isr, removing, adding, is_recovering)


def _check(index: int, position: int, end: int) -> None:
    if position != end:
        raise ValueError("a record is longer or shorter than its fields")
    if not 0 <= index < MOST_PARTITIONS:
        raise ValueError(f"partition {index}")


def _ids(data: bytes, position: int) -> tuple[bytes | None, int]:
    """An array of int32 as it is on the wire (None for null), and the position after it."""
    count = data[position]
    position += 1
    if count > 0x7F:
        count, position = uvarint(data, position - 1)
    if not count:
        return None, position
    end = position + _INT * (count - 1)
    if end > len(data):
        raise ValueError("an array is cut off")
    return data[position:end], end


def _after_array(data: bytes, position: int, item: int) -> int:
    count, position = uvarint(data, position)
    return position + item * max(0, count - 1)


def _tag(data: bytes, position: int, end: int) -> tuple[int, bytes, int]:
    """A tagged field: its number, its bytes, and the position after it."""
    tag, size = data[position], data[position + 1]
    position += 2
    if tag > 0x7F or size > 0x7F:
        tag, position = uvarint(data, position - 2)
        size, position = uvarint(data, position)
    after = position + size
    if after > end:
        raise ValueError("a tagged field is cut off")
    return tag, data[position:after], after


def _number_in(value: bytes) -> int | None:
    """The replica set in a tagged field; None where it is null, which stands for unchanged."""
    raw, position = _ids(value, 0)
    if position != len(value):
        raise ValueError("an array is longer or shorter than its field")
    return None if raw is None else set_number(raw)


def _has_any(value: bytes) -> bool | None:
    raw, _ = _ids(value, 0)
    return None if raw is None else bool(raw)
