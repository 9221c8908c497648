"""Values of any type that an event may hold, made from the type itself: two for each, one of them of defaults."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Collection, Mapping, Sequence
from enum import Enum
from itertools import count
from typing import Any, Union, get_args, get_origin, get_type_hints

from tests.adapters.clusters import table

_numbers = count(1)


def sample(hint: Any, *, field: str = "") -> Any:
    """A value in which nothing is a default and no two numbers are equal. TypeError for other types."""
    origin = get_origin(hint)
    if hint is bytes:
        return table(3, isr=(1, 2)) if field == "table" else next(_numbers).to_bytes(16, "big")
    if hint in (str, int, float):
        return hint(next(_numbers))
    if hint is bool:
        return True
    if origin in (Union, types.UnionType):
        return sample(next(each for each in get_args(hint) if each is not type(None)), field=field)
    if origin is tuple:
        members = get_args(hint)
        return tuple(sample(m) for m in (members[:1] * 2 if members[1:] == (...,) else members))
    if isinstance(origin, type) and issubclass(origin, Mapping):
        key, value = get_args(hint)
        return {sample(key): sample(value), sample(key): sample(value)}
    if isinstance(origin, type) and issubclass(origin, Sequence | Collection):
        return tuple(sample(get_args(hint)[0]) for _ in range(2))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return list(hint)[-1]
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return filled(hint)
    raise TypeError(f"no sample of {hint}")


def filled(kind: Any) -> Any:
    """With every field given."""
    hints = get_type_hints(kind)
    given = {f.name: sample(hints[f.name], field=f.name) for f in dataclasses.fields(kind) if f.init}
    return kind(**given)


def bare(kind: Any) -> Any:
    """With only the fields that have no default; None and nothing wherever that is allowed."""
    hints = get_type_hints(kind)
    needed = [
        field
        for field in dataclasses.fields(kind)
        if field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
    ]
    return kind(**{field.name: _least(hints[field.name], field.name) for field in needed})


def _least(hint: Any, name: str) -> Any:
    if get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint):
        return None
    origin = get_origin(hint)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {}
    if isinstance(origin, type) and issubclass(origin, Collection):
        return ()
    if dataclasses.is_dataclass(hint):
        return bare(hint)
    return sample(hint, field=name)
