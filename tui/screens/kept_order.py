"""An order that is kept for a while, so that rows do not jump while they are read."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Final, Generic, Protocol, TypeVar

from ktui.adapters.topics import TopicMap
from ktui.tui.present.ordering import same_names
from ktui.tui.present.slices import Steps

RESORT_S: Final = 10.0

Index = TypeVar("Index", bound="Movable")


class Movable(Protocol):
    """An order of keys that can be laid over newer topics."""

    def over(self: Index, topics: TopicMap) -> Index: ...


class KeptOrder(Generic[Index]):
    """Sorts again when something else is wished for, when topics came or went, or when the order has grown old."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._index: Index | None = None
        self._wish: Hashable = None
        self._topics = TopicMap()
        self._sorted_at = 0.0

    def order(
        self, wish: Hashable, topics: TopicMap, data: Hashable, sort: Callable[[], Steps[Index]]
    ) -> Steps[Index]:
        """`data` stands for whatever else the order goes by, such as a revision of sizes."""
        index, now = self._index, self._monotonic()
        if index is not None and wish == self._wish:
            unchanged = topics.chunks == self._topics.chunks and data == self._data
            is_young = now - self._sorted_at < RESORT_S
            if unchanged or (is_young and (yield from same_names(self._topics, topics))):
                return index.over(topics)
        index = yield from sort()
        self._index, self._wish, self._topics, self._data, self._sorted_at = index, wish, topics, data, now
        return index

    _data: Hashable = None
