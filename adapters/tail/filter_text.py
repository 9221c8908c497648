r"""Filters as people write them: terms that all must hold, separated by spaces (or `and`).

c42                   key, value or a header contains it           "two words" or 'two words' for spaces
key=c42  key^=c4  key*=4  key~^c\d+$     exactly, begins with, contains, regular expression
key:int64=5  key:hex=00ff  key:int32=5  key:uuid=…                  a key in another form
key=null  value=null  tombstone                                     no key, no value
value=…  value*=…  value~…
header.trace  header.trace=…  header.trace*=…  header.trace~…
partition=0,4-6
time>=2026-11-23T13:00:00Z  time<-5m                                as in --from
.customer == "c42" and .amount > 100                                fields of JSON values, see `expression_text`
!TERM                                                               the opposite of a term
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from ktui.adapters.tail import conditions as c
from ktui.adapters.tail.expression_text import expression_at
from ktui.adapters.tail.filter import EVERYTHING, Filter
from ktui.adapters.tail.keys import KeyFormat, key_bytes
from ktui.adapters.tail.times import moment_ms

_FIELD: Final = re.compile(
    r"(?P<name>key(?::(?P<form>\w+))?|value|header\.(?P<header>[^\s=~^*!<>]+)|partition|time)"
    r"(?P<sign>=|\^=|\*=|~|>=|<)"
)
_HEADER: Final = re.compile(r"header\.([^\s=~^*!<>]+)(?=\s|$)")
_WORD: Final = re.compile(r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'])+""")
_QUOTED: Final = re.compile(r""""((?:[^"\\]|\\.)*)"|'([^']*)'""")
_PARTS: Final = re.compile(r"(\d+)(?:-(\d+))?")
_MOST_PARTITIONS: Final = 1_000_000


class _Term(NamedTuple):
    filter: Filter
    end: int


def parse_filter(text: str, now_ms: int) -> Filter:
    """The filter; `now_ms` is what times such as -5m count from. ValueError with a sentence."""
    found, position = EVERYTHING, 0
    while True:
        position = _after_spaces(text, position)
        if position == len(text):
            return Filter(found.conditions, found.partitions, text.strip())
        term = _term_at(text, position, now_ms)
        found, position = found.joined(term.filter), term.end


def _after_spaces(text: str, position: int) -> int:
    """Past white space and the word "and"."""
    found = re.compile(r"\s*(?:and(?=\s)\s*)*").match(text, position)
    return found.end() if found else position


def _term_at(text: str, position: int, now_ms: int) -> _Term:
    if text[position] == "!":
        term = _term_at(text, position + 1, now_ms) if text[position + 1 :].strip() else None
        if term is None:
            raise ValueError(f"{text!r}: after ! a condition is missing")
        return _Term(_opposite(text, term.filter), term.end)
    if text[position] in ".(" or re.compile(r"not[\s(]").match(text, position):
        expression, end = expression_at(text, position)
        condition = c.JsonHolds(expression, text[position:end].strip())
        return _Term(Filter((condition,)), end)
    word = _WORD.match(text, position)
    if word is None:
        raise ValueError(f"{text!r}: a closing quote is missing")
    field, header = _FIELD.match(text, position), _HEADER.match(text, position)
    if field is not None and field.end() <= word.end():
        return _Term(_field(field, _unquoted(text[field.end() : word.end()]), now_ms), word.end())
    if header is not None:
        return _Term(Filter((c.HasHeader(header[1]),)), header.end())
    if word[0] == "tombstone":
        return _Term(Filter((c.ValueIs(None),)), word.end())
    return _Term(Filter((c.AnyContains(_bytes(_unquoted(word[0]))),)), word.end())


def _opposite(text: str, term: Filter) -> Filter:
    if term.partitions is not None or len(term.conditions) != 1:
        raise ValueError(f"{text!r}: there is no opposite of a list of partitions; name the others instead")
    return Filter((c.Without(term.conditions[0]),))


def _field(field: re.Match[str], operand: str, now_ms: int) -> Filter:
    name, sign = field["name"], field["sign"]
    if name == "partition":
        if sign != "=":
            raise ValueError("partition takes =, as in partition=0,4-6")
        return Filter((), partitions_of(operand))
    if name == "time":
        return Filter((_time(sign, moment_ms(operand, now_ms)),))
    if sign in (">=", "<"):
        raise ValueError(f"{name} takes =, ^= (key), *= or ~, not {sign}")
    if name.startswith("key"):
        return Filter((_key(sign, operand, field["form"]),))
    if name == "value":
        return Filter((_value(sign, operand),))
    return Filter((_header(field["header"], sign, operand),))


def _time(sign: str, at_ms: int) -> c.Condition:
    if sign == ">=":
        return c.Within(since=at_ms)
    if sign == "<":
        return c.Within(until=at_ms)
    raise ValueError("time takes >= and <, as in time>=-5m")


def _key(sign: str, operand: str, form: str | None) -> c.Condition:
    if form is not None and form not in set(KeyFormat):
        raise ValueError(f"key:{form} is not known; known are {', '.join(KeyFormat)}")
    if sign == "=":
        if operand == "null" and form is None:
            return c.KeyIs(None)
        return c.KeyIs(key_bytes(operand, KeyFormat(form or KeyFormat.TEXT)))
    if sign == "~":
        return c.KeyMatches(compiled(operand))
    data = key_bytes(operand, KeyFormat(form or KeyFormat.TEXT))
    return c.KeyStarts(data) if sign == "^=" else c.KeyContains(data)


def _value(sign: str, operand: str) -> c.Condition:
    match sign:
        case "=":
            return c.ValueIs(None if operand == "null" else _bytes(operand))
        case "*=":
            return c.ValueContains(_bytes(operand))
        case "~":
            return c.ValueMatches(compiled(operand))
    raise ValueError("value takes =, *= or ~")


def _header(name: str, sign: str, operand: str) -> c.Condition:
    match sign:
        case "=":
            return c.HeaderIs(name, _bytes(operand))
        case "*=":
            return c.HeaderContains(name, _bytes(operand))
        case "~":
            return c.HeaderMatches(name, compiled(operand))
    raise ValueError("header.NAME takes =, *= or ~")


def compiled(pattern: str) -> re.Pattern[str]:
    """ValueError with a sentence for what is no regular expression."""
    try:
        return re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"the regular expression {pattern!r} cannot be used: {error}") from None


def partitions_of(text: str) -> frozenset[int]:
    """`0,4-6` as numbers; ValueError with a sentence."""
    found: set[int] = set()
    for part in text.split(","):
        match = _PARTS.fullmatch(part.strip())
        if match is None:
            raise ValueError(f"{text!r} is no list of partitions; give 3, or 0,4-6")
        first, last = int(match[1]), int(match[2] or match[1])
        if not first <= last < _MOST_PARTITIONS:
            raise ValueError(f"{part!r} is no range of partitions")
        found.update(range(first, last + 1))
    return frozenset(found)


def _unquoted(word: str) -> str:
    def inside(match: re.Match[str]) -> str:
        if match[2] is not None:
            return match[2]
        return re.sub(r'\\(["\\])', r"\1", match[1])

    return _QUOTED.sub(inside, word)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
