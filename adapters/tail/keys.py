"""Keys as people write them, to the bytes that producers make of them."""

from __future__ import annotations

import struct
from enum import StrEnum
from uuid import UUID


class KeyFormat(StrEnum):
    """How the text of a key becomes bytes."""

    TEXT = "text"
    """UTF-8."""
    HEX = "hex"
    """Two digits a byte; spaces and colons between bytes are allowed."""
    INT32 = "int32"
    """Four bytes, big-endian, as Kafka's IntegerSerializer."""
    INT64 = "int64"
    """Eight bytes, big-endian, as Kafka's LongSerializer."""
    UUID = "uuid"
    """Text of 36 characters, as Kafka's UUIDSerializer writes it."""


def key_bytes(text: str, form: KeyFormat = KeyFormat.TEXT) -> bytes:
    """The bytes of a key; ValueError with a sentence for a text that has not this form."""
    match form:
        case KeyFormat.TEXT:
            return text.encode("utf-8", "surrogateescape")
        case KeyFormat.HEX:
            return _hex(text)
        case KeyFormat.INT32:
            return _integer(text, ">i", 32)
        case KeyFormat.INT64:
            return _integer(text, ">q", 64)
        case KeyFormat.UUID:
            try:
                return str(UUID(text)).encode()
            except ValueError:
                raise ValueError(f"key {text!r} is not a UUID") from None


def _hex(text: str) -> bytes:
    digits = text.removeprefix("0x").replace(":", "").replace(" ", "")
    try:
        return bytes.fromhex(digits)
    except ValueError:
        raise ValueError(f"key {text!r} is not in hexadecimal, two digits a byte") from None


def _integer(text: str, form: str, bits: int) -> bytes:
    try:
        return struct.pack(form, int(text))
    except (ValueError, struct.error):
        raise ValueError(f"key {text!r} is not a whole number of {bits} bits") from None
