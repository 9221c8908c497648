"""The rows of the topic table."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Final, Protocol

from ktui.adapters.health import SEVERITY
from ktui.adapters.rates.view import EMPTY_VIEW, RatesView
from ktui.adapters.topics import Topic, TopicMap
from ktui.tui.present import rates
from ktui.tui.present.deletion import BEING_DELETED
from ktui.tui.present.formats import UNKNOWN, duration_ms, number, size
from ktui.tui.present.ordering import KeyOrder, first_in_order
from ktui.tui.present.rates import RateLook
from ktui.tui.present.sanitise import safe
from ktui.tui.present.slices import Steps
from ktui.tui.present.words import health_run
from ktui.widgets.cells import Align, ColumnSpec, Run, Tone, line
from ktui.widgets.rows import Row


def columns(spark_width: int) -> tuple[ColumnSpec, ...]:
    return (
        ColumnSpec("name", "NAME", 30, grow=True, min_width=20),
        ColumnSpec("partitions", "PART", 6, Align.RIGHT, min_width=5),
        ColumnSpec("rf", "RF", 3, Align.RIGHT),
        ColumnSpec("min", "MIN", 3, Align.RIGHT, rank=4),
        ColumnSpec("health", "HEALTH", 22, min_width=18),
        rates.column(spark_width),
        rates.bytes_column(rank=2),
        ColumnSpec("size", "SIZE", 8, Align.RIGHT),
        ColumnSpec("retain", "RETAIN", 8, min_width=7, rank=1),
        ColumnSpec("cleanup", "CLEANUP", 14, rank=3),
    )


COLUMNS: Final = columns(rates.IN_TABLES.narrow)


@dataclass(frozen=True, slots=True)
class TopicLook:
    """What the rows say besides the topics themselves."""

    sizes: Mapping[str, int] = field(default_factory=dict)
    size_unknown: str = UNKNOWN
    """What stands for a size that is not known: `?`, or that there is no right to ask."""
    rates: RateLook = field(default_factory=RateLook)
    deletions: Mapping[str, str] = field(default_factory=dict)
    """How far topics are with their end, by name."""
    marks: Collection[Hashable] = frozenset()
    """Names of the marked topics."""


class TopicIndex(Protocol):
    """Topics by row and rows by name; an unchanging list."""

    @property
    def count(self) -> int: ...

    def at(self, row: int) -> Topic | None: ...

    def name_at(self, row: int) -> str: ...

    def row_of(self, name: str) -> int | None: ...


class TopicsByName:
    """All topics of a map, without a list of them."""

    def __init__(self, topics: TopicMap, *, is_reversed: bool = False) -> None:
        self._topics = topics
        self._is_reversed = is_reversed
        self._ends = tuple(accumulate(len(chunk.topics) for chunk in topics.chunks))

    @property
    def count(self) -> int:
        return len(self._topics)

    def _turned(self, row: int) -> int:
        return self.count - 1 - row if self._is_reversed else row

    def at(self, row: int) -> Topic:
        return self._topics.topic_at(self._turned(row))

    def name_at(self, row: int) -> str:
        return self.at(row).name

    def place_of(self, name: str) -> int:
        """How many names come before this one."""
        chunks = self._topics.chunks
        position = bisect_right(chunks, name, key=lambda chunk: chunk.topics[0].name) - 1
        if position < 0:
            return 0
        inside = bisect_left(chunks[position].names, name)
        return (self._ends[position - 1] if position else 0) + inside

    def row_of(self, name: str) -> int | None:
        place = self.place_of(name)
        if place == self.count or self._topics.topic_at(place).name != name:
            return None
        return self._turned(place)


class OrderedTopics:
    """Topics in an order of their own over the topics of now; one that is gone by now is None."""

    def __init__(self, order: KeyOrder[str], topics: TopicMap) -> None:
        self._order = order
        self._topics = topics

    @property
    def count(self) -> int:
        return len(self._order.keys)

    def at(self, row: int) -> Topic | None:
        return self._topics.get(self._order.keys[row])

    def name_at(self, row: int) -> str:
        return self._order.keys[row]

    def row_of(self, name: str) -> int | None:
        return self._order.row_of(name)

    def over(self, topics: TopicMap) -> OrderedTopics:
        """The same order over newer topics."""
        return OrderedTopics(self._order, topics)


class TopicRows:
    """A model over an index of topics."""

    def __init__(self, index: TopicIndex, look: TopicLook) -> None:
        self.index = index
        self._look = look

    @property
    def count(self) -> int:
        return self.index.count

    def row(self, index: int) -> Row:
        topic = self.index.at(index)
        if topic is None:
            return gone_row(self.index.name_at(index))
        return topic_row(topic, self._look)

    def index_of(self, key: Hashable) -> int | None:
        return self.index.row_of(key) if isinstance(key, str) else None


def topic_row(topic: Topic, look: TopicLook) -> Row:
    bytes_on_disk = look.sizes.get(topic.name)
    cells = (
        line(Run(safe(topic.name)), *_marks(topic, look)),
        Run(number(topic.partition_count)),
        Run(number(topic.replication_factor)),
        Run(number(topic.settings.min_isr), Tone.MUTED),
        health_run(topic.health),
        look.rates.cell(topic.name),
        rates.bytes_cell(look.rates.rates.bytes_per_s(topic.name)),
        Run(look.size_unknown if bytes_on_disk is None else size(bytes_on_disk)),
        Run(retention(topic), Tone.MUTED),
        Run(safe(topic.settings.cleanup_policy or UNKNOWN), Tone.MUTED),
    )
    return Row(topic.name, cells, marked=topic.name in look.marks)


def retention(topic: Topic) -> str:
    """How long records are kept; a topic that is only compacted keeps the newest of each key."""
    policy = topic.settings.cleanup_policy
    if policy is not None and "delete" not in policy:
        return safe(policy)
    return duration_ms(topic.settings.retention_ms)


def gone_row(name: str) -> Row:
    blank = Run("", Tone.MUTED)
    gone = Run("gone", Tone.MUTED)
    cells = (Run(safe(name), Tone.MUTED), blank, blank, blank, gone, blank, blank, blank, blank, blank)
    return Row(name, cells, Tone.MUTED)


def _marks(topic: Topic, look: TopicLook) -> Iterable[Run]:
    if topic.is_internal:
        yield Run(" internal", Tone.MUTED)
    if topic.is_deleting:
        yield Run(f" {look.deletions.get(topic.name, BEING_DELETED)}", Tone.WARN)


SortKey = Callable[[Topic], int]


def sort_key(column: str, sizes: Mapping[str, int], of_now: RatesView = EMPTY_VIEW) -> SortKey:
    """What an order goes by, the least first."""
    orders: dict[str, SortKey] = {
        "partitions": lambda topic: -topic.partition_count,
        "rf": lambda topic: topic.replication_factor or 0,
        "health": health_order,
        "size": lambda topic: -sizes.get(topic.name, -1),
        rates.RATE: lambda topic: rates.rates_order(of_now, topic.name),
    }
    return orders[column]


SORTS: Final = ("name", "health", "size", rates.RATE, "partitions", "rf")


def health_order(topic: Topic) -> int:
    """Worst class first, and within it most partitions first."""
    worst = topic.health.worst
    return SEVERITY.index(worst) * 1_000_000 - min(999_999, topic.health.of_class(worst))


def ordered(topics: TopicMap, key: SortKey, *, is_reversed: bool) -> Steps[OrderedTopics]:
    """The topics by a key, in slices."""
    found: list[tuple[int, str]] = yield from first_in_order(_batches(topics, key, is_reversed))
    return OrderedTopics(KeyOrder([name for _, name in found]), topics)


def _batches(topics: TopicMap, key: SortKey, is_reversed: bool) -> Iterator[list[tuple[int, str]]]:
    sign = -1 if is_reversed else 1
    for chunk in topics.chunks:
        yield [(sign * key(topic), topic.name) for topic in chunk.topics]
