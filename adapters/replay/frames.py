"""The file of a recording, as bytes: a header and frames, each with its own checksums.

    file     magic (8 bytes) | format version u16 | reserved u16 | CRC-32 of the twelve bytes before
    frame    b"KtFr" | kind u8 | flags u8 | reserved u16 | moment f64 | way back u64 | size of the payload u32
             | CRC-32 of the payload | CRC-32 of the 32 bytes before | payload

Numbers are little-endian, moments are seconds since the epoch. The way back is the distance in bytes to the last STATE
before (0: there is none), so that the beginnings of weeks are found without reading them. Flag 1: the recorder has
begun or begun anew here; what it saw before does not go on. Kinds:

    STATE    everything that is known at this moment, one zlib stream. A chapter begins: what follows builds on it
             alone, so that the chapters before it can be cut off, and playing can begin here.
    STEPS    what happened since the frame before. All frames of a chapter are one zlib stream that is flushed after
             each: one that is lost makes the rest of its chapter unreadable, and nothing beyond.

A frame is written with one call about once a second. A writer that is killed leaves a frame cut short at the end;
whatever else is damaged, reading goes on with the next STATE. What is in a payload: see `payload`.
"""

from __future__ import annotations

import mmap
import struct
import zlib
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from ktui.adapters.errors import BadSettings

Buffer = bytes | mmap.mmap
MAGIC: Final = b"\x89KTUI\r\n\x1a"
VERSION: Final = 1
MARKER: Final = b"KtFr"
_FILE: Final = struct.Struct("<8sHH")
_CRC: Final = struct.Struct("<I")
_FRAME: Final = struct.Struct("<4sBB2xdQII")
FILE_HEADER_BYTES: Final = _FILE.size + _CRC.size
FRAME_HEADER_BYTES: Final = _FRAME.size + _CRC.size
MOST_PAYLOAD_BYTES: Final = 1 << 30
"""More is no payload of ours; of a state of a million partitions it is some ten megabytes."""


class Kind(IntEnum):
    """What a frame holds."""

    STATE = 1
    STEPS = 2


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """Where a frame's payload is, and what it is."""

    kind: Kind
    begins_anew: bool
    at: float
    back: int
    """Bytes back to the last STATE before; 0: none."""
    size: int
    """Bytes of the payload, which follows the header."""
    crc: int


def file_header() -> bytes:
    """What a recording begins with."""
    head = _FILE.pack(MAGIC, VERSION, 0)
    return head + _CRC.pack(zlib.crc32(head))


def check_file_header(head: bytes, name: str) -> None:
    """BadSettings, with a sentence, for anything but a recording of this version."""
    if not head:
        raise BadSettings(f"{name} is empty: nothing was recorded")
    if not head.startswith(MAGIC[: len(head)]):
        raise BadSettings(f"{name} is not a recording of ktui")
    if len(head) < FILE_HEADER_BYTES:
        raise BadSettings(f"{name} ends within its header: nothing was recorded")
    _, version, _ = _FILE.unpack_from(head)
    if _CRC.unpack_from(head, _FILE.size)[0] != zlib.crc32(head[: _FILE.size]):
        raise BadSettings(f"{name} begins like a recording of ktui, but its header is damaged")
    if version != VERSION:
        raise BadSettings(
            f"{name} has format {version}; this ktui reads format {VERSION}: play it with the one that made it"
        )


def frame(kind: Kind, at: float, payload: bytes, *, back: int, begins_anew: bool = False) -> bytes:
    """A frame with its header."""
    head = _FRAME.pack(MARKER, kind, begins_anew, at, back, len(payload), zlib.crc32(payload))
    return head + _CRC.pack(zlib.crc32(head)) + payload


def frame_header(buffer: Buffer, offset: int = 0) -> FrameHeader | None:
    """The header that is here; None when there is none, or it is damaged."""
    head = buffer[offset : offset + FRAME_HEADER_BYTES]
    if len(head) < FRAME_HEADER_BYTES:
        return None
    marker, kind, flags, at, back, size, crc = _FRAME.unpack_from(head)
    if marker != MARKER or _CRC.unpack_from(head, _FRAME.size)[0] != zlib.crc32(head[: _FRAME.size]):
        return None
    if kind not in Kind.__members__.values() or size > MOST_PAYLOAD_BYTES:
        return None
    return FrameHeader(Kind(kind), bool(flags & 1), at, back, size, crc)


def payload_of(buffer: Buffer, offset: int, header: FrameHeader) -> bytes | None:
    """What the frame here holds, still compressed; None when it is cut short or damaged."""
    start = offset + FRAME_HEADER_BYTES
    payload = buffer[start : start + header.size]
    return payload if len(payload) == header.size and zlib.crc32(payload) == header.crc else None
