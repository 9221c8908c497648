"""OffsetCommit (8) for a group without members: where its next member begins to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ktui.adapters.groups.model import PartKey
from ktui.adapters.kafka.asks.told import Told
from ktui.adapters.kafka.bridge import Api, exchange
from ktui.adapters.kafka.link import Link

_LOWEST: Final = 5
"""Before it a retention had to be given with each commit."""
_LAST_BY_NAME: Final = 9
"""Version 10 names topics by their ids only."""
_NO_GENERATION: Final = -1
_NO_MEMBER: Final = ""


async def commit_offsets(link: Link, group: str, offsets: Mapping[PartKey, int]) -> dict[PartKey, Told]:
    """What the coordinator says to each partition; nothing is raised for these."""
    by_topic: dict[str, list[Mapping[str, object]]] = {}
    for (topic, index), offset in offsets.items():
        row = {"partition_index": index, "committed_offset": offset, "committed_metadata": ""}
        by_topic.setdefault(topic, []).append(row)
    request = {
        "group_id": group,
        "generation_id_or_member_epoch": _NO_GENERATION,
        "member_id": _NO_MEMBER,
        "topics": [{"name": topic, "partitions": rows} for topic, rows in by_topic.items()],
    }
    answer = await exchange(link, Api.OFFSET_COMMIT, request, lowest=_LOWEST, highest=_LAST_BY_NAME)
    return {
        (str(topic.name), part.partition_index): Told.by(part)
        for topic in answer.topics
        for part in topic.partitions
    }
