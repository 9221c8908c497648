"""Frozen values as JSON and back, by the types of their fields: what a new event needs to be recorded is nothing.

A dataclass is an object of its fields that differ from their defaults, an enum its value, a mapping a list of pairs,
a tuple a list, bytes base64. A field that a recording has and this program does not know is left out; one that it lacks
has its default. Bytes are refused where they are not known to mean the same in every process: a table of partitions
holds numbers of this process (see `tables`).
"""

from __future__ import annotations

import base64
import dataclasses
import types
from collections.abc import Callable, Collection, Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any, Final, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

from ktui.adapters.errors import BadAnswer

Plain = Any
T = TypeVar("T")
_SCALARS: Final = (str, int, float, bool)
PORTABLE_BYTES: Final = frozenset({("TopicState", "id"), ("Topic", "id")})
"""Fields of bytes that mean the same everywhere."""


class Codec(NamedTuple):
    """Both ways of one type."""

    write: Callable[[Any], Plain]
    read: Callable[[Plain], Any]


def to_plain(value: object, hint: object | None = None) -> Plain:
    """TypeError for a type that cannot be recorded."""
    return codec(type(value) if hint is None else hint).write(value)


def from_plain(plain: Plain, hint: type[T]) -> T:
    """BadAnswer for a value that is not what the type says."""
    kind: Any = hint
    try:
        value: T = codec(kind).read(plain)
    except (TypeError, ValueError, KeyError, AttributeError, IndexError) as error:
        raise BadAnswer(f"not a {getattr(hint, '__name__', hint)}: {error}") from error
    return value


@cache
def codec(hint: Any) -> Codec:
    """How values of this type are written and read; TypeError when they cannot be."""
    if hint in _SCALARS or hint is type(None):
        return Codec(_same, _checked(hint))
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _optional(get_args(hint))
    if origin is tuple:
        return _tuple(get_args(hint))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return _mapping(*map(codec, get_args(hint)))
    if isinstance(origin, type) and issubclass(origin, Sequence | Collection):
        return _sequence(codec(get_args(hint)[0]))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return Codec(lambda value: value.value, hint)
    if dataclasses.is_dataclass(hint):
        return _dataclass(hint)
    if isinstance(hint, type) and issubclass(hint, tuple) and hasattr(hint, "_fields"):
        write, read = _tuple(tuple(get_type_hints(hint).values()))
        return Codec(write, lambda plain: hint(*read(plain)))
    raise TypeError(f"values of {hint} cannot be recorded")


def _same(value: Any) -> Any:
    return value


def _checked(kind: type) -> Callable[[Plain], Any]:
    allowed = (int, float) if kind is float else kind

    def read(plain: Plain) -> Any:
        if not isinstance(plain, allowed):
            raise TypeError(f"{plain!r} is no {kind.__name__}")
        return plain

    return read


def _optional(members: tuple[Any, ...]) -> Codec:
    """A value or None; several types where JSON itself tells them apart, or their names can be written beside."""
    wanted = [member for member in members if member is not type(None)]
    if len(wanted) == 1:
        inner = codec(wanted[0])
        return Codec(
            lambda value: None if value is None else inner.write(value),
            lambda plain: None if plain is None else inner.read(plain),
        )
    if all(member in _SCALARS for member in wanted):
        return Codec(_same, _same)
    if len(wanted) < len(members) or not all(map(dataclasses.is_dataclass, wanted)):
        raise TypeError(f"one of {members} cannot be recorded")
    named = {member.__name__: codec(member) for member in wanted}
    return Codec(
        lambda value: [type(value).__name__, named[type(value).__name__].write(value)],
        lambda plain: named[plain[0]].read(plain[1]),
    )


def _tuple(members: tuple[Any, ...]) -> Codec:
    if len(members) == 2 and members[1] is ...:
        return _sequence(codec(members[0]))
    parts = [codec(member) for member in members]
    return Codec(
        lambda value: [part.write(each) for part, each in zip(parts, value, strict=True)],
        lambda plain: tuple(part.read(each) for part, each in zip(parts, plain, strict=True)),
    )


def _sequence(inner: Codec) -> Codec:
    write, read = inner
    if write is _same:
        return Codec(list, lambda plain: tuple(map(read, plain)))
    return Codec(lambda value: list(map(write, value)), lambda plain: tuple(map(read, plain)))


def _mapping(key: Codec, value: Codec) -> Codec:
    return Codec(
        lambda mapping: [[key.write(k), value.write(v)] for k, v in mapping.items()],
        lambda plain: {key.read(k): value.read(v) for k, v in plain},
    )


_BYTES: Final = Codec(lambda value: base64.b64encode(value).decode(), lambda plain: base64.b64decode(plain))


def _field_codec(owner: str, name: str, hint: Any) -> Codec:
    if hint not in (bytes, bytes | None):
        return codec(hint)
    if (owner, name) not in PORTABLE_BYTES:
        return Codec(
            _refusal(f"{owner}.{name} is bytes that may mean something else in another process"), _same
        )
    return Codec(
        lambda value: None if value is None else _BYTES.write(value),
        lambda plain: None if plain is None else _BYTES.read(plain),
    )


def _refusal(sentence: str) -> Callable[[Any], Plain]:
    def write(value: Any) -> Plain:
        raise TypeError(sentence)

    return write


def _dataclass(kind: Any) -> Codec:
    hints = get_type_hints(kind)
    fields = [field for field in dataclasses.fields(kind) if field.init]
    codecs = {field.name: _field_codec(kind.__name__, field.name, hints[field.name]) for field in fields}
    defaults = {field.name: field.default for field in fields}

    def write(value: Any) -> Plain:
        given = ((name, getattr(value, name), each) for name, each in codecs.items())
        return {name: each.write(part) for name, part, each in given if not _is_default(part, defaults[name])}

    def read(plain: Plain) -> Any:
        return kind(**{name: codecs[name].read(part) for name, part in plain.items() if name in codecs})

    return Codec(write, read)


def _is_default(value: object, default: object) -> bool:
    return value is default or (type(value) is type(default) and value == default)
