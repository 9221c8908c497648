"""Walking over the batches of a record set by their headers, without looking at a record.

Sources: DefaultRecordBatch.java (magic 2), LegacyRecord.java (magic 0 and 1).
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from ktui.adapters.errors import BadAnswer

_HEADER: Final = struct.Struct(">qiibIhiqqqhii")
"""Offset, length, leader epoch, magic, CRC, attributes, last offset delta, first and highest timestamp, producer id
and epoch, sequence, number of records."""
HEADER_BYTES: Final = _HEADER.size
_LOG_OVERHEAD: Final = 12
"""Offset and length; the length counts what follows it."""
_MAGIC_AT: Final = 16
_ATTRIBUTES_AT: Final = 17
_LEAST_LEGACY: Final = 26
_CODEC_MASK: Final = 0x07
_LOG_APPEND_TIME: Final = 0x08
_TRANSACTIONAL: Final = 0x10
_CONTROL: Final = 0x20
LEGACY: Final = -1
"""The number of records of a batch of the old formats, which do not tell it."""


class Batch(NamedTuple):
    """One batch, or one message (which may hold others, compressed) of the formats before magic 2."""

    start: int
    """Where it lies in the answer…"""
    end: int
    base_offset: int
    last_offset: int
    records: int
    """Records in it, LEGACY for the old formats."""
    magic: int
    attributes: int
    epoch: int
    """The leader epoch in which it was written; -1 for the old formats."""
    max_timestamp: int
    """The highest of its records; -1: not told."""
    producer_id: int
    crc: int

    @property
    def codec(self) -> int:
        """0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd."""
        return self.attributes & _CODEC_MASK

    @property
    def is_control(self) -> bool:
        """It holds the end of a transaction and no record of a producer."""
        return self.magic > 1 and self.attributes & _CONTROL != 0

    @property
    def is_transactional(self) -> bool:
        return self.magic > 1 and self.attributes & _TRANSACTIONAL != 0

    @property
    def has_log_append_time(self) -> bool:
        return self.attributes & _LOG_APPEND_TIME != 0


def walk(data: bytes, start: int, end: int) -> list[Batch]:
    """The batches that are whole; a last one that is cut off is normal, and left out. BadAnswer."""
    found: list[Batch] = []
    position = start
    while end - position > _MAGIC_AT:
        length = int.from_bytes(data[position + 8 : position + 12], "big", signed=True)
        after = position + _LOG_OVERHEAD + length
        if data[position + _MAGIC_AT] < 2:
            if length < _LEAST_LEGACY - _LOG_OVERHEAD:
                raise BadAnswer(f"Fetch: a message claims to have {length} bytes")
            if after > end:
                break
            found.append(_legacy(data, position, after))
        else:
            if length < HEADER_BYTES - _LOG_OVERHEAD:
                raise BadAnswer(f"Fetch: a batch claims to have {length} bytes")
            if after > end:
                break
            base, _, epoch, magic, crc, attributes, delta, _, max_timestamp, producer, _, _, count = (
                _HEADER.unpack_from(data, position)
            )
            if count < 0 or delta < 0:
                raise BadAnswer(f"Fetch: the batch at offset {base} claims to have {count} records")
            found.append(
                Batch(position, after, base, base + delta, count, magic, attributes, epoch, max_timestamp,
                      producer, crc)
            )  # fmt: skip
        position = after
    return found


def _legacy(data: bytes, start: int, end: int) -> Batch:
    """The offset of a message that holds others is that of its last one (in both formats, on a broker's disk)."""
    (offset,) = struct.unpack_from(">q", data, start)
    return Batch(start, end, offset, offset, LEGACY, data[start + _MAGIC_AT], data[start + _ATTRIBUTES_AT], -1, -1,
                 -1, 0)  # fmt: skip
