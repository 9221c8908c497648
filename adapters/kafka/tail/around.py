"""The neighbours of a record on its partition, whatever a filter says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ktui.adapters.errors import Refused
from ktui.adapters.kafka.asks.list_offsets import At
from ktui.adapters.kafka.error_code_list import Code
from ktui.adapters.kafka.link import Lane
from ktui.adapters.kafka.pool import BrokerPool
from ktui.adapters.kafka.tail.batches import walk
from ktui.adapters.kafka.tail.fetch_wire import Ask, Terms
from ktui.adapters.kafka.tail.fetching import Topic, fetch, needs_read
from ktui.adapters.kafka.tail.lookup import Lookup
from ktui.adapters.kafka.tail.scan import Aborted, Job, scan
from ktui.adapters.tail.filter import EVERYTHING, Filter
from ktui.adapters.tail.record import Record
from ktui.adapters.tail.spec import Isolation

_ANSWER_S: Final = 10.0
_BYTES: Final = 1 << 18
_MOST_FETCHES: Final = 50
"""After so many what was found is all that is told."""


class Everything:
    """A `Wish` for every record."""

    @property
    def filter(self) -> Filter:
        return EVERYTHING

    def looks(self, records: int) -> int:
        return 0

    def hear(self, partition: int, key: bytes | None) -> None:
        return


class Around:
    """One look at one partition."""

    def __init__(
        self, pool: BrokerPool, lookup: Lookup, topic: Topic, partition: int, isolation: Isolation
    ) -> None:
        self._pool = pool
        self._lookup = lookup
        self._topic = topic
        self._partition = partition
        self._committed = isolation is Isolation.READ_COMMITTED
        self._left = _MOST_FETCHES

    async def look(self, offset: int, *, before: int, after: int) -> tuple[Record, ...]:
        """The record at the offset, if it is there, so many before it and so many after it. AdapterError."""
        leader = await self._leader()
        earliest, latest = await self._range(leader)
        newer = await self._forward(leader, max(offset, earliest), latest, after + 1)
        newer = newer[: after + 1] if newer and newer[0].offset == offset else newer[:after]
        older = await self._backward(leader, earliest, min(offset, latest), before)
        return (*older, *newer)

    async def _leader(self) -> int:
        found = await self._lookup.find()
        if found is None:
            raise Refused(Code.UNKNOWN_TOPIC_OR_PARTITION, "UNKNOWN_TOPIC", "the topic is not there any more")
        row = next((row for row in found.partitions if row.index == self._partition), None)
        if row is None or row.leader < 0:
            raise Refused(
                Code.LEADER_NOT_AVAILABLE, "LEADER_NOT_AVAILABLE", "the partition has no leader now"
            )
        return row.leader

    async def _range(self, leader: int) -> tuple[int, int]:
        leaders = {self._partition: leader}
        earliest = (await self._lookup.offsets(leaders, At.EARLIEST))[self._partition]
        latest = (await self._lookup.offsets(leaders, At.LATEST, reads_committed=self._committed))[
            self._partition
        ]
        if not isinstance(earliest, int):
            raise earliest
        if not isinstance(latest, int):
            raise latest
        return earliest, latest

    async def _forward(self, leader: int, first: int, end: int, count: int) -> list[Record]:
        """The first so many records from an offset on."""
        found: list[Record] = []
        while first < end and len(found) < count and self._left > 0:
            records, first = await self._fetch(leader, first, end)
            found += records
        return found[:count]

    async def _backward(self, leader: int, earliest: int, end: int, count: int) -> list[Record]:
        """The last so many records below an offset: farther and farther back, since offsets may have gaps."""
        found: list[Record] = []
        span = count
        while end > earliest and len(found) < count and self._left > 0:
            first = position = max(earliest, end - span)
            part: list[Record] = []
            while position < end and self._left > 0:
                records, position = await self._fetch(leader, position, end)
                part += records
            found = part + found
            end, span = first, span * 4
        return found[max(0, len(found) - count) :]

    async def _fetch(self, leader: int, first: int, end: int) -> tuple[Sequence[Record], int]:
        """Records of one answer below an offset, and where the next one begins."""
        self._left -= 1
        link = self._pool.link(leader, Lane.BULK, timeout_s=_ANSWER_S)
        terms = Terms(0, _BYTES, self._committed)
        answer = await fetch(link, self._topic, [Ask(self._partition, first, _BYTES)], terms)
        for part in answer.parts:
            if part.error:
                raise needs_read(self._topic.name, part.error)
            batches = walk(answer.data, part.start, part.end)
            if not batches:
                return [], end
            aborted = Aborted(part.aborted) if self._committed else None
            job = Job(self._topic.name, self._partition, answer.data, batches, first, end, aborted)
            records = [record for found in scan(job, Everything()) for record in found.matched]
            return records, batches[-1].last_offset + 1
        return [], end
