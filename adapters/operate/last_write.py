"""When a topic was last written to, asked of all its leaders."""

from __future__ import annotations

import asyncio
from functools import partial

from ktui.adapters.errors import NoAnswer
from ktui.adapters.kafka.asks.last_write import last_write_ms
from ktui.adapters.kafka.link import Lane
from ktui.adapters.operate.ground import Ground, TopicSeen


async def last_write(ground: Ground, topic: TopicSeen) -> int | None:
    """Milliseconds since the epoch; None: the topic is empty. NoAnswer when a partition has no leader."""
    if topic.leaderless:
        raise NoAnswer(f"{topic.name} has partitions without a leader")
    by_leader: dict[int, list[int]] = {}
    for partition in topic.partitions:
        by_leader.setdefault(partition.leader, []).append(partition.index)
    told = await asyncio.gather(
        *(
            ground.at_broker(leader, partial(last_write_ms, topic=topic.name, indexes=indexes), Lane.READ)
            for leader, indexes in by_leader.items()
        )
    )
    return max((at for at in told if at is not None), default=None)
