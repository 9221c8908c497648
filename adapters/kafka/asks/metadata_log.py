"""Fetch (1) and FetchSnapshot (59) of the metadata log, as one who is no member of the quorum: replica id -1.

The leader keeps no state of such a one (`LeaderState.updateReplicaState`); an id from 0 on would show in its quorum.
Source of what controllers check: `KafkaRaftClient.handleFetchRequest`, `handleFetchSnapshotRequest`.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from ktui.adapters.addresses import Address
from ktui.adapters.errors import BadAnswer, Refused
from ktui.adapters.kafka.bridge import Api, exchange
from ktui.adapters.kafka.error_codes import Code, check, name_of, refusal, sentence_of
from ktui.adapters.kafka.link import Link

NOBODY: Final = -1
"""The replica id of one who is no member, and the id of a leader that is not known."""
RIGHT: Final = "ClusterAction on Cluster (on the controllers' listener)"
_TOPIC: Final = uuid.UUID(int=1)
_TOPIC_NAME: Final = "__cluster_metadata"
_LOWEST_FETCH: Final = 13
"""Controllers from 3.1 on want the topic's id."""
_MOST_BYTES: Final = 8 << 20
_MOVED: Final = frozenset(
    {
        Code.NOT_LEADER_OR_FOLLOWER, Code.FENCED_LEADER_EPOCH, Code.UNKNOWN_LEADER_EPOCH, Code.BROKER_NOT_AVAILABLE,
    }
)  # fmt: skip
_BROKERS_SAY: Final = frozenset({Code.UNKNOWN_TOPIC_ID, Code.UNKNOWN_TOPIC_OR_PARTITION})


@dataclass(frozen=True, slots=True)
class Leader:
    """Who leads the log, as far as the node that was asked knows."""

    id: int | None
    epoch: int
    addresses: Mapping[int, Address]
    """Of controllers by id; empty below 3.9."""


@dataclass(frozen=True, slots=True)
class SnapshotId:
    """The state up to (not including) an offset."""

    end_offset: int
    epoch: int


class LeaderMoved(Refused):
    """The node that was asked does not lead the log, or not in this epoch; `leader` is what it knows."""

    def __init__(self, code: int, leader: Leader) -> None:
        super().__init__(code, name_of(code), sentence_of(code))
        self.leader = leader


class NotALog(Refused):
    """A broker was asked."""


class SnapshotGone(Refused):
    """The leader does not have this snapshot any more: there is a newer one."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer of the leader."""

    records: bytes
    """Batches; the last one may be cut off, the first one may begin before the offset that was asked for."""
    high_watermark: int
    """What is below it is committed; -1: a new leader does not know yet."""
    log_start: int
    leader: Leader
    snapshot: SnapshotId | None
    """The offset that was asked for is not in the log: the state up to there has to be fetched."""
    diverging: SnapshotId | None
    """What was read after this end offset is not in this leader's log."""


@dataclass(frozen=True, slots=True)
class SnapshotSlice:
    """Bytes of a snapshot; they end anywhere."""

    size: int
    """Of the whole."""
    position: int
    records: bytes


async def fetch_log(
    link: Link,
    offset: int,
    *,
    last_epoch: int,
    leader_epoch: int,
    high_watermark: int,
    cluster_id: str | None,
    wait_s: float,
) -> Fetched:
    """Ask for what follows an offset; the answer comes at once, or when something is appended, or after the wait.

    Raises LeaderMoved; NotPermitted; Refused (INCONSISTENT_CLUSTER_ID: another cluster).
    """
    partition = {
        "partition": 0,
        "current_leader_epoch": leader_epoch,
        "fetch_offset": offset,
        "last_fetched_epoch": last_epoch,
        "log_start_offset": -1,
        "partition_max_bytes": _MOST_BYTES,
        "high_watermark": high_watermark,
    }
    request = {
        "cluster_id": cluster_id,
        "replica_id": NOBODY,
        "max_wait": timedelta(seconds=wait_s),
        "min_bytes": 1,
        "max_bytes": _MOST_BYTES,
        "topics": [{"topic_id": _TOPIC, "partitions": [partition]}],
        "forgotten_topics_data": [],
    }
    answer = await exchange(link, Api.FETCH, request, lowest=_LOWEST_FETCH)
    check(answer.error_code, needs=RIGHT)
    told = _partition_of(answer.responses, "Fetch")
    leader = _leader(told, answer)
    _check_partition(told.error_code, leader)
    return Fetched(
        told.records or b"",
        told.high_watermark,
        told.log_start_offset,
        leader,
        _point(told.snapshot_id),
        _point(told.diverging_epoch),
    )


async def fetch_snapshot(
    link: Link, snapshot: SnapshotId, position: int, *, leader_epoch: int, cluster_id: str | None
) -> SnapshotSlice:
    """Ask for the bytes of a snapshot from a position on. Raises LeaderMoved, SnapshotGone, NotPermitted."""
    partition = {
        "partition": 0,
        "current_leader_epoch": leader_epoch,
        "snapshot_id": {"end_offset": snapshot.end_offset, "epoch": snapshot.epoch},
        "position": position,
    }
    request = {
        "cluster_id": cluster_id,
        "replica_id": NOBODY,
        "max_bytes": _MOST_BYTES,
        "topics": [{"name": _TOPIC_NAME, "partitions": [partition]}],
    }
    answer = await exchange(link, Api.FETCH_SNAPSHOT, request)
    check(answer.error_code, needs=RIGHT)
    told = _partition_of(answer.topics, "FetchSnapshot")
    code = told.error_code
    if code in (Code.SNAPSHOT_NOT_FOUND, Code.POSITION_OUT_OF_RANGE):
        raise SnapshotGone(code, name_of(code), sentence_of(code))
    _check_partition(code, _leader(told, answer))
    return SnapshotSlice(told.size, told.position, told.unaligned_records or b"")


def _partition_of(topics: Any, what: str) -> Any:
    told = next((partition for topic in topics for partition in topic.partitions), None)
    if told is None:
        raise BadAnswer(f"{what}: the answer tells of no partition")
    return told


def _leader(told: Any, answer: Any) -> Leader:
    addresses = {
        node.node_id: Address(node.host, int(node.port)) for node in getattr(answer, "node_endpoints", ())
    }
    current = told.current_leader
    return Leader(current.leader_id if current.leader_id >= 0 else None, current.leader_epoch, addresses)


def _check_partition(code: int, leader: Leader) -> None:
    if code in _MOVED:
        raise LeaderMoved(code, leader)
    if code in _BROKERS_SAY:
        raise NotALog(code, name_of(code), "a broker was asked: only controllers give the log to others")
    if code:
        raise refusal(code, needs=RIGHT)


def _point(told: Any) -> SnapshotId | None:
    return SnapshotId(told.end_offset, told.epoch) if told.end_offset >= 0 else None
