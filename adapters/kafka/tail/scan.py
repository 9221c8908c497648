"""The records of one partition's answer that are wanted: headers first, then a search in bytes, then the reader.

The checksum of a batch is checked before any of its records is given out. Batches in which a search finds nothing
are passed over unchecked, as is what lies before the start: checking would cost more than the search.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from ktui.adapters.errors import AdapterError
from ktui.adapters.kafka.tail.batches import HEADER_BYTES, LEGACY, Batch
from ktui.adapters.kafka.tail.records import Raw, body_of, chunks_of, first_keys, is_intact
from ktui.adapters.tail.conditions import KeyContains, KeyIs, KeyMatches, KeyStarts
from ktui.adapters.tail.filter import Filter
from ktui.adapters.tail.record import Record, TimestampType

_SMALL: Final = 300
"""Mean bytes of a record above which the reader, which jumps over values, is quicker for keys than a search."""
_KEY_CONDITIONS: Final = (KeyIs, KeyStarts, KeyContains, KeyMatches)


class Wish(Protocol):
    """What is wanted now; looked at before each batch, so that a change is in force at once."""

    @property
    def filter(self) -> Filter: ...

    def looks(self, records: int) -> int:
        """How many keys of a batch are to be told to `hear`."""

    def hear(self, partition: int, key: bytes | None) -> None: ...


class Found(NamedTuple):
    """What a step of the scan gave."""

    seen: int
    matched: Sequence[Record] = ()
    damage: str | None = None
    """A batch that cannot be read, in one sentence; its records are neither seen nor matched."""


class Aborted:
    """Which transactional batches belong to aborted transactions; asked for each batch in order.

    As `PartitionRecords` of the Java consumer: a transaction is aborted from its first offset to its control batch.
    """

    def __init__(self, listed: Sequence[tuple[int, int]]) -> None:
        self._waiting = sorted(listed, key=lambda one: one[1], reverse=True)
        self._active: set[int] = set()

    def hides(self, batch: Batch) -> bool:
        while self._waiting and self._waiting[-1][1] <= batch.last_offset:
            self._active.add(self._waiting.pop()[0])
        if batch.is_control:
            self._active.discard(batch.producer_id)
            return True
        return batch.is_transactional and batch.producer_id in self._active


@dataclass(slots=True)
class Job:
    """Batches of one partition that were answered together."""

    topic: str
    partition: int
    data: bytes
    batches: Sequence[Batch]
    first: int
    """Records below this offset were not asked for: an answer begins with a whole batch."""
    stop: int | None
    """Records at and above this offset are not wanted; None: all are."""
    aborted: Aborted | None
    """None: aborted transactions are not hidden."""
    _search: _Search | None = field(default=None, init=False)

    def is_whole(self, batch: Batch) -> bool:
        """Whether all of its records are wanted as far as offsets go, and their number is known."""
        inside = batch.base_offset >= self.first and (self.stop is None or batch.last_offset < self.stop)
        return inside and batch.records != LEGACY


def scan(job: Job, wish: Wish) -> Iterator[Found]:
    """Step by step, each at most some thousand records; the order is that of the offsets."""
    for batch in job.batches:
        hidden = job.aborted.hides(batch) if job.aborted is not None else batch.is_control
        if hidden or batch.last_offset < job.first:
            continue
        if job.stop is not None and batch.base_offset >= job.stop and batch.records != LEGACY:
            return
        try:
            yield from _batch(job, batch, wish)
        except AdapterError as error:
            yield Found(0, (), f"partition {job.partition}: {error}")


def _batch(job: Job, batch: Batch, wish: Wish) -> Iterator[Found]:
    wanted, is_whole, body = wish.filter, job.is_whole(batch), None
    looks = wish.looks(batch.records) if is_whole else 0
    if is_whole and not looks and _is_out_of_range(batch, wanted):
        yield Found(batch.records)
        return
    if batch.magic > 1 and batch.codec and (looks or (is_whole and wanted.needles)):
        body = body_of(job.data, batch)
    for key in first_keys(job.data, batch, body, looks) if looks else ():
        wish.hear(job.partition, key)
    if is_whole and (_is_out_of_range(batch, wanted) or not _may_match(job, batch, wanted, body)):
        yield Found(batch.records)
        return
    if not is_intact(job.data, batch):
        yield Found(
            0, (), f"partition {job.partition}: the batch at offset {batch.base_offset} is damaged (checksum)"
        )
        return
    kind = _timestamp_type(batch)
    for chunk in chunks_of(job.data, batch, body):
        inside = chunk if is_whole else [raw for raw in chunk if _is_inside(job, raw)]
        now = wish.filter
        matching = inside if now.takes_all else [raw for raw in inside if now.holds(raw)]
        yield Found(len(inside), [_record(job, raw, kind) for raw in matching])


def _is_inside(job: Job, raw: Raw) -> bool:
    return raw.offset >= job.first and (job.stop is None or raw.offset < job.stop)


def _is_out_of_range(batch: Batch, wanted: Filter) -> bool:
    """Whether its header says that it is too old, or, where one time holds for all records, too young."""
    at = batch.max_timestamp
    if at < 0:
        return False
    if wanted.since is not None and at < wanted.since:
        return True
    return wanted.until is not None and batch.has_log_append_time and at >= wanted.until


def _may_match(job: Job, batch: Batch, wanted: Filter, body: bytes | None) -> bool:
    """False when bytes that every match contains are not there."""
    needles = wanted.needles
    if not needles:
        return True
    size = len(body) if body is not None else batch.end - batch.start
    if size > batch.records * _SMALL and all(isinstance(c, _KEY_CONDITIONS) for c in wanted.conditions):
        return True
    if body is not None:
        return all(needle in body for needle in needles)
    search = job._search
    if search is None or search.needles is not needles:
        search = job._search = _Search(job.data, job.batches[-1].end, needles)
    return search.may_be_in(batch)


class _Search:
    """One find for many batches that are not compressed: where the next hit is, all before it are without one."""

    def __init__(self, data: bytes, end: int, needles: tuple[bytes, ...]) -> None:
        self.needles = needles
        self._data = data
        self._end = end
        self._next = dict.fromkeys(needles, -1)

    def may_be_in(self, batch: Batch) -> bool:
        start = batch.start + HEADER_BYTES
        for needle in self.needles:
            at = self._next[needle]
            if at < start:
                found = self._data.find(needle, start, self._end)
                at = self._next[needle] = self._end if found < 0 else found
            if at + len(needle) > batch.end:
                return False
        return True


def _timestamp_type(batch: Batch) -> TimestampType:
    if batch.magic == 0:
        return TimestampType.NONE
    return TimestampType.LOG_APPEND if batch.has_log_append_time else TimestampType.CREATE


def _record(job: Job, raw: Raw, kind: TimestampType) -> Record:
    at = raw.timestamp
    return Record(
        job.topic,
        job.partition,
        raw.offset,
        -1 if at is None else at,
        kind,
        raw.key,
        raw.value,
        tuple(raw.headers),
    )
