"""What must not be seen: fields and whole values of topics, replaced before anything is shown, copied or exported."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from ktui.adapters.serde.shapes import Form, Part, Reading
from ktui.adapters.tail.record import Record

MASK: Final = "***"
_EACH: Final = "[]"


@dataclass(frozen=True, slots=True)
class MaskRule:
    """`topic`: a pattern with * and ?. `field`: a path in JSON such as `.card.number` or `.items[].name`.

    Without a field the whole value (or key) is masked. `part` says which of the two is meant.
    """

    topic: str
    field: str | None = None
    part: Part = Part.VALUE


class Masks:
    """The rules of all topics. A rule of a field masks the whole where its bytes are no JSON: it may be in there."""

    def __init__(self, rules: Sequence[MaskRule] = ()) -> None:
        self._rules = tuple(rules)
        self._found: dict[tuple[str, Part], tuple[MaskRule, ...]] = {}

    def rules_of(self, topic: str, part: Part) -> tuple[MaskRule, ...]:
        key = (topic, part)
        if key not in self._found:
            self._found[key] = tuple(
                rule for rule in self._rules if rule.part is part and _pattern(rule.topic).fullmatch(topic)
            )
        return self._found[key]

    def applied(self, reading: Reading, topic: str, part: Part) -> Reading:
        """The same reading where no rule is about it."""
        rules = self.rules_of(topic, part)
        if not rules or reading.form is Form.NULL:
            return reading
        if any(rule.field is None for rule in rules):
            return _whole(reading)
        try:
            content = json.loads(reading.text)
        except (ValueError, RecursionError):
            return _whole(reading)
        if not isinstance(content, dict | list):
            return _whole(reading)
        for rule in rules:
            _mask(content, _steps(rule.field or ""))
        return Reading(
            json.dumps(content, ensure_ascii=False, separators=(",", ":")), reading.form, reading.note, True
        )

    def record(self, record: Record) -> Record:
        """The record as it may be handed on; the same one where no rule is about it."""
        key = self._bytes(record.key, record.topic, Part.KEY)
        value = self._bytes(record.value, record.topic, Part.VALUE)
        if key is record.key and value is record.value:
            return record
        return record._replace(key=key, value=value)

    def _bytes(self, data: bytes | None, topic: str, part: Part) -> bytes | None:
        if data is None or not self.rules_of(topic, part):
            return data
        text = data.decode("utf-8", "surrogateescape")
        return self.applied(Reading(text, Form.TEXT), topic, part).text.encode("utf-8", "surrogateescape")


NO_MASKS: Final = Masks()


def _whole(reading: Reading) -> Reading:
    return Reading(MASK, Form.TEXT, reading.note, is_masked=True)


def _mask(content: Any, steps: Sequence[str]) -> None:
    """Replace what the path leads to, wherever it does."""
    first, *rest = steps
    if first == _EACH:
        keys: Sequence[Any] = range(len(content)) if isinstance(content, list) else ()
    else:
        keys = (first,) if isinstance(content, dict) and first in content else ()
        if isinstance(content, list):
            # A list where the rule names a field at once: it is meant for each of its elements.
            for element in content:
                _mask(element, steps)
            return
    for key in keys:
        if rest:
            _mask(content[key], rest)
        else:
            content[key] = MASK


@lru_cache(maxsize=256)
def _steps(path: str) -> tuple[str, ...]:
    """`.a.b[].c` to its steps."""
    steps = []
    for name in path.removeprefix("$").removeprefix(".").split("."):
        bare = name.removesuffix(_EACH)
        steps += [bare] if bare else []
        steps += [_EACH] if name != bare else []
    return tuple(steps)


@lru_cache(maxsize=256)
def _pattern(pattern: str) -> re.Pattern[str]:
    parts = (".*" if char == "*" else "." if char == "?" else re.escape(char) for char in pattern)
    return re.compile("".join(parts), re.DOTALL)
