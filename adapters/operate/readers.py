"""Which groups read a topic right now, for whoever is about to end it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from ktui.adapters.errors import Refused
from ktui.adapters.groups.model import GroupListed
from ktui.adapters.kafka.asks.list_groups import list_groups
from ktui.adapters.kafka.asks.list_offsets import At, list_offsets
from ktui.adapters.kafka.groups.reading import AT_ONCE, GroupTold, batches, read_groups, readers_among
from ktui.adapters.kafka.link import Lane, Link
from ktui.adapters.operate.ground import Ground, TopicSeen
from ktui.adapters.operate.looking import counted

_NAMED: Final = 3
_DESCRIBED: Final = 50
"""More groups of one coordinator are counted, not described."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A group that has committed offsets of the topic or has members which read it."""

    group: str
    members: int
    """Those that have partitions of this topic; of a group whose assignment is not told, all."""
    lag: int | None
    """On this topic; None: not known, or nothing committed."""


async def readers_of(ground: Ground, topic: TopicSeen) -> tuple[Reader, ...]:
    """Those with most members first. AdapterError when a broker cannot be asked: then it is not known who reads."""
    brokers = list((await ground.identity()).brokers)
    told = await asyncio.gather(
        *(
            ground.at_broker(broker, partial(_at_one, broker=broker, topic=topic), Lane.GROUPS)
            for broker in brokers
        )
    )
    ends = await _ends(ground, topic)
    readers = [_reader(name, one, topic.name, ends) for groups in told for name, one in groups.items()]
    return tuple(sorted(readers, key=lambda reader: (-reader.members, reader.group)))


def reader_warnings(readers: Sequence[Reader] | None) -> Iterator[str]:
    """Who is hit when the topic ends; nothing where that could not be found out in time."""
    live = [reader for reader in readers or () if reader.members]
    if not live:
        return
    shown = ", ".join(_text(reader) for reader in live[:_NAMED])
    more = f" and {len(live) - _NAMED} groups more" if len(live) > _NAMED else ""
    yield f"It is read now by {shown}{more}."


def _text(reader: Reader) -> str:
    lag = "" if reader.lag is None else f", lag {reader.lag:,}"
    return f"{reader.group} ({counted(reader.members, 'member')}{lag})"


async def _at_one(link: Link, broker: int, topic: TopicSeen) -> dict[str, GroupTold]:
    groups = await list_groups(link, broker)
    indexes = [partition.index for partition in topic.partitions]
    found: list[GroupListed] = []
    for some in batches(groups, AT_ONCE):
        names, _ = await readers_among(link, some, topic.name, indexes)
        found += [group for group in some if group.name in names]
    return await read_groups(link, found[:_DESCRIBED])


async def _ends(ground: Ground, topic: TopicSeen) -> dict[int, int]:
    by_leader: dict[int, list[int]] = {}
    for partition in topic.partitions:
        if partition.leader >= 0:
            by_leader.setdefault(partition.leader, []).append(partition.index)
    ends: dict[int, int] = {}
    for leader, indexes in by_leader.items():
        asking = partial(list_offsets, partitions={topic.name: indexes}, at=At.LATEST)
        told = (await ground.at_broker(leader, asking, Lane.READ)).get(topic.name, {})
        ends |= {index: offset for index, offset in told.items() if not isinstance(offset, Refused)}
    return ends


def _reader(name: str, told: GroupTold, topic: str, ends: dict[int, int]) -> Reader:
    members = told.seen.members if told.seen is not None else ()
    reading = sum(member.assigned is None or topic in member.assigned for member in members)
    offsets = {index: offset for (of, index), offset in (told.offsets or {}).items() if of == topic}
    is_known = bool(offsets) and offsets.keys() <= ends.keys()
    lag = sum(max(0, ends[index] - offset) for index, offset in offsets.items()) if is_known else None
    return Reader(name, reading, lag)
