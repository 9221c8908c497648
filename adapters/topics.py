"""Topics in frozen chunks, sorted by name: a change replaces one chunk; row numbers need no list of rows."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from heapq import merge
from itertools import accumulate, chain
from typing import Final

from ktui.adapters.health import ALL_WELL, Health, health_in_all, health_of
from ktui.adapters.partitions import Column, column, count
from ktui.adapters.replica_sets import replicas_of

CHUNK: Final = 256
"""Topics a chunk is made with; it is split when it holds twice as many."""
SORTED_AT_ONCE: Final = 10_000


@dataclass(frozen=True, slots=True)
class TopicSettings:
    """The few configuration values that screens of many topics need; None: not known."""

    min_isr: int | None = None
    retention_ms: int | None = None
    retention_bytes: int | None = None
    cleanup_policy: str | None = None


UNKNOWN_SETTINGS: Final = TopicSettings()


@dataclass(frozen=True, slots=True, eq=False)
class Topic:
    """A topic; the same object in every snapshot until something in it changes."""

    name: str
    id: bytes | None
    """16 bytes, or None where the cluster has no topic ids."""
    is_internal: bool
    table: bytes
    """Its partitions: see `ktui.adapters.partitions`."""
    settings: TopicSettings = UNKNOWN_SETTINGS
    moving: tuple[int, ...] = ()
    """Indexes of partitions that are being reassigned."""
    is_deleting: bool = False
    """Marked for deletion and not gone yet (ZooKeeper mode)."""
    health: Health = field(init=False)

    def __post_init__(self) -> None:
        # From one that is being deleted leaders are taken on purpose; Kafka's own count leaves it out too.
        settled = not self.is_deleting
        health = health_of(self.table, self.settings.min_isr, len(self.moving)) if settled else ALL_WELL
        object.__setattr__(self, "health", health)

    def with_offline(self, table: bytes) -> Topic:
        """The same with a table that differs in nothing that health hangs on, which is not judged again."""
        fresh = object.__new__(Topic)
        for name in _TOPIC_FIELDS:
            object.__setattr__(fresh, name, getattr(self, name))
        object.__setattr__(fresh, "table", table)
        return fresh

    @property
    def partition_count(self) -> int:
        return count(self.table)

    @property
    def replication_factor(self) -> int | None:
        """Replicas of partition 0; None when its state is not loaded."""
        if not self.table:
            return None
        return len(replicas_of(column(self.table, Column.REPLICAS)[0])) or None


_TOPIC_FIELDS: Final = tuple(each.name for each in fields(Topic))


@dataclass(frozen=True, slots=True)
class BrokerShare:
    """What of a set of topics lies on one broker, in partitions."""

    leaders: int = 0
    replicas: int = 0
    in_sync: int = 0

    def __add__(self, other: BrokerShare) -> BrokerShare:
        return BrokerShare(
            self.leaders + other.leaders, self.replicas + other.replicas, self.in_sync + other.in_sync
        )


@dataclass(frozen=True, eq=False)
class Chunk:
    """Some hundreds of neighbouring topics with their sums."""

    topics: tuple[Topic, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(topic.name for topic in self.topics)

    @cached_property
    def partition_ends(self) -> tuple[int, ...]:
        """Running number of partitions, up to and including each topic."""
        return tuple(accumulate(topic.partition_count for topic in self.topics))

    @cached_property
    def health(self) -> Health:
        return health_in_all(topic.health for topic in self.topics)

    @cached_property
    def deleting(self) -> tuple[Topic, ...]:
        """Those that are marked for deletion."""
        return tuple(topic for topic in self.topics if topic.is_deleting)

    @cached_property
    def shares(self) -> Mapping[int, BrokerShare]:
        """By broker id, for every broker named as leader, replica or in-sync replica."""
        leaders = self._counted(Column.LEADER)
        replicas, in_sync = (_members(self._counted(which)) for which in (Column.REPLICAS, Column.ISR))
        brokers = {b for b in leaders if b >= 0} | replicas.keys() | in_sync.keys()
        return {b: BrokerShare(leaders[b], replicas[b], in_sync[b]) for b in brokers}

    def _counted(self, which: Column) -> Counter[int]:
        """How often each value stands in a column: a cluster has few distinct ones."""
        return Counter(
            memoryview(b"".join([column(topic.table, which) for topic in self.topics])).cast("i").tolist()
        )


def _members(sets: Mapping[int, int]) -> Counter[int]:
    """How often each broker is in replica sets that occur so many times."""
    members: Counter[int] = Counter()
    for number, times in sets.items():
        for broker in replicas_of(number):
            members[broker] += times
    return members


@dataclass(frozen=True, eq=False)
class TopicMap:
    """All topics of a cluster, in the order of their names."""

    chunks: tuple[Chunk, ...] = ()

    @staticmethod
    def of(topics: Iterable[Topic]) -> TopicMap:
        """From topics in any order; of two with one name the later one stays."""
        by_name = {topic.name: topic for topic in topics}
        return TopicMap(tuple(_cut([by_name[name] for name in _in_order(list(by_name))])))

    @cached_property
    def _firsts(self) -> tuple[str, ...]:
        return tuple(chunk.topics[0].name for chunk in self.chunks)

    @cached_property
    def _topic_ends(self) -> tuple[int, ...]:
        return tuple(accumulate(len(chunk.topics) for chunk in self.chunks))

    @cached_property
    def _partition_ends(self) -> tuple[int, ...]:
        return tuple(accumulate(chunk.partition_ends[-1] for chunk in self.chunks))

    def __len__(self) -> int:
        return self._topic_ends[-1] if self.chunks else 0

    def __iter__(self) -> Iterator[Topic]:
        return chain.from_iterable(chunk.topics for chunk in self.chunks)

    @property
    def partition_count(self) -> int:
        return self._partition_ends[-1] if self.chunks else 0

    @cached_property
    def health(self) -> Health:
        return health_in_all(chunk.health for chunk in self.chunks)

    @cached_property
    def deleting(self) -> tuple[Topic, ...]:
        """Those that are marked for deletion and not gone yet."""
        return tuple(chain.from_iterable(chunk.deleting for chunk in self.chunks))

    @cached_property
    def shares(self) -> Mapping[int, BrokerShare]:
        """By broker id: leaders, replicas and in-sync replicas over all topics."""
        total: dict[int, BrokerShare] = {}
        for chunk in self.chunks:
            for broker, share in chunk.shares.items():
                known = total.get(broker)
                total[broker] = share if known is None else known + share
        return total

    def get(self, name: str) -> Topic | None:
        position = bisect_right(self._firsts, name) - 1
        if position < 0:
            return None
        chunk = self.chunks[position]
        inside = bisect_right(chunk.names, name) - 1
        return chunk.topics[inside] if inside >= 0 and chunk.names[inside] == name else None

    def topic_at(self, row: int) -> Topic:
        """The topic with this number in the order of names."""
        position = bisect_right(self._topic_ends, row)
        before = self._topic_ends[position - 1] if position else 0
        return self.chunks[position].topics[row - before]

    def partition_row(self, row: int) -> tuple[Topic, int]:
        """Topic and partition index of this row in the order (topic name, index)."""
        position = bisect_right(self._partition_ends, row)
        rest = row - (self._partition_ends[position - 1] if position else 0)
        chunk = self.chunks[position]
        inside = bisect_right(chunk.partition_ends, rest)
        return chunk.topics[inside], rest - (chunk.partition_ends[inside - 1] if inside else 0)

    def row_of(self, name: str, index: int = 0) -> int | None:
        """The row of a partition in the order (topic name, index); None when there is none."""
        position = bisect_right(self._firsts, name) - 1
        if position < 0:
            return None
        chunk = self.chunks[position]
        inside = bisect_right(chunk.names, name) - 1
        if inside < 0 or chunk.names[inside] != name:
            return None
        if not 0 <= index < chunk.topics[inside].partition_count:
            return None
        before = self._partition_ends[position - 1] if position else 0
        return before + (chunk.partition_ends[inside - 1] if inside else 0) + index

    def updated(self, replaced: Iterable[Topic] = (), removed: Iterable[str] = ()) -> TopicMap:
        """A map with these topics put in and those names taken out; untouched chunks are shared."""
        put = {topic.name: topic for topic in replaced}
        gone = set(removed) - put.keys()
        if not self.chunks:
            return TopicMap.of(put.values())
        touched: dict[int, set[str]] = {}
        for name in chain(put, gone):
            touched.setdefault(max(0, bisect_right(self._firsts, name) - 1), set()).add(name)
        chunks: list[Chunk] = []
        for position, chunk in enumerate(self.chunks):
            names = touched.get(position)
            chunks.extend((chunk,) if names is None else _rebuilt(chunk, names, put))
        return TopicMap(tuple(chunks))


def _rebuilt(chunk: Chunk, names: set[str], put: Mapping[str, Topic]) -> Iterator[Chunk]:
    topics = {topic.name: topic for topic in chunk.topics}
    for name in names:
        topic = put.get(name)
        if topic is None:
            topics.pop(name, None)
        else:
            topics[name] = topic
    ordered = [topics[name] for name in sorted(topics)]
    if len(ordered) > 2 * CHUNK:
        yield from _cut(ordered)
    elif ordered:
        yield Chunk(tuple(ordered))


def _in_order(names: list[str]) -> Iterator[str]:
    """Sorted in slices: one long sort would hold every thread."""
    return merge(*(sorted(names[i : i + SORTED_AT_ONCE]) for i in range(0, len(names), SORTED_AT_ONCE)))


def _cut(ordered: list[Topic]) -> list[Chunk]:
    return [Chunk(tuple(ordered[i : i + CHUNK])) for i in range(0, len(ordered), CHUNK)]
