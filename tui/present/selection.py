"""Which topics and which partitions are shown: kept for each chunk of topics, asked again only for new chunks."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Final, Protocol

from ktui.adapters.topics import Chunk, Topic, TopicMap
from ktui.tui.present.slices import Steps

SLICE: Final = 1_000
"""Partitions looked at between two pauses."""

PartitionKey = tuple[str, int]
"""Topic name and partition index."""


class PartitionIndex(Protocol):
    """Partitions by row and rows by partition; an unchanging list."""

    @property
    def count(self) -> int: ...

    def at(self, row: int) -> tuple[Topic, int]: ...

    def row_of(self, key: PartitionKey) -> int | None: ...


@dataclass(frozen=True, slots=True)
class AllPartitions:
    """Every partition of the topics by name and index; needs no list of rows."""

    topics: TopicMap

    @property
    def count(self) -> int:
        return self.topics.partition_count

    def at(self, row: int) -> tuple[Topic, int]:
        return self.topics.partition_row(row)

    def row_of(self, key: PartitionKey) -> int | None:
        return self.topics.row_of(*key)


class TopicsKept:
    """The topics for which a condition holds, as a map of their own."""

    def __init__(self, holds: Callable[[Topic], bool]) -> None:
        self._holds = holds
        self._kept: dict[Chunk, Chunk | None] = {}

    def select(self, topics: TopicMap) -> Steps[TopicMap]:
        kept: dict[Chunk, Chunk | None] = {}
        for chunk in topics.chunks:
            if chunk in self._kept:
                kept[chunk] = self._kept[chunk]
                continue
            kept[chunk] = self._reduced(chunk)
            yield
        self._kept = kept
        return TopicMap(tuple(chunk for chunk in kept.values() if chunk is not None))

    def _reduced(self, chunk: Chunk) -> Chunk | None:
        found = tuple(filter(self._holds, chunk.topics))
        if len(found) == len(chunk.topics):
            return chunk
        return Chunk(found) if found else None


@dataclass(frozen=True, eq=False)
class Part:
    """The partitions that were kept of one chunk: for each topic the indexes, rising."""

    topics: tuple[Topic, ...]
    indexes: tuple[array[int], ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(topic.name for topic in self.topics)

    @cached_property
    def ends(self) -> tuple[int, ...]:
        return tuple(accumulate(map(len, self.indexes)))


@dataclass(frozen=True, eq=False)
class SomePartitions:
    """Partitions that were kept, in the order of topic name and index."""

    parts: tuple[Part, ...]

    @cached_property
    def _ends(self) -> tuple[int, ...]:
        return tuple(accumulate(part.ends[-1] for part in self.parts))

    @property
    def count(self) -> int:
        return self._ends[-1] if self.parts else 0

    def at(self, row: int) -> tuple[Topic, int]:
        position = bisect_right(self._ends, row)
        rest = row - (self._ends[position - 1] if position else 0)
        part = self.parts[position]
        inside = bisect_right(part.ends, rest)
        before = part.ends[inside - 1] if inside else 0
        return part.topics[inside], part.indexes[inside][rest - before]

    def row_of(self, key: PartitionKey) -> int | None:
        name, index = key
        position = bisect_right(self.parts, name, key=lambda part: part.names[0]) - 1
        if position < 0:
            return None
        part = self.parts[position]
        inside = bisect_left(part.names, name)
        if inside == len(part.names) or part.names[inside] != name:
            return None
        place = bisect_left(part.indexes[inside], index)
        if place == len(part.indexes[inside]) or part.indexes[inside][place] != index:
            return None
        before = self._ends[position - 1] if position else 0
        return before + (part.ends[inside - 1] if inside else 0) + place

    def __iter__(self) -> Iterator[tuple[Topic, int]]:
        for part in self.parts:
            for topic, indexes in zip(part.topics, part.indexes, strict=True):
                for index in indexes:
                    yield topic, index


class PartitionsKept:
    """The partitions that a question picks of each topic; chunks that `may_hold` denies are not looked at."""

    def __init__(
        self,
        pick: Callable[[Topic], Iterable[int]],
        may_hold: Callable[[Chunk], bool] = lambda chunk: True,
    ) -> None:
        self._pick = pick
        self._may_hold = may_hold
        self._kept: dict[Chunk, Part | None] = {}

    def select(self, topics: TopicMap, limit: int | None = None) -> Steps[SomePartitions]:
        """All that are picked; with a limit no further chunk is looked at once so many were found."""
        kept: dict[Chunk, Part | None] = {}
        found = 0
        for chunk in topics.chunks:
            if limit is not None and found >= limit:
                break
            if chunk in self._kept:
                kept[chunk] = self._kept[chunk]
            elif not self._may_hold(chunk):
                kept[chunk] = None
            else:
                kept[chunk] = yield from self._picked(chunk)
            part = kept[chunk]
            found += part.ends[-1] if part is not None else 0
        self._kept = kept
        return SomePartitions(tuple(part for part in kept.values() if part is not None))

    def _picked(self, chunk: Chunk) -> Steps[Part | None]:
        found: list[tuple[Topic, array[int]]] = []
        looked_at = 0
        for topic in chunk.topics:
            indexes = array("i", self._pick(topic))
            if indexes:
                found.append((topic, indexes))
            looked_at += topic.partition_count + 10
            if looked_at >= SLICE:
                looked_at = 0
                yield
        yield
        return Part(tuple(t for t, _ in found), tuple(i for _, i in found)) if found else None
