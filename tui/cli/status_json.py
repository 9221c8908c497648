"""The JSON document of `ktui status`. What is not known is null, and a fault says why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any

from ktui.adapters.health import ALL_WELL, SEVERITY, PartitionClass, troubled
from ktui.adapters.model import Broker, ClusterSnapshot, QuorumReplica
from ktui.adapters.partitions import Partition, partitions
from ktui.adapters.topics import BrokerShare, Topic

Json = dict[str, Any]


def status_document(snapshot: ClusterSnapshot, *, limit: int | None) -> Json:
    """The document; `limit` is the most problems it lists (None: all)."""
    problems = list(islice(worst_first(snapshot), limit))
    return {
        "taken_at": iso(snapshot.taken_at),
        "cluster_id": snapshot.cluster_id,
        "mode": str(snapshot.mode),
        "metadata_version": snapshot.metadata_version,
        "sources": list(snapshot.sources),
        "controller": _controller(snapshot),
        "quorum": _quorum(snapshot),
        **_migration(snapshot),
        "brokers": [_broker(broker, snapshot) for broker in snapshot.brokers],
        "counts": counts(snapshot),
        "problems": [_problem(snapshot, *problem) for problem in problems],
        "problems_total": problems_total(snapshot),
        "faults": [
            {"what": f.what, "where": f.where, "reason": f.reason, "since": iso(f.since)}
            for f in snapshot.faults
        ],
    }


def iso(instant: float | None) -> str | None:
    """ISO 8601 in UTC with milliseconds."""
    if instant is None:
        return None
    return datetime.fromtimestamp(instant, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def counts(snapshot: ClusterSnapshot) -> Json:
    """Counts by class; null while the topics are not loaded, the two min-ISR ones while it is not known."""
    if not snapshot.is_loaded:
        names = ("topics", "partitions", "offline", "under_min_isr", "at_min_isr", "under_replicated")
        return dict.fromkeys((*names, "not_preferred_leader", "moving"))
    health = snapshot.topics.health
    is_judged = not health.unjudged
    return {
        "topics": len(snapshot.topics),
        "partitions": snapshot.topics.partition_count,
        "offline": health.offline,
        "under_min_isr": health.under_min_isr if is_judged else None,
        "at_min_isr": health.at_min_isr if is_judged else None,
        "under_replicated": health.under_replicated,
        "not_preferred_leader": health.not_preferred_leader,
        "moving": health.moving,
    }


def problems_total(snapshot: ClusterSnapshot) -> int:
    """How many partitions are not OK: the short ISRs, and those that are bad with a full one."""
    return sum(1 for _ in _troubled(snapshot))


Problem = tuple[Topic, Partition, PartitionClass]


def worst_first(snapshot: ClusterSnapshot) -> Iterator[Problem]:
    """Every partition that is not OK, worst class first, then by topic and index."""
    return chain.from_iterable(_of_class(snapshot, which) for which in SEVERITY)


def _of_class(snapshot: ClusterSnapshot, which: PartitionClass) -> Iterator[Problem]:
    return (problem for problem in _troubled(snapshot) if problem[2] is which)


def _troubled(snapshot: ClusterSnapshot) -> Iterator[Problem]:
    for chunk in snapshot.topics.chunks:
        if chunk.health is ALL_WELL:
            continue
        for topic in chunk.topics:
            if topic.health is not ALL_WELL:
                for partition, which in troubled(partitions(topic.table), topic.settings.min_isr):
                    yield topic, partition, which


def _problem(snapshot: ClusterSnapshot, topic: Topic, partition: Partition, which: PartitionClass) -> Json:
    return {
        "topic": topic.name,
        "partition": partition.index,
        "class": str(which),
        "leader": partition.leader if partition.leader >= 0 else None,
        "replicas": list(partition.replicas),
        "isr": list(partition.isr),
        "min_isr": topic.settings.min_isr,
        "since": iso(snapshot.problem_since.get((topic.name, partition.index))),
    }


def _controller(snapshot: ClusterSnapshot) -> Json | None:
    held = snapshot.controller
    if held is None:
        return None
    return {"id": held.id, "epoch": held.epoch, "source": held.source, "endpoint": held.endpoint}


def _quorum(snapshot: ClusterSnapshot) -> Json | None:
    quorum = snapshot.quorum
    if quorum is None:
        return None
    return {
        "leader_id": quorum.leader_id,
        "leader_epoch": quorum.leader_epoch,
        "high_watermark": quorum.high_watermark,
        "voters": [_replica(voter) for voter in quorum.voters],
        "observers": [_replica(observer) for observer in quorum.observers],
    }


def _migration(snapshot: ClusterSnapshot) -> Json:
    """Only while the cluster is migrating and ZooKeeper can be read."""
    held = snapshot.migration
    if held is None:
        return {}
    return {
        "migration": {
            "controller_id": held.controller_id,
            "controller_epoch": held.controller_epoch,
            "copied_offset": held.copied_offset,
            "copied_at": iso(held.copied_at),
            "zookeeper_brokers": list(held.zookeeper_brokers),
        }
    }


def _replica(replica: QuorumReplica) -> Json:
    return {
        "id": replica.id,
        "log_end_offset": replica.log_end_offset,
        "lag_records": replica.lag_records,
        "caught_up_age_s": replica.caught_up_age_s,
    }


def _broker(broker: Broker, snapshot: ClusterSnapshot) -> Json:
    share = snapshot.shares.get(broker.id, BrokerShare()) if snapshot.is_loaded else None
    return {
        "id": broker.id,
        "host": broker.host,
        "port": broker.port,
        "rack": broker.rack,
        "state": str(broker.state),
        "version": broker.version,
        "leaders": share.leaders if share else None,
        "replicas": share.replicas if share else None,
        "in_sync": share.in_sync if share else None,
    }
