"""A small expression on the fields of JSON values: `.customer == "c42" and .amount > 100`. Pure, and without eval.

Its text form is read by `expression_text`.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

Step = str | int
"""A field's name, or an index of an array (from the end when negative)."""
Literal = str | int | float | bool | None

COMPARISONS: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
ABSENT: Final = object()
"""What a path gives that leads nowhere; it is equal to null and to nothing else."""


@dataclass(frozen=True, slots=True)
class Path:
    """`.a.b[0]`; no steps at all is the whole value."""

    steps: tuple[Step, ...]

    def of(self, value: object) -> object:
        for step in self.steps:
            if isinstance(step, str) and isinstance(value, dict):
                value = value.get(step, ABSENT)
            elif isinstance(step, int) and isinstance(value, list) and -len(value) <= step < len(value):
                value = value[step]
            else:
                return ABSENT
        return value


@dataclass(frozen=True, slots=True)
class Exists:
    """A path alone: the field is there and is neither null nor false."""

    path: Path

    def holds(self, value: object) -> bool:
        found = self.path.of(value)
        return found is not ABSENT and found is not None and found is not False


@dataclass(frozen=True, slots=True)
class Compare:
    """A field with a literal. Numbers compare with numbers and texts with texts; anything else is only unequal."""

    path: Path
    sign: str
    """A key of COMPARISONS."""
    literal: Literal

    def holds(self, value: object) -> bool:
        found = self.path.of(value)
        if found is ABSENT:
            found = None
        if not _are_of_one_kind(found, self.literal):
            return self.sign == "!="
        if found is None or isinstance(found, bool):
            return self.sign in ("==", "!=") and COMPARISONS[self.sign](found, self.literal)
        return COMPARISONS[self.sign](found, self.literal)


@dataclass(frozen=True, slots=True)
class Matches:
    """`.field ~ "regex"`: found anywhere in a text."""

    path: Path
    pattern: re.Pattern[str]

    def holds(self, value: object) -> bool:
        found = self.path.of(value)
        return isinstance(found, str) and self.pattern.search(found) is not None


@dataclass(frozen=True, slots=True)
class Not:
    inner: Expression

    def holds(self, value: object) -> bool:
        return not self.inner.holds(value)


@dataclass(frozen=True, slots=True)
class AllOf:
    parts: tuple[Expression, ...]

    def holds(self, value: object) -> bool:
        return all(part.holds(value) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Expression, ...]

    def holds(self, value: object) -> bool:
        return any(part.holds(value) for part in self.parts)


Expression = Exists | Compare | Matches | Not | AllOf | AnyOf


def json_of(data: bytes | None) -> object:
    """The JSON value of these bytes; ABSENT for what is no JSON."""
    if data is None:
        return ABSENT
    try:
        value: object = json.loads(data)
    except (ValueError, RecursionError):
        return ABSENT
    return value


def _are_of_one_kind(found: object, literal: Literal) -> bool:
    if isinstance(found, bool) or isinstance(literal, bool):
        return isinstance(found, bool) and isinstance(literal, bool)
    if isinstance(literal, int | float):
        return isinstance(found, int | float)
    if isinstance(literal, str):
        return isinstance(found, str)
    return found is None
