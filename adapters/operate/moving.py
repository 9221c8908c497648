"""Partitions that are being moved now: which, and how far their new replicas are."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ktui.adapters.errors import AdapterError
from ktui.adapters.kafka.asks.log_dirs import describe_log_dirs
from ktui.adapters.kafka.asks.reassignments import Reassignment, list_reassignments
from ktui.adapters.kafka.link import Lane
from ktui.adapters.operate.ground import Ground
from ktui.adapters.operate.moves import Key


@dataclass(frozen=True, slots=True)
class Moving:
    """Bytes are None where a broker does not tell its sizes."""

    topic: str
    partition: int
    leader: int
    adding: tuple[int, ...]
    removing: tuple[int, ...]
    replicas: tuple[int, ...]
    copied_bytes: int | None
    """On the new replicas, together."""
    total_bytes: int | None
    """What they will hold: the leader's bytes, once for each."""

    @property
    def share(self) -> float | None:
        """From 0 to 1."""
        if self.copied_bytes is None or self.total_bytes is None:
            return None
        return 1.0 if self.total_bytes <= 0 else min(1.0, self.copied_bytes / self.total_bytes)


async def running_moves(ground: Ground, timeout_s: float) -> dict[Key, Reassignment]:
    """By topic and partition; NotPermitted needs Describe on Cluster."""
    told = await ground.at_controller(lambda link: list_reassignments(link, timeout_s=timeout_s), timeout_s)
    return {(topic, index): one for topic, rows in told.items() for index, one in rows.items()}


async def look_at_moves(ground: Ground, timeout_s: float) -> tuple[Moving, ...]:
    """All that are running, in order, with their bytes as far as brokers tell them."""
    running = await running_moves(ground, timeout_s)
    if not running:
        return ()
    topics = await ground.topics_named(sorted({topic for topic, _ in running}))
    leaders = {(name, p.index): p.leader for name, topic in topics.items() for p in topic.partitions}
    asked = {broker for one in running.values() for broker in one.adding}
    asked |= {leaders.get(key, -1) for key in running} - {-1}
    sizes = await _sizes(ground, asked)
    return tuple(_moving(key, one, leaders.get(key, -1), sizes) for key, one in sorted(running.items()))


_Sizes = Mapping[int, Mapping[str, Mapping[int, int]] | None]


async def _sizes(ground: Ground, brokers: Collection[int]) -> _Sizes:
    async def ask(broker: int) -> Mapping[str, Mapping[int, int]] | None:
        try:
            return (await ground.at_broker(broker, describe_log_dirs, Lane.BULK)).replica_bytes
        except AdapterError:
            return None

    order = sorted(brokers)
    return dict(zip(order, await asyncio.gather(*map(ask, order)), strict=True))


def _moving(key: Key, one: Reassignment, leader: int, sizes: _Sizes) -> Moving:
    topic, index = key

    def held(broker: int) -> int | None:
        told = sizes.get(broker)
        return None if told is None else told.get(topic, {}).get(index, 0)

    whole = held(leader)
    parts = [held(broker) for broker in one.adding]
    known = [part for part in parts if part is not None]
    return Moving(
        topic,
        index,
        leader,
        one.adding,
        one.removing,
        one.replicas,
        sum(known) if len(known) == len(parts) else None,
        None if whole is None else whole * len(one.adding),
    )
