"""Some records from the head and the tail of every partition, by which the partitioner is learned."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ktui.adapters.errors import AdapterError
from ktui.adapters.kafka.link import Lane
from ktui.adapters.kafka.pool import BrokerPool
from ktui.adapters.kafka.tail.batches import Batch, walk
from ktui.adapters.kafka.tail.fetch_wire import Ask, Terms
from ktui.adapters.kafka.tail.fetching import Topic, fetch
from ktui.adapters.kafka.tail.records import chunks_of, first_keys
from ktui.adapters.kafka.tail.run import Run

_BYTES: Final = 16_384
"""Asked for of each end of a partition; a batch that is larger comes whole."""
_BACK: Final = 100
"""Offsets before the end at which the tail's sample begins."""
_MOST_OF_ONE: Final = 50
_MOST_OF_ALL: Final = 6_000
_LEAST_OF_ONE: Final = 3
_ANSWER_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class _Sample:
    partition: int
    offset: int
    is_tail: bool


async def sample(run: Run, pool: BrokerPool) -> None:
    """Let the learner hear them. A broker that does not answer costs its own partitions, and a note."""
    by_leader: defaultdict[int, list[_Sample]] = defaultdict(list)
    for spot in run.spots.values():
        if spot.log_start is None or spot.end is None or spot.end <= spot.log_start or spot.leader < 0:
            continue
        tail = max(spot.log_start, spot.end - _BACK)
        by_leader[spot.leader].append(_Sample(spot.partition, spot.log_start, is_tail=False))
        if tail > spot.log_start:
            by_leader[spot.leader].append(_Sample(spot.partition, tail, is_tail=True))
    await asyncio.gather(*(_of_leader(run, pool, leader, wanted) for leader, wanted in by_leader.items()))


async def _of_leader(run: Run, pool: BrokerPool, leader: int, wanted: Sequence[_Sample]) -> None:
    link = pool.link(leader, Lane.BULK, timeout_s=_ANSWER_S)
    topic = Topic(run.spec.topic, run.topic_id)
    each = max(_LEAST_OF_ONE, min(_MOST_OF_ONE, _MOST_OF_ALL // max(1, 2 * len(run.spots))))
    try:
        for one in wanted:
            ask = Ask(one.partition, one.offset, _BYTES)
            # One at a time: then a batch comes whole even when it is larger than what was asked for (KIP-74).
            answer = await fetch(link, topic, [ask], Terms(0, _BYTES, reads_committed=False, rack=""))
            run.count_bytes(len(answer.data))
            for part in answer.parts:
                _hear(run, one, answer.data, walk(answer.data, part.start, part.end), each)
            await asyncio.sleep(0)
    except AdapterError as error:
        run.note(f"No samples of broker {leader}: {error}.")


def _hear(run: Run, one: _Sample, data: bytes, batches: Sequence[Batch], most: int) -> None:
    if run.learner is None:
        return
    left = most
    for batch in reversed(batches) if one.is_tail else batches:
        if left <= 0:
            return
        if batch.is_control:
            continue
        for key in _keys(data, batch, left):
            run.learner.hear(one.partition, key)
            left -= 1


def _keys(data: bytes, batch: Batch, most: int) -> list[bytes | None]:
    if batch.magic > 1:
        return first_keys(data, batch, None, most)
    return [raw.key for chunk in chunks_of(data, batch) for raw in chunk][:most]
