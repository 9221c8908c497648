"""Small made-up clusters for tests of the model."""

from __future__ import annotations

from collections.abc import Sequence

from ktui.adapters.events import SourceName, Stamp, TopicState
from ktui.adapters.model import Broker, BrokerState
from ktui.adapters.partitions import Partition, table_of
from ktui.adapters.topics import Topic, TopicSettings


def stamp(seen_at: float = 100.0, source: SourceName = SourceName.POLL) -> Stamp:
    return Stamp(source, seen_at)


def partition(
    index: int,
    leader: int = 1,
    *,
    replicas: Sequence[int] = (1, 2, 3),
    isr: Sequence[int] = (1, 2, 3),
    epoch: int = 0,
) -> Partition:
    return Partition(index, leader, epoch, tuple(replicas), tuple(isr), (), -1)


def table(count: int = 1, *, isr: Sequence[int] = (1, 2, 3), leader: int = 1, epoch: int = 0) -> bytes:
    return table_of(partition(index, leader, isr=isr, epoch=epoch) for index in range(count))


def topic(name: str, count: int = 1, *, isr: Sequence[int] = (1, 2, 3), min_isr: int | None = 2) -> Topic:
    return Topic(
        name, name.encode().ljust(16, b"\0"), False, table(count, isr=isr), TopicSettings(min_isr=min_isr)
    )


def state(name: str, packed: bytes | None = None, *, topic_id: bytes | None = None) -> TopicState:
    return TopicState(name, topic_id or name.encode().ljust(16, b"\0"), False, packed or table())


def broker(broker_id: int, which: BrokerState = BrokerState.UP) -> Broker:
    return Broker(broker_id, f"host{broker_id}", 9092, None, which)
