"""The picture of `ktui status` for people."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from ktui.adapters.model import Broker, BrokerState, ClusterSnapshot, Mode
from ktui.adapters.topics import BrokerShare
from ktui.tui.cli.status_json import Problem, problems_total, worst_first
from ktui.tui.present.migration import copied_words, sides_words
from ktui.tui.present.sanitise import safe
from ktui.tui.present.told_by import told_by

_MODES = {
    Mode.KRAFT: "KRaft",
    Mode.ZOOKEEPER: "ZooKeeper",
    Mode.MIGRATING: "migrating from ZooKeeper to KRaft",
    Mode.UNKNOWN: "kind not known",
}


def status_lines(snapshot: ClusterSnapshot, *, limit: int | None) -> list[str]:
    """The lines; `limit` is the most problems among them (None: all)."""
    lines = [*_cluster(snapshot), "", *_brokers(snapshot), "", *_partitions(snapshot)]
    lines += list(_problems(snapshot, limit))
    if snapshot.faults:
        lines += ["", "Not read"]
        lines += [f"  {safe(f.what)} ({safe(f.where)}): {safe(f.reason)}" for f in snapshot.faults]
    return lines


def _cluster(snapshot: ClusterSnapshot) -> Iterator[str]:
    version = f", metadata version {snapshot.metadata_version}" if snapshot.metadata_version else ""
    yield f"Cluster     {safe(snapshot.cluster_id or '?')}  {_MODES[snapshot.mode]}{version}"
    source = told_by(snapshot)
    if source is not None:
        yield f"Told by     {source}"
    held = snapshot.controller
    if held is None:
        yield f"Controller  none known: {safe(snapshot.controller_reason or 'nobody has told')}"
    else:
        epoch = "?" if held.epoch is None else held.epoch
        where = f" at {safe(held.endpoint)}" if held.endpoint else ""
        yield f"Controller  {held.id}  epoch {epoch}{where}  (says: {held.source})"
    quorum = snapshot.quorum
    if quorum is not None:
        voters = ", ".join(
            f"{v.id} {'leader' if v.id == quorum.leader_id else f'lag {_number(v.lag_records)}'}"
            for v in quorum.voters
        )
        yield f"Quorum      {voters}"
    if snapshot.migration is not None:
        copied, _ = copied_words(snapshot, snapshot.taken_at)
        yield f"Migration   KRaft decides and writes to both; {copied}"
        yield f"            {sides_words(snapshot, snapshot.migration)}"


def _brokers(snapshot: ClusterSnapshot) -> Iterator[str]:
    if not snapshot.brokers_loaded:
        yield "Brokers     not known"
        return
    up = sum(1 for broker in snapshot.brokers if broker.state is BrokerState.UP)
    yield f"Brokers     {up} of {len(snapshot.brokers)} up"
    width = max((len(_address(broker)) for broker in snapshot.brokers), default=0)
    for broker in snapshot.brokers:
        share = snapshot.shares.get(broker.id, BrokerShare())
        numbers = (
            f"leaders {share.leaders:>6}  replicas {share.replicas:>6}  in sync {share.in_sync:>6}"
            if snapshot.is_loaded
            else "partitions not known"
        )
        version = f"  {broker.version}" if broker.version else ""
        rack = f"  rack {safe(broker.rack)}" if broker.rack else ""
        yield f"  {broker.id:>5}  {_address(broker):<{width}}  {broker.state:<13}  {numbers}{version}{rack}"


def _partitions(snapshot: ClusterSnapshot) -> Iterator[str]:
    if not snapshot.is_loaded:
        yield "Partitions  not known"
        return
    health, topics = snapshot.topics.health, snapshot.topics
    yield f"Partitions  {topics.partition_count} in {len(topics)} topics"
    judged = not health.unjudged
    yield (
        f"  offline {health.offline}  under min ISR {health.under_min_isr if judged else '?'}"
        f"  at min ISR {health.at_min_isr if judged else '?'}  under-replicated {health.under_replicated}"
        f"  not at preferred leader {health.not_preferred_leader}  moving {health.moving}"
    )


def _problems(snapshot: ClusterSnapshot, limit: int | None) -> Iterator[str]:
    total = problems_total(snapshot)
    if not total:
        return
    shown = list(islice(worst_first(snapshot), limit))
    yield ""
    yield f"Problems    {total}" + (f", the worst {len(shown)}" if len(shown) < total else "")
    yield from (_problem(problem) for problem in shown)


def _problem(problem: Problem) -> str:
    topic, partition, which = problem
    leader = partition.leader if partition.leader >= 0 else "none"
    minimum = "?" if topic.settings.min_isr is None else topic.settings.min_isr
    return (
        f"  {which:<16}  {safe(topic.name)}-{partition.index}  leader {leader}"
        f"  replicas {_ids(partition.replicas)}  ISR {_ids(partition.isr) or 'empty'}  min ISR {minimum}"
    )


def _ids(brokers: tuple[int, ...]) -> str:
    return ",".join(map(str, brokers))


def _address(broker: Broker) -> str:
    return f"{safe(broker.host)}:{broker.port}" if broker.host else "?"


def _number(value: int | None) -> str:
    return "?" if value is None else str(value)
