"""DeleteRecords (21): everything before an offset, asked of the leaders of the partitions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from ktui.adapters.kafka.asks.told import Told
from ktui.adapters.kafka.bridge import Api, exchange
from ktui.adapters.kafka.link import Link


@dataclass(frozen=True, slots=True)
class Cut:
    """What a leader says of one partition; `earliest` is the first offset afterwards."""

    told: Told
    earliest: int | None


async def delete_records(
    link: Link, topic: str, before: Mapping[int, int], *, timeout_s: float
) -> dict[int, Cut]:
    """`before`: by partition index, the offset of the first record that stays."""
    rows = [{"partition_index": index, "offset": offset} for index, offset in before.items()]
    request = {
        "topics": [{"name": topic, "partitions": rows}],
        "timeout": timedelta(seconds=timeout_s),
    }
    answer = await exchange(link, Api.DELETE_RECORDS, request)
    return {
        part.partition_index: Cut(Told.by(part), part.low_watermark if part.low_watermark >= 0 else None)
        for one in answer.topics
        for part in one.partitions
        if one.name == topic
    }
