"""Some records from the head and the tail of every partition, by which the partitioner is learned."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
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
from ktui.adapters.tail.learner import Learner

_BYTES: Final = 4_096
"""Asked for of each end of a partition; a batch that is larger comes whole (KIP-74)."""
_BACK: Final = 50
"""Offsets before the end at which the tail's sample begins."""
_MOST_OF_ONE: Final = 50
_MOST_OF_ALL: Final = 6_000
_LEAST_OF_ONE: Final = 3
_AT_ONCE: Final = 4
_CHEAP: Final = 0.01
"""The part of the topic's bytes that samples may cost; beyond it they end early where evidence is strong."""
_STRONG: Final = 100
"""Keys that make it so."""
_ANSWER_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a partition."""

    partition: int
    leader: int
    offset: int
    is_tail: bool


class Sampling:
    """One round. A broker that does not answer costs its own partitions, and a note."""

    def __init__(self, run: Run, pool: BrokerPool, learner: Learner) -> None:
        self._run = run
        self._pool = pool
        self._learner = learner
        self._bytes = 0
        self._records = 0
        self._each = max(_LEAST_OF_ONE, min(_MOST_OF_ONE, _MOST_OF_ALL // max(1, 2 * len(run.spots))))

    async def take(self) -> None:
        """Let the learner hear the keys."""
        ends = list(self._ends())
        for start in range(0, len(ends), _AT_ONCE):
            await asyncio.gather(*map(self._take, ends[start : start + _AT_ONCE]))
            if self._is_dear() and self._learner.keys >= _STRONG:
                return

    def _ends(self) -> Iterator[_End]:
        """Heads from the first partition on and tails from the last one, in turn.

        Of a topic that was expanded the first partitions are the old ones, where old records still lie.
        """
        spots = [spot for _, spot in sorted(self._run.spots.items()) if spot.leader >= 0]
        for first, last in zip(spots, reversed(spots), strict=True):
            if first.log_start is not None and (first.end or 0) > first.log_start:
                yield _End(first.partition, first.leader, first.log_start, is_tail=False)
            if last.log_start is not None and last.end is not None and last.end > last.log_start + _BACK:
                yield _End(last.partition, last.leader, last.end - _BACK, is_tail=True)

    def _is_dear(self) -> bool:
        """Whether the samples cost more than their part of what the whole topic is likely to hold."""
        if not self._records:
            return False
        spots = self._run.spots.values()
        offsets = sum((spot.end or 0) - (spot.log_start or 0) for spot in spots)
        return self._bytes > _CHEAP * offsets * self._bytes / self._records

    async def _take(self, end: _End) -> None:
        run = self._run
        link = self._pool.link(end.leader, Lane.BULK, timeout_s=_ANSWER_S)
        terms = Terms(0, _BYTES, reads_committed=False)
        try:
            topic = Topic(run.spec.topic, run.topic_id)
            answer = await fetch(link, topic, [Ask(end.partition, end.offset, _BYTES)], terms)
            run.count_bytes(len(answer.data))
            self._bytes += len(answer.data)
            for part in answer.parts:
                self._hear(end, answer.data, walk(answer.data, part.start, part.end))
        except AdapterError as error:
            run.note(f"No samples of partition {end.partition}: {error}.")

    def _hear(self, end: _End, data: bytes, batches: Sequence[Batch]) -> None:
        left = self._each
        for batch in reversed(batches) if end.is_tail else batches:
            self._records += max(1, batch.records)
            if left > 0 and not batch.is_control:
                keys = _keys(data, batch, left)
                left -= len(keys)
                for key in keys:
                    self._learner.hear(end.partition, key)


def _keys(data: bytes, batch: Batch, most: int) -> list[bytes | None]:
    if batch.magic > 1:
        return first_keys(data, batch, None, most)
    return [raw.key for chunk in chunks_of(data, batch) for raw in chunk][:most]
