"""Record batches (magic 2) of the metadata log: found, checked, unpacked; their records are left as bytes.

Layout: base offset i64, length i32, leader epoch i32, magic i8, crc32c u32, attributes i16, last offset delta i32,
base and max timestamp i64, producer id i64, epoch i16, sequence i32, record count i32, records.
Source: `DefaultRecordBatch` of kafka-clients. Kafka writes this log uncompressed; compressed batches are read too.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from crc32c import crc32c

from ktui.adapters.kafka.log.compression import unpacked

_HEADER: Final = struct.Struct(">qiibIhiqqqhii")
_LENGTH: Final = struct.Struct(">qi")
_BEFORE_LENGTH_COUNTS: Final = _LENGTH.size
_CHECKED_FROM: Final = 21
"""The checksum covers everything from the attributes on."""
LARGEST: Final = 64 << 20
"""Bytes of a batch; Kafka's controllers write none above 8 MiB."""
_MAGIC: Final = 2
_CODEC: Final = 0x07
_CONTROL: Final = 0x20
_LEAST_RECORD: Final = 7
"""Bytes of a record without key and value."""


class Damaged(ValueError):
    """Bytes that are no batch; `position` is where it would start, `next_position` where another one may."""

    def __init__(self, position: int, reason: str, next_position: int | None = None) -> None:
        super().__init__(reason)
        self.position = position
        self.next_position = next_position
        """None: its length cannot be believed either."""


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch, its checksum verified."""

    base_offset: int
    last_offset: int
    epoch: int
    """The leader epoch in which it was appended; in a snapshot that of the snapshot."""
    timestamp_ms: int
    """When the leader appended it; in a snapshot when that was made."""
    is_control: bool
    count: int
    records: bytes
    """Unpacked."""


def batch_at(data: bytes, position: int) -> tuple[Batch | None, int]:
    """The batch that starts here, and where the next one starts; None and the same position: it is cut off.

    Raises Damaged for what is no batch, has a wrong checksum or cannot be unpacked.
    """
    left = len(data) - position
    if left < _BEFORE_LENGTH_COUNTS:
        return None, position
    base, length = _LENGTH.unpack_from(data, position)
    if base < 0 or not _HEADER.size - _BEFORE_LENGTH_COUNTS <= length <= LARGEST:
        raise Damaged(position, f"there is no batch here (offset {base}, length {length})")
    if left < _BEFORE_LENGTH_COUNTS + length:
        return None, position
    end = position + _BEFORE_LENGTH_COUNTS + length
    return _checked(data, position, end), end


def batches(data: bytes, position: int = 0) -> Iterator[Batch]:
    """All whole batches from here on; one that is cut off at the end is left out. Raises Damaged."""
    while True:
        batch, position = batch_at(data, position)
        if batch is None:
            return
        yield batch


def _checked(data: bytes, position: int, end: int) -> Batch:
    head = _HEADER.unpack_from(data, position)
    base, _, epoch, magic, checksum, attributes, last_delta, _, newest, _, _, _, count = head
    if magic != _MAGIC:
        raise Damaged(position, f"batch {base}: format {magic} is not known", end)
    if crc32c(memoryview(data)[position + _CHECKED_FROM : end]) != checksum:
        raise Damaged(position, f"batch {base}: the checksum is wrong", end)
    try:
        records = unpacked(attributes & _CODEC, data[position + _HEADER.size : end])
    except ValueError as error:
        raise Damaged(position, f"batch {base}: {error}", end) from error
    if last_delta < 0 or count < 0 or count * _LEAST_RECORD > len(records):
        raise Damaged(position, f"batch {base}: its counts cannot be", end)
    return Batch(base, base + last_delta, epoch, newest, bool(attributes & _CONTROL), count, records)
