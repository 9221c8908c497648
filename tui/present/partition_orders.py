"""Partitions in orders other than by topic: the first 10,000 of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from ktui.adapters.health import SEVERITY, classify
from ktui.adapters.partitions import Partition, partition_at, partitions
from ktui.adapters.topics import Topic, TopicMap
from ktui.tui.present.ordering import KeyOrder, first_in_order
from ktui.tui.present.selection import AllPartitions, PartitionIndex, PartitionKey, SomePartitions
from ktui.tui.present.slices import Steps

SortKey = Callable[[Topic, Partition], int]
Entry = tuple[int, str, int]
"""Sort value, topic name, partition index."""

SORTS: Final[dict[str, SortKey]] = {
    "health": lambda topic, p: SEVERITY.index(classify(p, topic.settings.min_isr)) if p.is_loaded else 9,
    "leader": lambda topic, p: p.leader,
    "isr": lambda topic, p: len(p.isr) - len(p.replicas),
    "epoch": lambda topic, p: -p.leader_epoch,
}
"""By column; the least comes first. The order by topic is that of the index itself."""

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
    index: PartitionIndex, topics: TopicMap, column: str, *, is_reversed: bool
) -> Steps[OrderedPartitions]:
    """The partitions of an index sorted by a column of `SORTS`."""
    batches = _batches(_partitions(index), SORTS[column], is_reversed)
    found: list[Entry] = yield from first_in_order(batches)
    return OrderedPartitions(KeyOrder([(name, number) for _, name, number in found]), topics, topics)


def _partitions(index: PartitionIndex) -> Iterator[tuple[Topic, Partition]]:
    if isinstance(index, AllPartitions):
        for topic in index.topics:
            for partition in partitions(topic.table):
                yield topic, partition
    elif isinstance(index, SomePartitions):
        for topic, number in index:
            yield topic, partition_at(topic.table, number)


def _batches(
    pairs: Iterable[tuple[Topic, Partition]], key: SortKey, is_reversed: bool
) -> Iterator[list[Entry]]:
    sign = -1 if is_reversed else 1
    batch: list[Entry] = []
    for topic, partition in pairs:
        batch.append((sign * key(topic, partition), topic.name, partition.index))
        if len(batch) >= _BATCH:
            yield batch
            batch = []
    yield batch
