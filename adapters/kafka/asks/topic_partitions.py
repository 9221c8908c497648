"""DescribeTopicPartitions (75): the partitions of one topic with their eligible leaders (KIP-966; KRaft, 3.8)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from ktui.adapters.errors import BadAnswer
from ktui.adapters.kafka.bridge import Api, exchange, id_of
from ktui.adapters.kafka.error_codes import check
from ktui.adapters.kafka.link import Link
from ktui.adapters.kafka.operations import Operation, operations_of

PAGE: Final = 2000
"""Partitions of an answer; brokers give no more by default (max.request.partition.size.limit)."""


@dataclass(frozen=True, slots=True)
class ElrPartition:
    """One partition. Broker ids; a leader of -1 with error code 5 is none, with another error unknown."""

    index: int
    leader: int
    leader_epoch: int
    replicas: tuple[int, ...]
    isr: tuple[int, ...]
    offline: tuple[int, ...]
    eligible: tuple[int, ...] | None
    """Out of the ISR, but holding all that was committed: may lead without loss. None: not told."""
    last_known_eligible: tuple[int, ...] | None
    error_code: int = 0


@dataclass(frozen=True, slots=True)
class TopicPartitions:
    """A topic as one broker knows it now."""

    name: str
    id: bytes | None
    is_internal: bool
    partitions: tuple[ElrPartition, ...]
    """By index."""
    operations: frozenset[Operation] | None
    """What the principal may do with the topic."""


async def describe_topic_partitions(link: Link, name: str) -> TopicPartitions:
    """Page by page; the pages are no single moment. Refused when there is no such topic, or it may not be seen."""
    rows: dict[int, ElrPartition] = {}
    cursor: dict[str, object] | None = None
    while True:
        request = {"topics": [{"name": name}], "response_partition_limit": PAGE, "cursor": cursor}
        answer = await exchange(link, Api.DESCRIBE_TOPIC_PARTITIONS, request)
        topic = next((one for one in answer.topics if one.name == name), None)
        if topic is None:
            raise BadAnswer(f"DescribeTopicPartitions: the answer does not tell of topic {name}")
        check(topic.error_code, needs=f"Describe on topic {name}")
        before = len(rows)
        rows |= {part.partition_index: _partition(part) for part in topic.partitions}
        following = answer.next_cursor
        if following is None or following.topic_name != name or len(rows) == before:
            break
        cursor = {"topic_name": name, "partition_index": following.partition_index}
    return TopicPartitions(
        name,
        id_of(topic.topic_id),
        topic.is_internal,
        tuple(rows[index] for index in sorted(rows)),
        operations_of(topic.topic_authorized_operations),
    )


def _partition(part: Any) -> ElrPartition:
    eligible, last_known = part.eligible_leader_replicas, part.last_known_elr
    return ElrPartition(
        part.partition_index,
        part.leader_id,
        part.leader_epoch,
        tuple(part.replica_nodes),
        tuple(part.isr_nodes),
        tuple(part.offline_replicas),
        None if eligible is None else tuple(eligible),
        None if last_known is None else tuple(last_known),
        int(part.error_code),
    )
