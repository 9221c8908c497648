"""AlterPartitionReassignments (45): other replicas for partitions, or the end of a move; the controller answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from ktui.adapters.kafka.asks.told import Told
from ktui.adapters.kafka.bridge import Api, exchange
from ktui.adapters.kafka.error_codes import check
from ktui.adapters.kafka.link import Link

Moves = Mapping[str, Mapping[int, tuple[int, ...] | None]]
"""By topic and partition index: the brokers it is to have, the preferred leader first. None: stop moving it."""


async def alter_reassignments(link: Link, moves: Moves, *, timeout_s: float) -> dict[tuple[str, int], Told]:
    """By topic and partition index."""
    request = {
        "timeout": timedelta(seconds=timeout_s),
        "allow_replication_factor_change": True,
        "topics": [
            {
                "name": topic,
                "partitions": [
                    {"partition_index": index, "replicas": replicas} for index, replicas in rows.items()
                ],
            }
            for topic, rows in moves.items()
        ],
    }
    answer = await exchange(link, Api.ALTER_PARTITION_REASSIGNMENTS, request)
    check(answer.error_code, answer.error_message, needs="Alter on Cluster")
    return {
        (one.name, part.partition_index): Told.by(part) for one in answer.responses for part in one.partitions
    }
