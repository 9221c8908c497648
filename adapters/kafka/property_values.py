"""Values of a client.properties file, with complaints that name file, line and key."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from ktui.adapters.errors import BadSettings
from ktui.adapters.java_properties import Entry

E = TypeVar("E", bound=StrEnum)


class PropertyValues:
    """The entries of one file."""

    def __init__(self, entries: Mapping[str, Entry], what: str) -> None:
        self._entries = entries
        self.what = what

    def text(self, key: str) -> str | None:
        """A value without the blanks around it; None when it is absent or empty."""
        entry = self._entries.get(key)
        if entry is None or not entry.value.strip():
            return None
        if "${" in entry.value and "config.providers" in self._entries:
            raise self.bad(key, "config providers (${…}) are not read; write the value itself")
        return entry.value.strip()

    def is_empty(self, key: str) -> bool:
        """Whether the key is there with nothing behind it."""
        entry = self._entries.get(key)
        return entry is not None and not entry.value.strip()

    def flag(self, key: str) -> bool:
        value = (self.text(key) or "false").lower()
        if value not in ("true", "false"):
            raise self.bad(key, f"{value!r} is neither true nor false")
        return value == "true"

    def one_of(self, key: str, choices: type[E], default: E) -> E:
        value = self.text(key)
        if value is None:
            return default
        try:
            return choices(value.upper())
        except ValueError:
            raise self.bad(key, f"{value!r} is none of {', '.join(choices)}") from None

    def where(self, key: str) -> str:
        """`FILE: line 3: key`, for complaints about a value that was read."""
        entry = self._entries.get(key)
        return f"{self.what}: line {entry.line}: {key}" if entry else f"{self.what}: {key}"

    def bad(self, key: str, reason: str) -> BadSettings:
        return BadSettings(f"{self.where(key)}: {reason}")
