"""Looking until a change has taken effect: only what a server says counts, never the answer to the change alone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from dataclasses import dataclass

from ktui.adapters.errors import AdapterError, NotPermitted
from ktui.adapters.model import Mode
from ktui.adapters.operate.ground import Ground, TopicSeen
from ktui.adapters.operate.warnings import missing_brokers, named_brokers


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to look, and how often, in seconds."""

    wait_s: float = 15.0
    poll_s: float = 0.2

    def deadline(self) -> float:
        return time.monotonic() + self.wait_s

    async def pause(self, deadline: float) -> bool:
        """Sleep until the next look; False when the time is up."""
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        await asyncio.sleep(min(self.poll_s, left))
        return True


@dataclass(frozen=True, slots=True)
class Created:
    """The last look at a new topic. `reason` is None when every partition has a leader."""

    topic: TopicSeen | None
    reason: str | None
    is_final: bool = False
    """Whether looking again would tell nothing else."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """The last look at a topic that is to be gone."""

    is_gone: bool
    reason: str | None
    """Why it is not gone, or why that cannot be seen."""
    is_queued: bool = False
    """Marked for deletion (ZooKeeper mode): it will finish by itself."""
    successor: TopicSeen | None = None
    """Another topic of the same name."""


async def watch_created(
    ground: Ground, name: str, topic_id: bytes | None, partitions: int | None, patience: Patience
) -> Created:
    """Look until all partitions are there with a leader, or the time is up."""
    deadline = patience.deadline()
    while True:
        seen = await _look_created(ground, name, topic_id, partitions)
        if seen.is_final or not await patience.pause(deadline):
            return seen


async def _look_created(ground: Ground, name: str, topic_id: bytes | None, partitions: int | None) -> Created:
    try:
        views = await ground.views(name)
        told = [topic for topic in views if topic is not None]
        if other := next((topic for topic in told if _is_other(topic, topic_id)), None):
            reason = "somebody deleted it and created another topic of that name"
            return Created(other, reason, is_final=True)
        if len(told) < len(views):
            return Created(told[0] if told else None, "not all brokers tell of it yet")
        worst = max(told, key=lambda topic: (-len(topic.partitions), len(topic.leaderless)))
        if partitions is not None and len(worst.partitions) < partitions:
            return Created(worst, f"the brokers tell of {len(worst.partitions)} of {partitions} partitions")
        if worst.leaderless:
            identity = await ground.identity()
            return Created(worst, _leaderless_reason(worst, identity.brokers))
    except NotPermitted:
        reason = "its partitions may not be seen (needs the right Describe on the topic)"
        return Created(None, reason, is_final=True)
    except AdapterError as error:
        return Created(None, f"it cannot be seen: {error}")
    return Created(worst, None, is_final=True)


def _leaderless_reason(topic: TopicSeen, live: Collection[int]) -> str:
    indexes = topic.leaderless
    shown = ", ".join(map(str, indexes[:10])) + (", …" if len(indexes) > 10 else "")
    holders = {broker for p in topic.partitions if p.index in indexes for broker in p.replicas}
    down = sorted(holders - set(live))
    why = f" ({named_brokers(down)} down)" if down else ""
    if len(indexes) == 1:
        return f"partition {shown} has no leader{why}"
    return f"{len(indexes)} partitions have no leader{why}: {shown}"


async def watch_deleted(
    ground: Ground, name: str, topic_id: bytes | None, holders: Collection[int], patience: Patience
) -> Deleted:
    """Look until the topic is gone or the time is up. `holders`: brokers that hold its replicas."""
    deadline = patience.deadline()
    while True:
        seen = await _look_deleted(ground, name, topic_id, holders)
        if seen.is_gone or not await patience.pause(deadline):
            return seen


async def _look_deleted(
    ground: Ground, name: str, topic_id: bytes | None, holders: Collection[int]
) -> Deleted:
    try:
        views = [topic for topic in await ground.views(name) if topic is not None]
        if not all(_is_other(topic, topic_id) for topic in views):
            return Deleted(False, "some brokers still tell of it")
        topic = views[0] if views else None
        identity = await ground.identity()
        if identity.mode in (Mode.KRAFT, Mode.MIGRATING) or topic is not None:
            return Deleted(True, None, successor=topic)
        is_marked = await ground.is_marked_for_deletion(name)
    except AdapterError as error:
        return Deleted(False, f"it cannot be seen: {error}")
    if is_marked is None:
        unseen = "whether its replicas are gone cannot be seen without ZooKeeper or the right Create"
        return Deleted(False, unseen, is_queued=True)
    if not is_marked:
        return Deleted(True, None)
    down = missing_brokers(holders, identity)
    why = "the controller is not through with it"
    if down:
        why = f"{named_brokers(down)} down, and the replicas there can only be removed after the return"
    return Deleted(False, why, is_queued=True)


def _is_other(topic: TopicSeen, topic_id: bytes | None) -> bool:
    return topic_id is not None and topic.id is not None and topic.id != topic_id
