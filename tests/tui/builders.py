"""Clusters made by hand, for tests of what is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache

from ktui.adapters.model import (
    Broker,
    BrokerState,
    ClusterSnapshot,
    Controller,
    DirectoryUse,
    Mode,
    Quorum,
    QuorumReplica,
    Sizes,
)
from ktui.adapters.partitions import NO_LEADER, Partition, table_of
from ktui.adapters.topics import Topic, TopicMap, TopicSettings

NOW = 1_795_442_400.0
"""2026-11-23 14:00:00 UTC."""
DAY_MS = 86_400_000
GIB = 1024**3
SETTINGS = TopicSettings(min_isr=2, retention_ms=7 * DAY_MS, cleanup_policy="delete")


def partition(
    index: int,
    replicas: Sequence[int],
    isr: Sequence[int] | None = None,
    *,
    leader: int | None = None,
    epoch: int = 5,
) -> Partition:
    """Led by the first replica in sync, or by nobody."""
    in_sync = tuple(replicas if isr is None else isr)
    if leader is None:
        leader = next((r for r in replicas if r in in_sync), NO_LEADER)
    return Partition(index, leader, epoch, tuple(replicas), in_sync, (), 3)


def topic(
    name: str,
    partitions: int | Iterable[Partition] = 3,
    *,
    brokers: Sequence[int] = (1, 2, 3),
    **fields: object,
) -> Topic:
    """Partitions spread over the brokers with all of them as replicas, unless given."""
    if isinstance(partitions, int):
        count = len(brokers)
        rows: Iterable[Partition] = [
            partition(i, [brokers[(i + k) % count] for k in range(min(3, count))]) for i in range(partitions)
        ]
    else:
        rows = partitions
    values: dict[str, object] = {"id": bytes(range(16)), "is_internal": False, "settings": SETTINGS, **fields}
    return Topic(name=name, table=table_of(rows), **values)  # type: ignore[arg-type]


def broker(broker_id: int, state: BrokerState = BrokerState.UP, **fields: object) -> Broker:
    values: dict[str, object] = {"version": "4.4", "rack": "abc"[(broker_id - 1) % 3], **fields}
    return Broker(broker_id, f"10.0.0.{10 + broker_id}", 9092, state=state, **values)  # type: ignore[arg-type]


def quorum(leader: int = 101, epoch: int = 7, *, lag: int = 0, behind_s: float = 0.2) -> Quorum:
    voters = tuple(
        QuorumReplica(
            i, 5_000 - (lag if i != leader else 0), lag if i != leader else 0, behind_s, f"10.0.1.{i}:9093"
        )
        for i in (101, 102, 103)
    )
    observers = tuple(QuorumReplica(i, 5_000, 0, 0.1) for i in (1, 2, 3))
    return Quorum(leader, epoch, 5_000, voters, observers)


def sizes(by_topic: dict[str, int], brokers: Iterable[int] = (1, 2, 3)) -> Sizes:
    directories = {b: (DirectoryUse("/data", None, 100 * GIB, (60 - b) * GIB),) for b in brokers}
    return Sizes(1, by_topic, directories)


def kraft(topics: Iterable[Topic], **fields: object) -> ClusterSnapshot:
    """Three brokers, three controllers, everything known."""
    values: dict[str, object] = {
        "revision": 1,
        "taken_at": NOW,
        "cluster_id": "4L6g3nShT-eMCtK--X86sw",
        "mode": Mode.KRAFT,
        "metadata_version": "4.4-IV2",
        "sources": ("poll",),
        "controller": Controller(101, 7, "quorum", "10.0.1.101:9093"),
        "quorum": quorum(),
        "brokers": (broker(1), broker(2), broker(3)),
        "topics": TopicMap.of(topics),
        "is_loaded": True,
        "brokers_loaded": True,
        **fields,
    }
    return ClusterSnapshot(**values)  # type: ignore[arg-type]


def zookeeper(topics: Iterable[Topic], **fields: object) -> ClusterSnapshot:
    controller = Controller(2, 12, "zookeeper", "10.0.0.12:9092", since=NOW - 3600)
    values: dict[str, object] = {
        "mode": Mode.ZOOKEEPER, "metadata_version": None, "quorum": None, "controller": controller, **fields,
    }  # fmt: skip
    return kraft(topics, **values)


def small() -> ClusterSnapshot:
    """A healthy cluster with a few topics."""
    topics = [
        topic("audit.log", 3),
        topic("invoices", 6),
        topic("orders", 6),
        topic("payments", 12),
        topic("__consumer_offsets", 3, is_internal=True),
    ]
    by_topic = {"audit.log": 120 * 1024**2, "invoices": 0, "orders": 12 * GIB, "payments": 41 * GIB}
    return kraft(topics, sizes=sizes(by_topic))


def without_broker_2(before: ClusterSnapshot) -> ClusterSnapshot:
    """The same cluster 41 seconds after broker 2 died; the partitions of `orders` are under min ISR."""
    topics = [_shrunk(t, extra=3 if t.name == "orders" else None) for t in before.topics]
    brokers = tuple(
        replace(b, state=BrokerState.MISSING, since=NOW - 41) if b.id == 2 else b for b in before.brokers
    )
    since = {(t.name, i): NOW - 41 for t in topics for i in range(t.partition_count)}
    revision = before.revision + 1
    return replace(
        before, topics=TopicMap.of(topics), brokers=brokers, problem_since=since, revision=revision
    )


def _shrunk(before: Topic, extra: int | None) -> Topic:
    from ktui.adapters.partitions import partitions

    gone = {2, extra} if extra is not None else {2}
    rows = []
    for row in partitions(before.table):
        isr = tuple(r for r in row.isr if r not in gone)
        leader = row.leader if row.leader in isr else next(iter(isr), NO_LEADER)
        rows.append(
            replace(row, isr=isr, leader=leader, leader_epoch=row.leader_epoch + (leader != row.leader))
        )
    return replace(before, table=table_of(rows))


@cache
def large(topics: int, partitions_each: int, brokers: int = 3) -> ClusterSnapshot:
    """Many topics that share their tables' contents."""
    model = topic("model", partitions_each, brokers=range(1, brokers + 1))
    many = (replace(model, name=f"topic-{i:06d}") for i in range(topics))
    return kraft(many, brokers=tuple(broker(i) for i in range(1, brokers + 1)))
