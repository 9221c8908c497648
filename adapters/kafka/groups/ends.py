"""End offsets of the partitions that groups read, asked of their leaders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from ktui.adapters.groups.model import PartKey
from ktui.adapters.kafka.offsets_line import Line, Links, Request
from ktui.adapters.kafka.offsets_table import decode
from ktui.adapters.kafka.offsets_wire import MOST_PARTITIONS
from ktui.adapters.kafka.steps import in_steps
from ktui.adapters.partitions import Column, column
from ktui.adapters.topics import TopicMap

ANSWER_S: Final = 4.0

Parts = dict[str, list[int]]
"""Partition indexes by topic."""


def by_leader(topics: TopicMap, keys: Iterable[PartKey]) -> dict[int, Parts]:
    """The partitions by the broker that leads them; those without a leader, or of no topic, are left out."""
    found: defaultdict[int, Parts] = defaultdict(dict)
    wanted: defaultdict[str, set[int]] = defaultdict(set)
    for name, index in keys:
        wanted[name].add(index)
    for name, indexes in wanted.items():
        topic = topics.get(name)
        if topic is None:
            continue
        leaders = column(topic.table, Column.LEADER)
        for index in sorted(indexes):
            if index < len(leaders) and leaders[index] >= 0:
                found[leaders[index]].setdefault(name, []).append(index)
    return dict(found)


async def end_offsets(pool: Links, leader: int, parts: Parts) -> dict[PartKey, tuple[int, float]]:
    """The next record's offset, and `time.monotonic()` of the answer; partitions with an error are absent."""
    line = Line(pool, leader, timeout_s=ANSWER_S)
    found: dict[PartKey, tuple[int, float]] = {}
    for request in _requests(parts):
        told = await line.ask(request)
        answer = (await in_steps(decode(told.version, told.data))).answer
        rows = answer.rows
        for name, first, end in rows.topics:
            for row in range(first, end):
                if not rows.errors[row]:
                    found[name, rows.indexes[row]] = (answer.offsets[row], told.at)
    return found


def _requests(parts: Parts) -> Iterable[Request]:
    entries: list[tuple[str, list[int]]] = []
    size = 0
    for name, indexes in parts.items():
        for start in range(0, len(indexes), MOST_PARTITIONS):
            piece = indexes[start : start + MOST_PARTITIONS]
            if size + len(piece) > MOST_PARTITIONS:
                yield Request(tuple(entries))
                entries, size = [], 0
            entries.append((name, piece))
            size += len(piece)
    if entries:
        yield Request(tuple(entries))
