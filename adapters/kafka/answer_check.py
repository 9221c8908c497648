"""Whether an answer's lengths can be true, before kio reads it.

kio's reader makes room for as many entries as an array claims to have; a count that cannot be ends the process.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from functools import lru_cache
from typing import Any, Final, NamedTuple, get_args, get_origin

from ktui.adapters.kafka.wire import uvarint

Pass = Callable[[bytes, int], int]
"""From the position of a value to the position after it; IndexError or ValueError where the bytes end before."""

_FIXED: Final = {
    "bool": 1,
    "int8": 1,
    "int16": 2,
    "uint16": 2,
    "error_code": 2,
    "int32": 4,
    "uint32": 4,
    "timedelta_i32": 4,
    "int64": 8,
    "float64": 8,
    "timedelta_i64": 8,
    "datetime_i64": 8,
    "uuid": 16,
}
_BYTES: Final = frozenset({"bytes", "records"})


class _Field(NamedTuple):
    pass_over: Pass
    fixed: int | None
    """Its length when it is always the same."""


def check_lengths(cls: Any, data: bytes) -> None:
    """ValueError or IndexError unless the bytes can be one entity of this kio class, and nothing else."""
    end = _entity(cls)(data, 0)
    if end != len(data):
        raise ValueError(f"{len(data) - end} bytes are left over" if end < len(data) else "it is cut off")


@lru_cache(maxsize=512)
def _entity(cls: Any) -> Pass:
    steps: list[Pass] = []
    tagged: dict[int, Pass] = {}
    fixed = 0
    for field in fields(cls):
        one = _field(cls, field)
        if "tag" in field.metadata:
            tagged[field.metadata["tag"]] = one.pass_over
        elif one.fixed is not None:
            fixed += one.fixed
        else:
            steps += [_skip(fixed), one.pass_over] if fixed else [one.pass_over]
            fixed = 0
    if fixed:
        steps.append(_skip(fixed))
    if cls.__flexible__:
        steps.append(_tags(tagged))

    def pass_over(data: bytes, position: int) -> int:
        for step in steps:
            position = step(data, position)
        if position > len(data):
            raise ValueError("it is cut off")
        return position

    return pass_over


def _field(cls: Any, field: Any) -> _Field:
    kafka_type = field.metadata.get("kafka_type")
    is_nullable = type(None) in get_args(field.type)
    item = _array_item(field.type)
    if item is not None:
        inner = _Field(_entity(item), None) if _is_entity(item) else _primitive(kafka_type, cls.__flexible__)
        return _Field(_array(inner, is_flexible=cls.__flexible__), None)
    entity = next((kind for kind in (field.type, *get_args(field.type)) if _is_entity(kind)), None)
    if entity is None:
        return _primitive(kafka_type, cls.__flexible__)
    return _Field(_optional(_entity(entity)) if is_nullable else _entity(entity), None)


def _array_item(annotation: Any) -> Any:
    """The type of an array's entries; None for what is no array."""
    for kind in (annotation, *get_args(annotation)):
        if get_origin(kind) is tuple:
            return get_args(kind)[0]
    return None


def _is_entity(kind: Any) -> bool:
    return isinstance(kind, type) and hasattr(kind, "__version__")


def _primitive(kafka_type: str, is_flexible: bool) -> _Field:
    size = _FIXED.get(kafka_type)
    if size is not None:
        return _Field(_skip(size), size)
    if is_flexible:
        return _Field(_compact, None)
    return _Field(_counted(4) if kafka_type in _BYTES else _counted(2), None)


def _skip(size: int) -> Pass:
    return lambda data, position: position + size


def _compact(data: bytes, position: int) -> int:
    length, position = uvarint(data, position)
    return position + max(0, length - 1)


def _counted(width: int) -> Pass:
    def pass_over(data: bytes, position: int) -> int:
        length = _signed(data, position, width)
        return position + width + max(0, length)

    return pass_over


def _signed(data: bytes, position: int, width: int) -> int:
    if position + width > len(data):
        raise ValueError("it is cut off")
    return int.from_bytes(data[position : position + width], "big", signed=True)


def _array(item: _Field, *, is_flexible: bool) -> Pass:
    def pass_over(data: bytes, position: int) -> int:
        if is_flexible:
            count, position = uvarint(data, position)
            count -= 1
        else:
            count, position = _signed(data, position, 4), position + 4
        if count > len(data) - position:
            raise ValueError("an array is cut off")
        if item.fixed is not None:
            return position + max(0, count) * item.fixed
        for _ in range(count):
            position = item.pass_over(data, position)
        return position

    return pass_over


def _optional(entity: Pass) -> Pass:
    """A struct that may be absent: a byte says so."""

    def pass_over(data: bytes, position: int) -> int:
        return position + 1 if _signed(data, position, 1) < 0 else entity(data, position + 1)

    return pass_over


def _tags(known: dict[int, Pass]) -> Pass:
    def pass_over(data: bytes, position: int) -> int:
        count, position = uvarint(data, position)
        for _ in range(count):
            tag, position = uvarint(data, position)
            size, position = uvarint(data, position)
            end = position + size
            if end > len(data) or (tag in known and known[tag](data, position) != end):
                raise ValueError("a tagged field has a wrong length")
            position = end
        return position

    return pass_over
