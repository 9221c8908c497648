"""Partitions in orders other than by topic: the first 10,000 of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from ktui.adapters.partitions import Column, column
from ktui.adapters.topics import Topic, TopicMap
from ktui.tui.present.classes import lacking, ranks
from ktui.tui.present.ordering import KeyOrder, first_in_order
from ktui.tui.present.selection import AllPartitions, PartitionIndex, PartitionKey, SomePartitions
from ktui.tui.present.slices import Steps

SortKey = Callable[[Topic], Sequence[int]]
Entry = tuple[int, str, int]
"""Sort value, topic name, partition index."""

SORTS: Final[dict[str, SortKey]] = {
    "health": ranks,
    "leader": lambda topic: column(topic.table, Column.LEADER),
    "isr": lambda topic: [-missing for missing in lacking(topic)],
    "epoch": lambda topic: [-epoch for epoch in column(topic.table, Column.LEADER_EPOCH)],
}
"""By column: a value for each partition of a topic, the least first. The order by topic is the index's own."""

_BATCH: Final = 500


class OrderedPartitions:
    """Partitions in an order of their own over the topics of now; keys that are gone keep their last topic."""

    def __init__(self, order: KeyOrder[PartitionKey], then: TopicMap, now: TopicMap) -> None:
        self._order = order
        self._then = then
        self._now = now

    @property
    def count(self) -> int:
        return len(self._order.keys)

    def at(self, row: int) -> tuple[Topic, int]:
        name, index = self._order.keys[row]
        topic = self._now.get(name)
        if topic is None or index >= topic.partition_count:
            topic = self._then.get(name)
        assert topic is not None
        return topic, index

    def row_of(self, key: PartitionKey) -> int | None:
        return self._order.row_of(key)

    def over(self, topics: TopicMap) -> OrderedPartitions:
        """The same order over newer topics."""
        return OrderedPartitions(self._order, self._then, topics)


def ordered(
    index: PartitionIndex, topics: TopicMap, order: str, *, is_reversed: bool
) -> Steps[OrderedPartitions]:
    """The partitions of an index in one of the orders of `SORTS`."""
    batches = _batches(index, SORTS[order], -1 if is_reversed else 1)
    found: list[Entry] = yield from first_in_order(batches)
    return OrderedPartitions(KeyOrder([(name, number) for _, name, number in found]), topics, topics)


def _batches(index: PartitionIndex, key: SortKey, sign: int) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    for topic, indexes in _by_topic(index):
        values = key(topic)
        batch.extend((sign * values[number], topic.name, number) for number in indexes)
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    yield batch


def _by_topic(index: PartitionIndex) -> Iterator[tuple[Topic, Iterable[int]]]:
    if isinstance(index, AllPartitions):
        for topic in index.topics:
            yield topic, range(topic.partition_count)
    elif isinstance(index, SomePartitions):
        for part in index.parts:
            yield from zip(part.topics, part.indexes, strict=True)
