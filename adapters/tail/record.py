"""One record of a topic, as it was produced."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

Headers = tuple[tuple[str, bytes | None], ...]
"""In their order; a name may occur again. Bytes of a name that are not UTF-8 are lone surrogates in it
(`name.encode("utf-8", "surrogateescape")` gives the bytes back)."""

OVERHEAD: Final = 400
"""Bytes of memory that a kept record takes beside its contents; generous."""


class TimestampType(StrEnum):
    """Who set the timestamp: the names that Kafka's configuration `message.timestamp.type` has."""

    CREATE = "CreateTime"
    LOG_APPEND = "LogAppendTime"
    NONE = "NoTimestampType"
    """Records of the oldest format have no timestamp."""


class Record(NamedTuple):
    """One record; keys, values and headers are bytes as they were produced, nothing is decoded."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    """Milliseconds since the epoch; -1: none."""
    timestamp_type: TimestampType
    key: bytes | None
    value: bytes | None
    """None: a tombstone."""
    headers: Headers = ()
    cut: int = 0
    """So many bytes of the value were left out where only its beginning is kept; `RunningTail.around` brings them."""

    @property
    def size(self) -> int:
        """Bytes of key, value and headers together, uncompressed, the part that was cut included."""
        size = len(self.key or b"") + len(self.value or b"") + self.cut
        for name, value in self.headers:
            size += len(name.encode("utf-8", "surrogateescape")) + len(value or b"")
        return size

    @property
    def place(self) -> tuple[int, int]:
        """Partition and offset: what identifies a record in its topic."""
        return self.partition, self.offset

    def kept_bytes(self) -> int:
        """Memory that it takes, about."""
        headers = sum(len(name) + len(value or b"") + 200 for name, value in self.headers)
        return OVERHEAD + len(self.key or b"") + len(self.value or b"") + headers
