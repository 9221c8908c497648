"""Lines of input as records: plain text, and what `ktui tail --json` writes."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ktui.adapters.errors import BadSettings
from ktui.adapters.produce.records import Header, NewRecord

LONGEST_LINE: Final = 256 << 20
"""Bytes. A longer line is no record that a broker would take."""
_MOST_PARTITION: Final = 2**31 - 1
_MOST_TIMESTAMP: Final = 2**63 - 1
_BASE64: Final = "base64"


@dataclass(frozen=True, slots=True)
class TextLines:
    """A line is a value; with a separator, what stands before its first occurrence is the key."""

    key: bytes | None = None
    separator: bytes | None = None
    headers: tuple[Header, ...] = ()
    partition: int | None = None

    def record(self, line: bytes, number: int) -> NewRecord | None:
        """BadSettings when the separator is missing. A line without its line break."""
        key, value = self.key, line
        if self.separator is not None:
            key, found, value = line.partition(self.separator)
            if not found:
                raise BadSettings(f"line {number}: there is no key separator {self.separator!r} in it")
        return NewRecord(value, key, self.headers, self.partition, number=number)


@dataclass(frozen=True, slots=True)
class JsonLines:
    """A line is an object as `ktui tail --json` writes it; blank lines are passed over.

    What is given here takes the place of what the objects say; headers are added to theirs.
    """

    key: bytes | None = None
    headers: tuple[Header, ...] = ()
    partition: int | None = None
    keeps_partition: bool = False
    keeps_timestamp: bool = False

    def record(self, line: bytes, number: int) -> NewRecord | None:
        """BadSettings says which line cannot be used, and why."""
        if not line.strip():
            return None
        try:
            given = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BadSettings(f"line {number}: not JSON: {error}") from None
        if not isinstance(given, dict):
            raise BadSettings(f"line {number}: not a JSON object as `ktui tail --json` writes it")
        try:
            return self._record(given, number)
        except ValueError as error:
            raise BadSettings(f"line {number}: {error}") from None

    def _record(self, given: Mapping[str, Any], number: int) -> NewRecord:
        if "value" not in given:
            raise ValueError('"value" is missing; null stands for a record without one')
        partition = self.partition
        if partition is None and self.keeps_partition:
            partition = _whole(given, "partition", _MOST_PARTITION)
        return NewRecord(
            _bytes_of(given["value"], '"value"'),
            _bytes_of(given.get("key"), '"key"') if self.key is None else self.key,
            (*_headers(given.get("headers") or ()), *self.headers),
            partition,
            _whole(given, "timestamp", _MOST_TIMESTAMP) if self.keeps_timestamp else None,
            number,
        )


Lines = TextLines | JsonLines


def parse_header(text: str) -> Header:
    """`name=value`; BadSettings without a name or an equals sign."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise BadSettings(f"Header {text!r}: write NAME=VALUE.")
    return name, value.encode("utf-8", "surrogateescape")


def _bytes_of(value: object, what: str) -> bytes | None:
    if value is None:
        return None
    if isinstance(value, str):
        try:
            return value.encode()
        except UnicodeEncodeError:
            raise ValueError(f"{what} has half of a surrogate pair, which is no text") from None
    if isinstance(value, dict) and value.keys() == {_BASE64} and isinstance(value[_BASE64], str):
        try:
            return base64.b64decode(value[_BASE64], validate=True)
        except binascii.Error as error:
            raise ValueError(f"{what} is not base64: {error}") from None
    raise ValueError(f'{what} must be a string, null or {{"base64": "…"}}')


def _headers(given: object) -> Iterable[Header]:
    wrong = '"headers" must be a list of pairs [name, value]'
    if not isinstance(given, list | tuple):
        raise ValueError(wrong)
    for pair in given:
        if not isinstance(pair, list) or len(pair) != 2:
            raise ValueError(wrong)
        name = _bytes_of(pair[0], "the name of a header")
        if name is None:
            raise ValueError("a header has no name")
        try:
            yield name.decode(), _bytes_of(pair[1], "the value of a header")
        except UnicodeDecodeError:
            raise ValueError("the name of a header is not UTF-8, which Kafka asks of names") from None


def _whole(given: Mapping[str, Any], name: str, most: int) -> int | None:
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        # Kafka writes -1 for "no timestamp": then there is none to keep.
        if name == "timestamp" and value == -1:
            return None
        raise ValueError(f'"{name}" must be a whole number from 0 to {most}')
    return value
