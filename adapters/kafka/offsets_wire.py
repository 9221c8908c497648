"""ListOffsets (2) by hand, versions 1 to 11: the request for the end offsets of many partitions, and the answer's form.

Source: ListOffsetsRequest.json and ListOffsetsResponse.json of Kafka 4.4.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from ktui.adapters.errors import NotSupported
from ktui.adapters.kafka.link import VersionRange
from ktui.adapters.kafka.wire import uvarint_bytes

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

Entry = tuple[str, Sequence[int]]
"""A topic and indexes of its partitions."""


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
