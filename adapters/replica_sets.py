"""Interned replica sets: a cluster has few distinct ones, so a partition holds a small number instead of a tuple.

The table only grows; it is written by the thread that decodes and may be read by any thread.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

EMPTY: Final = 0
"""The number of the empty set."""

_sets: list[tuple[int, ...]] = [()]
_numbers: dict[tuple[int, ...], int] = {(): EMPTY}


def number_of(replicas: Iterable[int]) -> int:
    """The number of this ordered set of broker ids; the order is kept (the first replica is the preferred leader)."""
    key = tuple(replicas)
    number = _numbers.get(key)
    if number is None:
        _sets.append(key)
        number = _numbers.setdefault(key, len(_sets) - 1)
    return number


def replicas_of(number: int) -> tuple[int, ...]:
    """The broker ids that were interned under this number."""
    return _sets[number]
