"""Reading Kafka's primitive types from bytes (KIP-482 for the flexible forms).

Every reader may raise IndexError, struct.error or ValueError on malformed bytes; `decoding` makes that BadAnswer.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from ktui.adapters.errors import BadAnswer

_INT16: Final = struct.Struct(">h")
_INT32: Final = struct.Struct(">i")
_INT64: Final = struct.Struct(">q")
_VARINT_BYTES: Final = 5
"""A 32-bit number takes no more."""


@contextmanager
def decoding(what: str) -> Iterator[None]:
    """Raise BadAnswer, naming `what`, for whatever malformed bytes provoke inside."""
    try:
        yield
    except (IndexError, struct.error, ValueError, OverflowError) as error:
        raise BadAnswer(f"{what}: the answer is not what the protocol says ({error})") from error


def uvarint(data: bytes, position: int) -> tuple[int, int]:
    """An unsigned varint at this position, and the position after it."""
    value = shift = 0
    for _ in range(_VARINT_BYTES):
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
        shift += 7
    raise ValueError("a number is too long")


def after_tags(data: bytes, position: int) -> int:
    """The position after a struct's tagged fields, none of which is looked at."""
    tags, position = uvarint(data, position)
    for _ in range(tags):
        _, position = uvarint(data, position)
        size, position = uvarint(data, position)
        position += size
        if position > len(data):
            raise ValueError("a tagged field is cut off")
    return position


class WireReader:
    """Reads field after field; `position` is where the next one starts."""

    __slots__ = ("data", "is_flexible", "position")

    def __init__(self, data: bytes, *, is_flexible: bool, position: int = 0) -> None:
        self.data = data
        self.is_flexible = is_flexible
        self.position = position

    def _scalar(self, form: struct.Struct) -> int:
        value: int = form.unpack_from(self.data, self.position)[0]
        self.position += form.size
        return value

    def int16(self) -> int:
        return self._scalar(_INT16)

    def int32(self) -> int:
        return self._scalar(_INT32)

    def int64(self) -> int:
        return self._scalar(_INT64)

    def boolean(self) -> bool:
        value = self.data[self.position]
        self.position += 1
        return value != 0

    def string(self) -> str:
        text = self.nullable_string()
        if text is None:
            raise ValueError("a text is missing")
        return text

    def nullable_string(self) -> str | None:
        if self.is_flexible:
            length, self.position = uvarint(self.data, self.position)
            length -= 1
        else:
            length = self.int16()
        if length < 0:
            return None
        return self.take(length).decode()

    def take(self, length: int) -> bytes:
        """So many bytes as they are."""
        end = self.position + length
        if end > len(self.data):
            raise ValueError("the answer is cut off")
        part = self.data[self.position : end]
        self.position = end
        return part

    def array_length(self, *, item_bytes: int) -> int:
        """Entries of an array (null reads as none) whose entries take at least so many bytes each."""
        if self.is_flexible:
            length, self.position = uvarint(self.data, self.position)
            length = max(0, length - 1)
        else:
            length = max(0, self.int32())
        if length * item_bytes > len(self.data) - self.position:
            raise ValueError("an array is cut off")
        return length

    def tags(self) -> None:
        """Pass over the tagged fields that end a struct; nothing in versions that have none."""
        if self.is_flexible:
            self.position = after_tags(self.data, self.position)

    def end(self) -> None:
        """Nothing may be left."""
        if self.position != len(self.data):
            raise ValueError(f"{len(self.data) - self.position} bytes are left over")


def uvarint_bytes(value: int) -> bytes:
    """An unsigned varint."""
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)
