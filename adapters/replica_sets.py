"""Interned replica sets: a cluster has few distinct ones, so a partition holds a small number instead of a tuple.

The table only grows; it is written by the thread that decodes and may be read by any thread.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

EMPTY: Final = 0
"""The number of the empty set."""

NOBODY: Final = -3
"""The preferred leader of the empty set: no broker, and no mark that a leader column may hold."""

_sets: list[tuple[int, ...]] = [()]
_preferred: list[int] = [NOBODY]
_numbers: dict[tuple[int, ...], int] = {(): EMPTY}


def number_of(replicas: Iterable[int]) -> int:
    """The number of this ordered set of broker ids; the order is kept (the first replica is the preferred leader)."""
    key = tuple(replicas)
    number = _numbers.get(key)
    if number is None:
        _preferred.append(key[0] if key else NOBODY)
        _sets.append(key)
        number = _numbers.setdefault(key, len(_sets) - 1)
    return number


def replicas_of(number: int) -> tuple[int, ...]:
    """The broker ids that were interned under this number."""
    return _sets[number]


def preferred_of(number: int) -> int:
    """The first replica, which is the preferred leader; NOBODY for the empty set."""
    return _preferred[number]
