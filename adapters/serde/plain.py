"""Bytes as text, numbers and hexadecimal digits, without a schema."""

from __future__ import annotations

import codecs
import struct
from typing import Final
from uuid import UUID

from ktui.adapters.serde.json_text import is_json
from ktui.adapters.serde.shapes import NULL, Form, Reading

_NUMBERS: Final = {Form.INT32: ">i", Form.INT64: ">q", Form.FLOAT32: ">f", Form.FLOAT64: ">d"}
_HEX_WIDTH: Final = 16


def text_of(data: bytes) -> str:
    """UTF-8; bytes that are none as `\\xff`."""
    return data.decode("utf-8", "backslashreplace")


def start_of(data: bytes, most: int) -> str:
    """At most so many characters from the beginning, never half of one."""
    piece = data[: 4 * most]
    decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")
    return decoder.decode(piece, final=len(piece) == len(data))[:most]


def read_plain(data: bytes | None) -> Reading:
    """The likeliest form: text or JSON where it is UTF-8, a number by its length, else text with escapes."""
    if data is None:
        return NULL
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is not None and (text.isprintable() or not _is_binary(text)):
        return Reading(text, Form.JSON if is_json(text) else Form.TEXT)
    for form in (Form.INT32, Form.INT64):
        if len(data) == struct.calcsize(_NUMBERS[form]):
            return read_as(data, form)
    return Reading(text_of(data), Form.TEXT)


def read_as(data: bytes, form: Form) -> Reading:
    """In a form that was asked for; ValueError when the bytes cannot have it. Numbers are big-endian, as Kafka's."""
    if form in _NUMBERS:
        layout = _NUMBERS[form]
        if len(data) != struct.calcsize(layout):
            raise ValueError(f"{form} has {struct.calcsize(layout)} bytes, this {len(data)}")
        return Reading(str(struct.unpack(layout, data)[0]), form)
    match form:
        case Form.TEXT:
            return Reading(text_of(data), form)
        case Form.HEX:
            return Reading(data.hex(" "), form)
        case Form.UUID:
            return Reading(str(UUID(bytes=data) if len(data) == 16 else UUID(text_of(data))), form)
        case Form.JSON if is_json(text := text_of(data)):
            return Reading(text, form)
    raise ValueError(f"not {form}")


def possible_forms(data: bytes) -> tuple[Form, ...]:
    """Those that the bytes can have, the plain ones first."""
    forms = [Form.TEXT, Form.HEX]
    for form in (Form.JSON, *_NUMBERS, Form.UUID):
        try:
            read_as(data, form)
        except ValueError:
            continue
        forms.append(form)
    return tuple(forms)


def hex_lines(data: bytes) -> list[str]:
    """Offset, sixteen bytes and their ASCII, as hexdump -C writes them."""
    lines = []
    for start in range(0, len(data), _HEX_WIDTH):
        row = data[start : start + _HEX_WIDTH]
        left, right = row[:8].hex(" "), row[8:].hex(" ")
        shown = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)
        lines.append(f"{start:08x}  {left:<23}  {right:<23}  {shown}")
    return lines


def _is_binary(text: str) -> bool:
    """Whether it has control characters that no text has."""
    return any(character < " " and character not in "\t\n\r\x1b" for character in text)
