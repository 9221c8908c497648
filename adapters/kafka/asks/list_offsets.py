"""ListOffsets (2): the first or the end offset of partitions, or that of a moment, asked of their leader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from enum import IntEnum
from typing import Final

from ktui.adapters.errors import Refused
from ktui.adapters.kafka.bridge import Api, exchange
from ktui.adapters.kafka.error_codes import refusal
from ktui.adapters.kafka.link import Link

_NO_REPLICA: Final = -1
"""The id of consumers: with a broker's own id the answer would be another one."""
_READ_UNCOMMITTED: Final = 0
_READ_COMMITTED: Final = 1
_REMOTE_TIMEOUT: Final = timedelta(seconds=10)
"""For offsets that have to be looked up in tiered storage (version 10)."""


class At(IntEnum):
    """Which offset, by the timestamps that stand for them."""

    EARLIEST = -2
    LATEST = -1
    """That of the next record."""


async def list_offsets(
    link: Link, partitions: Mapping[str, Sequence[int]], at: At | int, *, reads_committed: bool = False
) -> dict[str, dict[int, int | Refused]]:
    """Offsets by topic and partition index; partitions of other leaders are refused.

    `at` may be a time in ms since the epoch: the offset of the first record of this time or later, -1 where there is
    none. `reads_committed`: the end is before the first open transaction.
    """
    request = {
        "replica_id": _NO_REPLICA,
        "isolation_level": _READ_COMMITTED if reads_committed else _READ_UNCOMMITTED,
        "topics": [
            {"name": name, "partitions": [{"partition_index": i, "timestamp": int(at)} for i in indexes]}
            for name, indexes in partitions.items()
        ],
        "timeout": _REMOTE_TIMEOUT,
    }
    answer = await exchange(link, Api.LIST_OFFSETS, request)
    return {
        topic.name: {
            part.partition_index: refusal(part.error_code, needs=f"Describe on topic {topic.name}")
            if part.error_code
            else part.offset
            for part in topic.partitions
        }
        for topic in answer.topics
    }
