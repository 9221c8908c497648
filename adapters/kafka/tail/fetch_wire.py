"""Fetch (1) by hand, versions 4 to 16: the request, and the answer's envelope with record sets left where they are.

Source: FetchRequest.json and FetchResponse.json of Kafka 4.4.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Final, NamedTuple

from ktui.adapters.errors import NotSupported
from ktui.adapters.kafka.link import VersionRange
from ktui.adapters.kafka.wire import WireReader, decoding, uvarint, uvarint_bytes

API_KEY: Final = 1
LOWEST: Final = 4
HIGHEST: Final = 16
LAST_WITH_NAMES: Final = 12
"""Later versions name topics by id only."""
_FIRST_WITH_LOG_START: Final = 5
_FIRST_WITH_SESSION: Final = 7
_FIRST_WITH_EPOCH: Final = 9
_FIRST_WITH_RACK: Final = 11
_FIRST_FLEXIBLE: Final = 12
_FIRST_WITHOUT_REPLICA: Final = 15
_NO_REPLICA: Final = -1
"""The replica id of consumers. One of a broker would take part in replication."""
_NO_SESSION: Final = struct.pack(">ii", 0, -1)
"""Session 0, epoch -1: a whole request and no session afterwards (KIP-227)."""
_DIVERGING_EPOCH: Final = 0
NOTHING: Final = -1


class Ask(NamedTuple):
    """One partition of a request."""

    partition: int
    offset: int
    max_bytes: int
    epoch: int = NOTHING
    """The leader epoch that we know: another one is answered with an error (KIP-320)."""
    last_epoch: int = NOTHING
    """The epoch of the last record that was read: a log that was cut back since is told (version 12)."""


class Terms(NamedTuple):
    """What holds for the whole request."""

    max_wait_ms: int
    max_bytes: int
    reads_committed: bool
    rack: str = ""
    min_bytes: int = 1


class Part(NamedTuple):
    """What was answered for one partition. Offsets that the version or the broker does not tell are -1."""

    partition: int
    error: int
    high_watermark: int
    last_stable: int
    log_start: int
    aborted: tuple[tuple[int, int], ...]
    """Producer id and first offset of the aborted transactions in the record set."""
    preferred: int
    """The replica that the broker would rather be read from (KIP-392); -1: itself."""
    start: int
    """The record set lies in `Fetched.data` from here…"""
    end: int
    """…up to here."""
    diverged_at: int = NOTHING
    """The log has other records from this offset on than those that were read before; -1: it has not."""


class Fetched(NamedTuple):
    """An answer; its record sets are not looked at yet."""

    data: bytes
    throttle_ms: int
    error: int
    parts: tuple[Part, ...]


def version_for(offered: VersionRange | None, *, has_topic_id: bool) -> int:
    """The highest version that the node takes and we know; NotSupported when there is none."""
    if offered is None:
        raise NotSupported("the server does not know Fetch")
    highest = HIGHEST if has_topic_id else LAST_WITH_NAMES
    version = min(offered.highest, highest)
    if version < max(offered.lowest, LOWEST):
        raise NotSupported(
            f"Fetch: the server takes versions {offered.lowest} to {offered.highest},"
            f" needed is one of {LOWEST} to {highest}"
        )
    return version


def is_flexible(version: int) -> bool:
    return version >= _FIRST_FLEXIBLE


def encode(version: int, topic: str, topic_id: bytes | None, asks: Sequence[Ask], terms: Terms) -> bytes:
    """The request for partitions of one topic (body after the request header)."""
    head = b"" if version >= _FIRST_WITHOUT_REPLICA else struct.pack(">i", _NO_REPLICA)
    head += struct.pack(
        ">iiib", terms.max_wait_ms, terms.min_bytes, terms.max_bytes, int(terms.reads_committed)
    )
    if version >= _FIRST_WITH_SESSION:
        head += _NO_SESSION
    rows = [_encoded_ask(version, ask) for ask in asks]
    rack = terms.rack.encode()
    if is_flexible(version):
        name = topic.encode()
        whom = topic_id if version > LAST_WITH_NAMES else uvarint_bytes(len(name) + 1) + name
        assert whom is not None
        parts = [head, b"\x02", whom, uvarint_bytes(len(rows) + 1), *rows, b"\0"]
        return b"".join((*parts, b"\x01", uvarint_bytes(len(rack) + 1), rack, b"\0"))
    name = topic.encode()
    parts = [head, struct.pack(">ih", 1, len(name)), name, struct.pack(">i", len(rows)), *rows]
    if version >= _FIRST_WITH_SESSION:
        parts.append(struct.pack(">i", 0))
    if version >= _FIRST_WITH_RACK:
        parts += [struct.pack(">h", len(rack)), rack]
    return b"".join(parts)


def _encoded_ask(version: int, ask: Ask) -> bytes:
    row = struct.pack(">i", ask.partition)
    if version >= _FIRST_WITH_EPOCH:
        row += struct.pack(">i", ask.epoch)
    row += struct.pack(">q", ask.offset)
    if is_flexible(version):
        row += struct.pack(">i", ask.last_epoch)
    if version >= _FIRST_WITH_LOG_START:
        row += struct.pack(">q", NOTHING)
    row += struct.pack(">i", ask.max_bytes)
    return row + b"\0" if is_flexible(version) else row


def decode(version: int, data: bytes) -> Fetched:
    """Of an answer to a request for one topic. BadAnswer."""
    with decoding("Fetch"):
        reader = WireReader(data, is_flexible=is_flexible(version))
        throttle_ms, error = reader.int32(), 0
        if version >= _FIRST_WITH_SESSION:
            error = reader.int16()
            reader.int32()
        parts: list[Part] = []
        for _ in range(reader.array_length(item_bytes=3)):
            if version > LAST_WITH_NAMES:
                reader.take(16)
            else:
                reader.string()
            parts += [_part(reader, version) for _ in range(reader.array_length(item_bytes=22))]
            reader.tags()
        reader.tags()
        reader.end()
    return Fetched(data, throttle_ms, error, tuple(parts))


def _part(reader: WireReader, version: int) -> Part:
    partition, error = reader.int32(), reader.int16()
    high_watermark, last_stable = reader.int64(), reader.int64()
    log_start = reader.int64() if version >= _FIRST_WITH_LOG_START else NOTHING
    aborted = []
    for _ in range(reader.array_length(item_bytes=16)):
        aborted.append((reader.int64(), reader.int64()))
        reader.tags()
    preferred = reader.int32() if version >= _FIRST_WITH_RACK else NOTHING
    start, end = _record_set(reader)
    diverged_at = _diverging_end(reader) if reader.is_flexible else NOTHING
    return Part(
        partition, error, high_watermark, last_stable, log_start, tuple(aborted), preferred, start, end,
        diverged_at,
    )  # fmt: skip


def _record_set(reader: WireReader) -> tuple[int, int]:
    if reader.is_flexible:
        length, reader.position = uvarint(reader.data, reader.position)
        length -= 1
    else:
        length = reader.int32()
    start = reader.position
    reader.position += max(0, length)
    if reader.position > len(reader.data):
        raise ValueError("a record set is cut off")
    return start, reader.position


def _diverging_end(reader: WireReader) -> int:
    """The end offset in the tagged field DivergingEpoch: an epoch, an offset and no tags."""
    data, found = reader.data, NOTHING
    count, position = uvarint(data, reader.position)
    for _ in range(count):
        tag, position = uvarint(data, position)
        size, position = uvarint(data, position)
        if tag == _DIVERGING_EPOCH:
            (found,) = struct.unpack_from(">q", data, position + 4)
        position += size
        if position > len(data):
            raise ValueError("a tagged field is cut off")
    reader.position = position
    return found
