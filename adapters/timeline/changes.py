"""Many changes of topics and partitions in columns: a storm is a few arrays, a row is made when asked for."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from ktui.adapters.events import Stamp
from ktui.adapters.replica_sets import replicas_of
from ktui.adapters.timeline.entries import Cause, Entry, Value, moment_of
from ktui.adapters.timeline.kinds import KINDS, NUMBER_OF, OF_ISR, OF_LEADERS, OF_MOVES, Kind

NOTHING: Final = -1
"""No broker, no count, no epoch."""
_ROW_BYTES: Final = 1 + 5 * 4
_NAME_BYTES: Final = 8
_BLOCK_BYTES: Final = 900


@dataclass(frozen=True, eq=False)
class Changes:
    """Rows that were seen together and have one cause; unchanging."""

    stamp: Stamp
    topics: tuple[str, ...]
    """Names, which `topic` counts."""
    kind: bytes
    topic: array[int]
    partition: array[int]
    before: array[int]
    after: array[int]
    """Broker ids, numbers of `replica_sets`, or counts of partitions, by kind."""
    extra: array[int]
    """The leader epoch, or the replication factor of a topic."""
    seq: int | None = None
    """Of the first row; the others follow it."""
    cause: Cause | None = None

    @property
    def at(self) -> float:
        return moment_of(self.stamp)

    @property
    def size(self) -> int:
        return len(self.kind)

    @cached_property
    def counts(self) -> Mapping[Kind, int]:
        return {KINDS[number]: count for number, count in Counter(self.kind).items()}

    @property
    def byte_count(self) -> int:
        return _BLOCK_BYTES + _ROW_BYTES * len(self.kind) + _NAME_BYTES * len(self.topics)

    def entry(self, index: int) -> Entry:
        kind = KINDS[self.kind[index]]
        before, after, extra = self.before[index], self.after[index], self.extra[index]
        partition = self.partition[index]
        return Entry(
            kind,
            self.stamp,
            topic=self.topics[self.topic[index]],
            partition=partition if partition >= 0 else None,
            before=_value(kind, before),
            after=_value(kind, after),
            detail=_detail(kind, before, after, extra),
            seq=None if self.seq is None else self.seq + index,
            cause=self.cause,
        )

    def names_topic(self, name: str) -> bool:
        return name in self._known_names

    def rows_of(self, name: str) -> list[int]:
        """The rows about one topic."""
        if not self.names_topic(name):
            return []
        wanted = {number for number, known in enumerate(self.topics) if known == name}
        return [row for row, number in enumerate(self.topic) if number in wanted]

    @cached_property
    def _known_names(self) -> frozenset[str]:
        return frozenset(self.topics)


class ChangeRows:
    """Collects rows and packs them."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self._kind = bytearray()
        self._columns = tuple(array("i") for _ in range(5))
        self._appends: tuple[Callable[[int], None], ...] = tuple(c.append for c in self._columns)

    def add(self, kind: Kind, topic: str, partition: int, before: int, after: int, extra: int) -> None:
        """A row; those of one topic come one after the other."""
        self.append(NUMBER_OF[kind], topic, partition, before, after, extra)

    def append(self, kind: int, topic: str, partition: int, before: int, after: int, extra: int) -> None:
        """The same with the number of the kind."""
        names = self.names
        if not names or names[-1] is not topic:
            names.append(topic)
        self._kind.append(kind)
        to_topic, to_partition, to_before, to_after, to_extra = self._appends
        to_topic(len(names) - 1)
        to_partition(partition)
        to_before(before)
        to_after(after)
        to_extra(extra)

    def packed(self, stamp: Stamp) -> Changes:
        topic, partition, before, after, extra = self._columns
        return Changes(stamp, tuple(self.names), bytes(self._kind), topic, partition, before, after, extra)


def _value(kind: Kind, number: int) -> Value:
    if kind in OF_ISR or kind in OF_MOVES:
        return None if number == NOTHING else replicas_of(number)
    if kind in OF_LEADERS:
        return number if number >= 0 else None
    return number if number >= 0 and kind is Kind.PARTITIONS_ADDED else None


def _detail(kind: Kind, before: int, after: int, extra: int) -> str | None:
    if kind in OF_LEADERS:
        return f"epoch {extra}" if extra >= 0 else None
    if kind in (Kind.TOPIC_CREATED, Kind.TOPIC_DELETED):
        count = after if kind is Kind.TOPIC_CREATED else before
        replication = f", RF {extra}" if extra > 0 else ""
        return f"{count:,} partition{'' if count == 1 else 's'}{replication}"
    return None
