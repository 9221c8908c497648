"""From a picture of the cluster to the partitions that a change is about. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping

from ktui.adapters.errors import BadSettings, Refused
from ktui.adapters.model import BrokerState, ClusterSnapshot
from ktui.adapters.operate.moves import Brokers, Key, Replicas, off_broker, with_factor
from ktui.adapters.operate.sentences import UNKNOWN_TOPIC
from ktui.adapters.partitions import Partition, partitions


def rows_of(
    snapshot: ClusterSnapshot, topics: Collection[str] | None = None
) -> Iterator[tuple[Key, Partition]]:
    """Of these topics, or of all. Refused for a topic that is not there."""
    for name in topics or ():
        if snapshot.topics.get(name) is None:
            text = f"There is no topic {name}, or this principal may not see it."
            raise Refused(UNKNOWN_TOPIC, "UNKNOWN_TOPIC_OR_PARTITION", text)
    for topic in snapshot.topics:
        if topics is None or topic.name in topics:
            for row in partitions(topic.table):
                yield (topic.name, row.index), row


def not_preferred(
    snapshot: ClusterSnapshot, topics: Collection[str] | None = None
) -> dict[str, tuple[int, ...]]:
    """Partitions that another replica leads than their first one, which is in sync: those that an election helps."""
    found: dict[str, list[int]] = {}
    for (topic, index), row in rows_of(snapshot, topics):
        if row.replicas and row.leader != row.replicas[0] and row.replicas[0] in row.isr:
            found.setdefault(topic, []).append(index)
    return {topic: tuple(indexes) for topic, indexes in found.items()}


def moves_to_factor(
    snapshot: ClusterSnapshot, topics: Collection[str], factor: int
) -> Mapping[Key, Replicas]:
    """So that each partition of these topics has so many replicas."""
    return with_factor(rows_of(snapshot, topics), factor, takers(snapshot))


def moves_off(
    snapshot: ClusterSnapshot, broker: int, topics: Collection[str] | None = None
) -> Mapping[Key, Replicas]:
    """So that the broker has nothing of these topics (None: of any) any more."""
    if snapshot.broker(broker) is None:
        raise BadSettings(f"There is no broker {broker} in this cluster.")
    return off_broker(rows_of(snapshot, topics), broker, takers(snapshot))


def takers(snapshot: ClusterSnapshot) -> Brokers:
    """The brokers that are up, with how many replicas they have."""
    racks = {broker.id: broker.rack for broker in snapshot.brokers if broker.state is BrokerState.UP}
    return Brokers(racks, Counter({broker: share.replicas for broker, share in snapshot.shares.items()}))


def replicas_on(snapshot: ClusterSnapshot) -> Mapping[int, int]:
    """By broker."""
    return {broker: share.replicas for broker, share in snapshot.shares.items()}
