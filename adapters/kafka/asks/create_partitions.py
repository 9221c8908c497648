"""CreatePartitions (37): more partitions of one topic; the controller answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from ktui.adapters.errors import BadAnswer
from ktui.adapters.kafka.asks.told import Told
from ktui.adapters.kafka.bridge import Api, exchange
from ktui.adapters.kafka.link import Link


async def create_partitions(
    link: Link,
    topic: str,
    count: int,
    *,
    assignment: Sequence[Sequence[int]] | None = None,
    validate_only: bool,
    timeout_s: float,
) -> tuple[Told, float]:
    """`count`: of all partitions afterwards. `assignment`: the brokers of each new one.

    Gives seconds of throttling too.
    """
    rows = None if assignment is None else [{"broker_ids": tuple(row)} for row in assignment]
    request = {
        "topics": [{"name": topic, "count": count, "assignments": rows}],
        "timeout": timedelta(seconds=timeout_s),
        "validate_only": validate_only,
    }
    answer = await exchange(link, Api.CREATE_PARTITIONS, request)
    for result in answer.results:
        if result.name == topic:
            return Told.by(result), answer.throttle_time.total_seconds()
    raise BadAnswer(f"CreatePartitions: the answer does not tell of topic {topic}")
