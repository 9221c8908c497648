"""What a record must be like; each condition says what bytes it needs, so that a search can come before decoding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from ktui.adapters.tail.expression import Expression, json_of
from ktui.adapters.tail.literal import literal_of

_SHORTEST: Final = 3
"""Bytes of a literal below which a search before decoding does not pay."""
_REMEMBERED: Final = 10_000


class Contents(Protocol):
    """What conditions look at: a `Record`, or what a reader yields before one is made of it."""

    @property
    def key(self) -> bytes | None: ...

    @property
    def value(self) -> bytes | None: ...

    @property
    def timestamp(self) -> int | None: ...

    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]: ...


@dataclass(frozen=True, slots=True)
class KeyIs:
    """The key is exactly these bytes; None: the record has no key."""

    key: bytes | None

    @property
    def needles(self) -> tuple[bytes, ...]:
        """Length and bytes, as the record format of today writes them (a zigzag varint before the key)."""
        return () if self.key is None else (_zigzag(len(self.key)) + self.key,)

    def holds(self, record: Contents) -> bool:
        return record.key == self.key


@dataclass(frozen=True, slots=True)
class KeyStarts:
    """The key begins with these bytes."""

    prefix: bytes

    @property
    def needles(self) -> tuple[bytes, ...]:
        return (self.prefix,) if self.prefix else ()

    def holds(self, record: Contents) -> bool:
        return record.key is not None and record.key.startswith(self.prefix)


@dataclass(frozen=True, slots=True)
class KeyContains:
    """The key contains these bytes."""

    part: bytes

    @property
    def needles(self) -> tuple[bytes, ...]:
        return (self.part,) if self.part else ()

    def holds(self, record: Contents) -> bool:
        return record.key is not None and self.part in record.key


@dataclass(frozen=True, slots=True)
class KeyMatches:
    """The regular expression is found in the key, read as UTF-8. Answers are remembered by key."""

    pattern: re.Pattern[str]
    _known: dict[bytes, bool] = field(default_factory=dict, compare=False, repr=False)

    @property
    def needles(self) -> tuple[bytes, ...]:
        return _needles_of(self.pattern)

    def holds(self, record: Contents) -> bool:
        key = record.key
        if key is None:
            return False
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[key] = self.pattern.search(_text(key)) is not None
        return known


@dataclass(frozen=True, slots=True)
class ValueIs:
    """The value is exactly these bytes; None: the record is a tombstone."""

    value: bytes | None

    @property
    def needles(self) -> tuple[bytes, ...]:
        return () if self.value is None else (_zigzag(len(self.value)) + self.value,)

    def holds(self, record: Contents) -> bool:
        return record.value == self.value


@dataclass(frozen=True, slots=True)
class ValueContains:
    """The value contains these bytes."""

    part: bytes

    @property
    def needles(self) -> tuple[bytes, ...]:
        return (self.part,) if self.part else ()

    def holds(self, record: Contents) -> bool:
        return record.value is not None and self.part in record.value


@dataclass(frozen=True, slots=True)
class ValueMatches:
    """The regular expression is found in the value, read as UTF-8."""

    pattern: re.Pattern[str]

    @property
    def needles(self) -> tuple[bytes, ...]:
        return _needles_of(self.pattern)

    def holds(self, record: Contents) -> bool:
        return record.value is not None and self.pattern.search(_text(record.value)) is not None


@dataclass(frozen=True, slots=True)
class AnyContains:
    """Key, value, or a header's value contains these bytes: what a bare word looks for."""

    part: bytes

    @property
    def needles(self) -> tuple[bytes, ...]:
        return (self.part,) if self.part else ()

    def holds(self, record: Contents) -> bool:
        part = self.part
        return (
            (record.key is not None and part in record.key)
            or (record.value is not None and part in record.value)
            or any(value is not None and part in value for _, value in record.headers)
        )


@dataclass(frozen=True, slots=True)
class HasHeader:
    """A header of this name is there, whatever its value."""

    name: str

    @property
    def needles(self) -> tuple[bytes, ...]:
        return (_bytes(self.name),) if self.name else ()

    def holds(self, record: Contents) -> bool:
        return any(name == self.name for name, _ in record.headers)


@dataclass(frozen=True, slots=True)
class HeaderIs:
    """A header of this name has exactly this value."""

    name: str
    value: bytes

    @property
    def needles(self) -> tuple[bytes, ...]:
        return tuple(part for part in (_bytes(self.name), self.value) if part)

    def holds(self, record: Contents) -> bool:
        return any(name == self.name and value == self.value for name, value in record.headers)


@dataclass(frozen=True, slots=True)
class HeaderContains:
    """A header of this name contains these bytes."""

    name: str
    part: bytes

    @property
    def needles(self) -> tuple[bytes, ...]:
        return tuple(part for part in (_bytes(self.name), self.part) if part)

    def holds(self, record: Contents) -> bool:
        return any(name == self.name and self.part in (value or b"") for name, value in record.headers)


@dataclass(frozen=True, slots=True)
class HeaderMatches:
    """The regular expression is found in a header of this name, read as UTF-8."""

    name: str
    pattern: re.Pattern[str]

    @property
    def needles(self) -> tuple[bytes, ...]:
        return tuple(part for part in (_bytes(self.name), *_needles_of(self.pattern)) if part)

    def holds(self, record: Contents) -> bool:
        found = (value for name, value in record.headers if name == self.name and value is not None)
        return any(self.pattern.search(_text(value)) for value in found)


@dataclass(frozen=True, slots=True)
class Within:
    """The timestamp lies in this range of milliseconds since the epoch; None: open at this end.

    `since` is inside, `until` is not. Records without a timestamp lie in no range.
    """

    since: int | None = None
    until: int | None = None

    @property
    def needles(self) -> tuple[bytes, ...]:
        return ()

    def holds(self, record: Contents) -> bool:
        at = record.timestamp
        if at is None or at < 0:
            return False
        return (self.since is None or at >= self.since) and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class JsonHolds:
    """The value is JSON for which the expression holds; a value that is no JSON never matches."""

    expression: Expression
    text: str

    @property
    def needles(self) -> tuple[bytes, ...]:
        """None: JSON can write the same text in more than one way."""
        return ()

    def holds(self, record: Contents) -> bool:
        value = record.value
        if value is None or value[:1] in (b"", b"\0"):
            return False
        return self.expression.holds(json_of(value))


@dataclass(frozen=True, slots=True)
class Without:
    """The opposite of a condition."""

    inner: Condition

    @property
    def needles(self) -> tuple[bytes, ...]:
        return ()

    def holds(self, record: Contents) -> bool:
        return not self.inner.holds(record)


Condition = (
    KeyIs | KeyStarts | KeyContains | KeyMatches | ValueIs | ValueContains | ValueMatches | AnyContains
    | HasHeader | HeaderIs | HeaderContains | HeaderMatches | Within | JsonHolds | Without
)  # fmt: skip


def _needles_of(pattern: re.Pattern[str]) -> tuple[bytes, ...]:
    if pattern.flags & re.IGNORECASE or pattern.flags & re.VERBOSE:
        return ()
    literal = literal_of(pattern.pattern).encode("utf-8", "surrogateescape")
    return (literal,) if len(literal) >= _SHORTEST else ()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _zigzag(length: int) -> bytes:
    """A length as the record format writes it."""
    value, parts = length << 1, bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)
