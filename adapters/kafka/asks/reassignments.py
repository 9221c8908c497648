"""ListPartitionReassignments (46): which replicas are being moved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from ktui.adapters.kafka.bridge import Api, exchange
from ktui.adapters.kafka.error_codes import check
from ktui.adapters.kafka.link import Link


@dataclass(frozen=True, slots=True)
class Reassignment:
    """Broker ids."""

    adding: tuple[int, ...]
    removing: tuple[int, ...]
    replicas: tuple[int, ...]
    """All of now, those that are added and removed among them."""


async def list_reassignments(link: Link, *, timeout_s: float = 10.0) -> dict[str, dict[int, Reassignment]]:
    """By topic and partition index. The controller answers; brokers forward to it in KRaft mode only."""
    request = {"timeout": timedelta(seconds=timeout_s), "topics": None}
    answer = await exchange(link, Api.LIST_PARTITION_REASSIGNMENTS, request)
    check(answer.error_code, answer.error_message, needs="Describe on Cluster")
    return {
        topic.name: {
            part.partition_index: Reassignment(
                tuple(part.adding_replicas), tuple(part.removing_replicas), tuple(part.replicas)
            )
            for part in topic.partitions
        }
        for topic in answer.topics
    }
