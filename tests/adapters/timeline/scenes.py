"""A small cluster that things happen to: sources tell of it, the reducer takes it, the timeline is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ktui.adapters.events import (
    BrokersChanged,
    ClusterEvent,
    ClusterIdentified,
    SourceName,
    Stamp,
    TopicsReplaced,
    TopicState,
)
from ktui.adapters.model import Broker, BrokerState, Mode
from ktui.adapters.partitions import Partition, partitions, table_of
from ktui.adapters.reduce import Reducer
from ktui.adapters.timeline.entries import Entry, Part
from ktui.adapters.timeline.kinds import Kind
from ktui.adapters.timeline.story import Story
from ktui.adapters.timeline.timeline import Timeline
from tests.adapters.clusters import partition

LOG, ZK, POLL = SourceName.METADATA_LOG, SourceName.ZOOKEEPER, SourceName.POLL
START = 1_000.0


class Scene:
    """Time is one clock for everything; each `tell` is one batch."""

    def __init__(self, source: SourceName = POLL, mode: Mode = Mode.KRAFT) -> None:
        self.source = source
        self.now = START
        self.told: list[Entry] = []
        self.reducer = Reducer(timeline=Timeline(clock=lambda: self.now))
        self.reducer.timeline.listen(self._hear)
        self.reducer.apply([ClusterIdentified(self.stamp(), "id", mode)])

    def _hear(self, part: Part) -> None:
        self.told += [part.entry(index) for index in range(part.size)]

    def stamp(self, source: SourceName | None = None, batch: int | None = None) -> Stamp:
        source = source or self.source
        happened_at = self.now - 0.02 if source is LOG else None
        return Stamp(source, self.now, happened_at, batch=batch)

    def load(self, *states: TopicState, brokers: Iterable[int] = (1, 2, 3)) -> None:
        self.tell(self.brokers(*brokers), self.topics(*states, is_complete=True))

    def tell(self, *events: ClusterEvent) -> None:
        self.reducer.apply(events)

    def wait(self, seconds: float) -> None:
        """Time passes, and the timeline is looked at."""
        self.now += seconds
        self.reducer.settle()

    def brokers(self, *brokers: int | Broker, source: SourceName | None = None) -> BrokersChanged:
        return BrokersChanged(self.stamp(source), [up(b) if isinstance(b, int) else b for b in brokers])

    def topics(
        self,
        *states: TopicState,
        source: SourceName | None = None,
        is_complete: bool = False,
        removed: Sequence[str] = (),
        unclean: Sequence[tuple[str, int]] = (),
    ) -> TopicsReplaced:
        return TopicsReplaced(self.stamp(source), list(states), list(removed), is_complete, unclean)

    @property
    def stories(self) -> tuple[Story, ...]:
        return self.reducer.timeline.view.stories

    def lines(self) -> list[str]:
        """What was told, short: `isr-shrank a-0 (1, 2, 3) → (1, 3) ← broker-left 2`."""
        return [short(entry) for entry in self.told]


def short(entry: Entry) -> str:
    words = [str(entry.kind)]
    if entry.broker is not None:
        words.append(str(entry.broker))
    if entry.topic is not None:
        words.append(entry.topic if entry.partition is None else f"{entry.topic}-{entry.partition}")
    if entry.before is not None or entry.after is not None:
        words.append(f"{entry.before} → {entry.after}")
    if entry.cause is not None:
        words.append(f"← {entry.cause.kind} {entry.cause.broker}")
    return " ".join(words)


def up(broker: int, epoch: int | None = None, state: BrokerState = BrokerState.UP) -> Broker:
    return Broker(broker, f"host{broker}", 9092, None, state, epoch=epoch)


def topic(
    name: str, *rows: Partition, topic_id: bytes | None = None, moving: tuple[int, ...] | None = None
) -> TopicState:
    wanted = rows or (partition(0), partition(1, 2), partition(2, 3))
    return TopicState(name, topic_id or name.encode().ljust(16, b"\0"), False, table_of(wanted), moving)


def without(state: TopicState, broker: int) -> TopicState:
    """The topic after this broker was found to be away."""
    return replace(state, table=table_of(_without(row, broker) for row in partitions(state.table)))


def _without(row: Partition, broker: int) -> Partition:
    isr = tuple(b for b in row.isr if b != broker)
    if row.leader != broker:
        return replace(row, isr=isr, version=row.version + 1)
    leader = isr[0] if isr else -1
    return replace(row, isr=isr or row.isr, leader=leader, leader_epoch=row.leader_epoch + 1)


def kinds(entries: Iterable[Entry]) -> list[Kind]:
    return [entry.kind for entry in entries]


def counts(story: Story) -> Mapping[str, int]:
    return {str(kind): count for kind, count in story.counts.items()}
