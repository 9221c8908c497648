"""ListOffsets (2) with the timestamp -3: the newest record of partitions, by its timestamp (3.0, version 7)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from ktui.adapters.kafka.bridge import Api, exchange
from ktui.adapters.kafka.error_codes import check
from ktui.adapters.kafka.link import Link

_MAX_TIMESTAMP: Final = -3
_FIRST: Final = 7


async def last_write_ms(link: Link, topic: str, indexes: Sequence[int]) -> int | None:
    """The newest timestamp in milliseconds in partitions that this broker leads; None: they are empty."""
    rows = [{"partition_index": index, "timestamp": _MAX_TIMESTAMP} for index in indexes]
    request = {
        "replica_id": -1,
        "isolation_level": 0,
        "topics": [{"name": topic, "partitions": rows}],
        "timeout": timedelta(seconds=5),
    }
    answer = await exchange(link, Api.LIST_OFFSETS, request, lowest=_FIRST)
    newest: list[int] = []
    for one in answer.topics:
        for part in one.partitions:
            check(part.error_code, needs=f"Describe on topic {topic}")
            if part.offset >= 0 and part.timestamp >= 0:
                newest.append(part.timestamp)
    return max(newest, default=None)
