"""Kafka's compression codecs, through cramjam, which lets other threads run meanwhile; its one import."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import cramjam

from ktui.adapters.errors import BadAnswer, NotSupported
from ktui.adapters.kafka.wire import uvarint

_XERIAL: Final = b"\x82SNAPPY\0"
_XERIAL_HEADER_BYTES: Final = 16
"""The magic, a version and a lowest version, as xerial's snappy-java writes them."""
_LARGEST_BLOCK: Final = 1 << 30


def decompress(codec: int, data: memoryview) -> bytes:
    """The records of a batch. NotSupported for a codec that is not known, BadAnswer for bytes that are not of it."""
    found = _CODECS.get(codec)
    if found is None:
        raise NotSupported(f"a batch is compressed with codec {codec}, which is not known here")
    try:
        return found(data)
    except (cramjam.DecompressionError, ValueError, LookupError, OverflowError) as error:
        raise BadAnswer(f"a compressed batch cannot be read: {error}") from error


def _gzip(data: memoryview) -> bytes:
    return bytes(cramjam.gzip.decompress(data))


def _snappy(data: memoryview) -> bytes:
    """Plain, or in xerial's frames: after the header blocks, each after its length."""
    if bytes(data[: len(_XERIAL)]) != _XERIAL:
        return _snappy_block(data)
    parts, position = [], _XERIAL_HEADER_BYTES
    while position < len(data):
        length = int.from_bytes(data[position : position + 4], "big", signed=True)
        position += 4
        if not 0 <= length <= len(data) - position:
            raise ValueError("a block of snappy is cut off")
        parts.append(_snappy_block(data[position : position + length]))
        position += length
    return b"".join(parts)


def _snappy_block(data: memoryview) -> bytes:
    """A block begins with the length of what is in it; room for that is made before the rest is looked at."""
    if len(data) and uvarint(bytes(data[:5]), 0)[0] > _LARGEST_BLOCK:
        raise ValueError("a block of snappy claims to be larger than any batch")
    return bytes(cramjam.snappy.decompress_raw(data))


def _lz4(data: memoryview) -> bytes:
    return bytes(cramjam.lz4.decompress(data))


def _zstd(data: memoryview) -> bytes:
    return bytes(cramjam.zstd.decompress(data))


_CODECS: Final[dict[int, Callable[[memoryview], bytes]]] = {1: _gzip, 2: _snappy, 3: _lz4, 4: _zstd}
