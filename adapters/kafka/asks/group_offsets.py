"""OffsetFetch (9) and DescribeShareGroupOffsets (90): how far groups have read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ktui.adapters.errors import Refused
from ktui.adapters.groups.model import PartKey
from ktui.adapters.kafka.bridge import Api, exchange, supports
from ktui.adapters.kafka.error_codes import refusal
from ktui.adapters.kafka.link import Link

Offsets = dict[PartKey, int]
"""The next offset to read; partitions without one are absent."""

_FIRST_BATCHED: Final = 8
_LAST_BY_NAME: Final = 9
"""Version 10 names topics by their ids only."""
_FIRST_WITH_ALL: Final = 2


async def fetch_offsets(
    link: Link, groups: Sequence[str], parts: Mapping[str, Sequence[int]] | None = None
) -> dict[str, Offsets | Refused]:
    """Committed offsets by group, of these partitions or of all. One request from Kafka 3.0 on, before one a group."""
    if await supports(link, Api.OFFSET_FETCH, _FIRST_BATCHED):
        return await _batched(link, groups, _topics(parts))
    return {group: await _single(link, group, _topics(parts)) for group in groups}


async def fetch_share_offsets(link: Link, groups: Sequence[str]) -> dict[str, Offsets | Refused]:
    """Start offsets of share groups: everything before them has been acknowledged."""
    request = {"groups": [{"group_id": group, "topics": None} for group in groups]}
    answer = await exchange(link, Api.DESCRIBE_SHARE_GROUP_OFFSETS, request)
    found: dict[str, Offsets | Refused] = {}
    for group in answer.groups:
        if group.error_code:
            needs = f"Describe on group {group.group_id}"
            found[group.group_id] = refusal(group.error_code, group.error_message, needs=needs)
        else:
            found[group.group_id] = {
                (str(topic.topic_name), part.partition_index): part.start_offset
                for topic in group.topics
                for part in topic.partitions
                if not part.error_code and part.start_offset >= 0
            }
    return found


def _topics(parts: Mapping[str, Sequence[int]] | None) -> list[Mapping[str, object]] | None:
    if parts is None:
        return None
    return [{"name": name, "partition_indexes": list(indexes)} for name, indexes in parts.items()]


async def _batched(
    link: Link, groups: Sequence[str], topics: list[Mapping[str, object]] | None
) -> dict[str, Offsets | Refused]:
    request = {"groups": [{"group_id": group, "topics": topics} for group in groups]}
    answer = await exchange(link, Api.OFFSET_FETCH, request, lowest=_FIRST_BATCHED, highest=_LAST_BY_NAME)
    return {str(group.group_id): _offsets(group, str(group.group_id)) for group in answer.groups}


async def _single(link: Link, group: str, topics: list[Mapping[str, object]] | None) -> Offsets | Refused:
    request = {"group_id": group, "topics": topics}
    answer = await exchange(
        link, Api.OFFSET_FETCH, request, lowest=_FIRST_WITH_ALL, highest=_FIRST_BATCHED - 1
    )
    return _offsets(answer, group)


def _offsets(answer: Any, group: str) -> Offsets | Refused:
    if answer.error_code:
        return refusal(answer.error_code, needs=f"Describe on group {group}")
    return {
        (str(topic.name), part.partition_index): part.committed_offset
        for topic in answer.topics
        for part in topic.partitions
        if not part.error_code and part.committed_offset >= 0
    }
