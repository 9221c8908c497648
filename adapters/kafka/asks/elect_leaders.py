"""ElectLeaders (43): give partitions back to their preferred leaders; the controller answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from ktui.adapters.kafka.asks.told import Told
from ktui.adapters.kafka.bridge import Api, exchange
from ktui.adapters.kafka.error_codes import Code, check
from ktui.adapters.kafka.link import Link

_PREFERRED: Final = 0


async def elect_preferred(
    link: Link, partitions: Mapping[str, Sequence[int]], *, timeout_s: float
) -> dict[tuple[str, int], Told]:
    """By topic and partition index. ELECTION_NOT_NEEDED is a yes: the preferred replica leads already."""
    request = {
        "election_type": _PREFERRED,
        "topic_partitions": [
            {"topic": topic, "partitions": tuple(indexes)} for topic, indexes in partitions.items()
        ],
        "timeout": timedelta(seconds=timeout_s),
    }
    answer = await exchange(link, Api.ELECT_LEADERS, request)
    check(getattr(answer, "error_code", 0), needs="Alter on Cluster")
    told = {
        (one.topic, part.partition_id): Told.by(part)
        for one in answer.replica_election_results
        for part in one.partition_result
    }
    return {key: Told(0) if one.code == Code.ELECTION_NOT_NEEDED else one for key, one in told.items()}
