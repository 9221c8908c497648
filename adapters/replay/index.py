"""Where the chapters of a recording begin: found from its end, without reading what lies between."""

from __future__ import annotations

import mmap
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ktui.adapters.errors import BadSettings
from ktui.adapters.replay.frames import (
    FILE_HEADER_BYTES,
    FRAME_HEADER_BYTES,
    MARKER,
    Buffer,
    FrameHeader,
    Kind,
    check_file_header,
    frame_header,
    payload_of,
)

EMPTY: Final = b""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part that can be played without what is before it."""

    offset: int
    at: float
    begins_anew: bool


@dataclass(frozen=True, slots=True)
class Index:
    """What is in a file, as far as it can be found."""

    chapters: tuple[Chapter, ...]
    """Oldest first; at least one."""
    end: int
    """Bytes up to the end of the last whole frame."""
    ends_at: float
    size: int
    """Of the file: more than `end` when it ends in a frame that is cut short, or in something else."""

    @property
    def begins_at(self) -> float:
        return self.chapters[0].at


def map_file(path: Path) -> Buffer:
    """The bytes of a file; BadSettings for one that cannot be read."""
    try:
        with path.open("rb") as file:
            if not path.is_file():
                raise BadSettings(f"{path} is no file")
            size = os.fstat(file.fileno()).st_size
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if size else EMPTY
    except OSError as error:
        raise BadSettings(f"{path}: {error.strerror or error}") from error


def find(buffer: Buffer, name: str) -> Index:
    """Look for the last whole frame, then go back from chapter to chapter."""
    check_file_header(buffer[:FILE_HEADER_BYTES], name)
    last = _whole_frame_before(buffer, len(buffer))
    if last is None:
        raise BadSettings(f"{name} is a recording of ktui, but nothing of it can be read")
    offset, header = last
    end, ends_at = offset + FRAME_HEADER_BYTES + header.size, header.at
    chapters: list[Chapter] = []
    found: tuple[int, FrameHeader] | None = last
    while found is not None:
        offset, header = found
        if header.kind is Kind.STATE:
            chapters.append(Chapter(offset, header.at, header.begins_anew))
        found = _state_before(buffer, offset, header)
    if not chapters:
        raise BadSettings(f"{name} is a recording of ktui, but no beginning of a chapter in it can be read")
    return Index(tuple(reversed(chapters)), end, ends_at, len(buffer))


def _state_before(buffer: Buffer, offset: int, header: FrameHeader) -> tuple[int, FrameHeader] | None:
    """By the way back where it leads to a state, else by looking for one."""
    place = offset - header.back
    if header.back and place >= FILE_HEADER_BYTES:
        there = frame_header(buffer, place)
        if there is not None and there.kind is Kind.STATE:
            return place, there
    if not header.back or place < FILE_HEADER_BYTES:
        return None
    return _whole_frame_before(buffer, offset)


def _whole_frame_before(buffer: Buffer, end: int) -> tuple[int, FrameHeader] | None:
    """The last frame whose header and payload are right; what looks like one may be a part of a payload."""
    place = end
    while (place := buffer.rfind(MARKER, FILE_HEADER_BYTES, place)) >= 0:
        header = frame_header(buffer, place)
        if header is not None and payload_of(buffer, place, header) is not None:
            return place, header
    return None
