"""The first so many rows of another order, found in slices; no single call sorts more than some 15,000 rows."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Final, Generic, TypeVar

from ktui.adapters.topics import TopicMap
from ktui.tui.present.slices import Steps

LIMIT: Final = 10_000
"""Rows shown in an order other than by name."""

_RUN: Final = 2_000

Entry = TypeVar("Entry", tuple[int, str], tuple[int, str, int])
Key = TypeVar("Key", bound=Hashable)


def first_in_order(batches: Iterable[Sequence[Entry]], limit: int = LIMIT) -> Steps[list[Entry]]:
    """The smallest entries, in their order; entries compare as tuples do."""
    kept: list[Entry] = []
    waiting: list[Entry] = []
    for batch in batches:
        waiting.extend(batch)
        if len(waiting) >= _RUN:
            kept = _merged(kept, waiting, limit)
            waiting = []
        yield
    return _merged(kept, waiting, limit)


def _merged(kept: list[Entry], waiting: list[Entry], limit: int) -> list[Entry]:
    if len(kept) == limit:
        last = kept[-1]
        waiting = [entry for entry in waiting if entry < last]
    if waiting:
        kept.extend(waiting)
        kept.sort()
        del kept[limit:]
    return kept


class KeyOrder(Generic[Key]):
    """Keys in a fixed order, and the place of each."""

    def __init__(self, keys: Sequence[Key]) -> None:
        self.keys = keys
        self._rows: dict[Key, int] | None = None

    def row_of(self, key: Key) -> int | None:
        if self._rows is None:
            self._rows = {known: row for row, known in enumerate(self.keys)}
        return self._rows.get(key)


def same_names(before: TopicMap, now: TopicMap) -> Steps[bool]:
    """Whether both hold topics of the same names; cheap when most chunks are the same objects."""
    if before is now:
        return True
    if len(before.chunks) != len(now.chunks):
        return False
    for old, new in zip(before.chunks, now.chunks, strict=True):
        if old is new:
            continue
        if old.names != new.names:
            return False
        yield
    return True
