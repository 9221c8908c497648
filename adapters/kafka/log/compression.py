"""Unpacking the records of a compressed batch. Codes: `CompressionType` of kafka-clients."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from typing import Final

import cramjam

LARGEST: Final = 256 << 20
"""Bytes a batch may grow to."""
_XERIAL: Final = b"\x82SNAPPY\x00"
_XERIAL_HEADER: Final = 16
_INT32: Final = struct.Struct(">i")


def unpacked(codec: int, data: bytes) -> bytes:
    """The records as they were before packing; ValueError for what cannot be unpacked."""
    if codec == 0:
        return data
    unpack = _UNPACK.get(codec)
    if unpack is None:
        raise ValueError(f"compression {codec} is not known")
    try:
        records = unpack(data)
    except (cramjam.DecompressionError, zlib.error, struct.error, OverflowError, ValueError) as error:
        raise ValueError(f"cannot be unpacked ({error})") from error
    if len(records) > LARGEST:
        raise ValueError("unpacks to more than can be")
    return records


def _gzip(data: bytes) -> bytes:
    return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(data, LARGEST + 1)


def _snappy(data: bytes) -> bytes:
    """Java's client writes blocks with their lengths behind a header of its own; others one plain block."""
    if not data.startswith(_XERIAL):
        return bytes(cramjam.snappy.decompress_raw(data))
    parts, position = [], _XERIAL_HEADER
    while position < len(data):
        (length,) = _INT32.unpack_from(data, position)
        position += _INT32.size
        if not 0 < length <= len(data) - position:
            raise ValueError("a block is cut off")
        parts.append(bytes(cramjam.snappy.decompress_raw(data[position : position + length])))
        position += length
    return b"".join(parts)


def _lz4(data: bytes) -> bytes:
    return bytes(cramjam.lz4.decompress(data))


def _zstd(data: bytes) -> bytes:
    return bytes(cramjam.zstd.decompress(data))


_UNPACK: Final[Mapping[int, Callable[[bytes], bytes]]] = {1: _gzip, 2: _snappy, 3: _lz4, 4: _zstd}
