"""Records of magic 2, read field by field: for what the compiled reader cannot read, and to test it.

Source: DefaultRecord.java.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from ktui.adapters.errors import BadAnswer
from ktui.adapters.kafka.tail.batches import HEADER_BYTES, Batch

_VARLONG_BYTES = 10


class PlainRecord(NamedTuple):
    """As `Raw`."""

    offset: int
    timestamp: int
    timestamp_type: int
    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, bytes | None]]


def plain_records(data: bytes, batch: Batch) -> Iterator[PlainRecord]:
    """Of a batch without compression, header included. BadAnswer, also while it yields."""
    try:
        yield from _records(data, batch)
    except (IndexError, ValueError, struct.error) as error:
        raise BadAnswer(f"the batch at offset {batch.base_offset} cannot be read: {error}") from error


def _records(data: bytes, batch: Batch) -> Iterator[PlainRecord]:
    (first_timestamp,) = struct.unpack_from(">q", data, 27)
    position = HEADER_BYTES
    for _ in range(batch.records):
        length, position = _varlong(data, position)
        end = position + length
        position += 1
        timestamp_delta, position = _varlong(data, position)
        offset_delta, position = _varlong(data, position)
        key, position = _bytes(data, position)
        value, position = _bytes(data, position)
        headers, position = _headers(data, position)
        if position != end:
            raise ValueError("a record has not the length that it claims")
        at = batch.max_timestamp if batch.has_log_append_time else first_timestamp + timestamp_delta
        kind = int(batch.has_log_append_time)
        yield PlainRecord(batch.base_offset + offset_delta, at, kind, key, value, headers)
    if position != len(data):
        raise ValueError(f"{len(data) - position} bytes are left over")


def _headers(data: bytes, position: int) -> tuple[list[tuple[str, bytes | None]], int]:
    count, position = _varlong(data, position)
    if count < 0:
        raise ValueError("a number of headers is below zero")
    found: list[tuple[str, bytes | None]] = []
    for _ in range(count):
        name, position = _bytes(data, position)
        if name is None:
            raise ValueError("a header has no name")
        value, position = _bytes(data, position)
        found.append((name.decode("utf-8", "surrogateescape"), value))
    return found, position


def _bytes(data: bytes, position: int) -> tuple[bytes | None, int]:
    length, position = _varlong(data, position)
    if length < 0:
        return None, position
    end = position + length
    if end > len(data):
        raise ValueError("a field is cut off")
    return data[position:end], end


def _varlong(data: bytes, position: int) -> tuple[int, int]:
    """A zigzag varint of up to 64 bits, and the position after it."""
    value = shift = 0
    for _ in range(_VARLONG_BYTES):
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1), position
        shift += 7
    raise ValueError("a number is too long")
