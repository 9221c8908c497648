"""DeleteGroups (42) and OffsetDelete (47): a group without members forgotten, or some of its offsets."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ktui.adapters.groups.model import PartKey
from ktui.adapters.kafka.asks.told import Told
from ktui.adapters.kafka.bridge import Api, exchange
from ktui.adapters.kafka.link import Link


async def delete_group(link: Link, group: str) -> Told:
    """Asked of its coordinator."""
    answer = await exchange(link, Api.DELETE_GROUPS, {"groups_names": [group]})
    return Told.by(answer.results[0])


async def delete_offsets(link: Link, group: str, parts: Collection[PartKey]) -> dict[PartKey, Told]:
    """What the coordinator says to each partition; a code for the whole group stands for all of them."""
    by_topic: dict[str, list[Mapping[str, object]]] = {}
    for topic, index in parts:
        by_topic.setdefault(topic, []).append({"partition_index": index})
    request = {
        "group_id": group,
        "topics": [{"name": topic, "partitions": rows} for topic, rows in by_topic.items()],
    }
    answer = await exchange(link, Api.OFFSET_DELETE, request)
    if answer.error_code:
        return dict.fromkeys(parts, Told.by(answer))
    return {
        (str(topic.name), part.partition_index): Told.by(part)
        for topic in answer.topics
        for part in topic.partitions
    }
