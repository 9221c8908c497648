"""What the parts of one running tail share: its spec, its partitions, its counts, and what is known of keys."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from ktui.adapters.errors import AdapterError
from ktui.adapters.kafka.tail.budget import Budget, Meter
from ktui.adapters.kafka.tail.keeping import Receiver
from ktui.adapters.kafka.tail.spot import Spot
from ktui.adapters.tail.filter import Filter
from ktui.adapters.tail.learner import Learner
from ktui.adapters.tail.record import Record
from ktui.adapters.tail.spec import TailSpec
from ktui.adapters.tail.view import Counts, Evidence, Progress, StopReason, TailState, TailView

_MOST_NOTES: Final = 20


class Run:
    """Used on the feed's loop only. Implements `Wish`."""

    def __init__(self, spec: TailSpec, receiver: Receiver) -> None:
        self.spec = spec
        self.receiver = receiver
        self.budget = Budget(spec.bytes_per_s)
        self.topic_id: bytes | None = None
        self.spots: dict[int, Spot] = {}
        self.learner: Learner | None = None
        self.why_distrusted: str | None = None
        """Why no evidence is sought any more; None: it is."""
        self.evidence = Evidence()
        self.state = TailState.STARTING
        self.stopped: StopReason | None = None
        self.sentence: str | None = None
        self.error: AdapterError | None = None
        """What made it fail."""
        self.generation = 0
        """Goes up when what is under way is not wanted any more."""
        self.filter_revision = 0
        self.wake = asyncio.Event()
        """Something for the coordinator to look at."""
        self.is_dirty = True
        """Whether a new view would differ."""
        self.seen = self.matched = self.lost = self.bytes = self.damaged = 0
        self._seen_ever = 0
        self._byte_meter, self._record_meter = Meter(), Meter()
        self._notes: list[str] = []

    @property
    def filter(self) -> Filter:
        return self.spec.filter

    @property
    def is_trusting(self) -> bool:
        """Whether partitions are left out on the strength of the evidence."""
        return self.evidence.partition is not None

    def looks(self, records: int) -> int:
        return self.learner.looks(records) if self.learner is not None and self.is_trusting else 0

    def hear(self, partition: int, key: bytes | None) -> None:
        """A key that contradicts the evidence ends the trust in it."""
        if self.learner is None:
            return
        self.learner.hear(partition, key)
        if self.is_trusting and self.learner.is_contradicted:
            self.judge()
            self.wake.set()
        self.is_dirty = True

    def judge(self) -> None:
        """What the evidence says of the key that is wanted now."""
        self.is_dirty = True
        key = self.filter.exact_key
        if key is None or self.filter.partitions is not None:
            self.evidence = Evidence()
            return
        if self.learner is None:
            self.evidence = Evidence(why_all=self.why_distrusted)
            return
        found = self.learner.evidence(key)
        if self.spec.reads_all_partitions:
            found = replace(found, partition=None, why_all=found.why_all or "all partitions were asked for")
        self.evidence = found

    def distrust(self, why: str) -> None:
        """All partitions are read from here on, whatever samples say."""
        self.why_distrusted, self.learner = why, None
        self.judge()

    def restart_counts(self, looked_through: int) -> None:
        """Another filter or start is in force: what is kept was looked through, and counts begin with that."""
        self.seen, self.matched = looked_through, self.receiver.shown
        self.filter_revision += 1
        self.is_dirty = True

    def restart_places(self) -> None:
        """Every partition is to be placed anew; what is under way is not wanted any more."""
        self.generation += 1
        self.stopped = self.sentence = self.error = None
        self.lost = 0
        for spot in self.spots.values():
            spot.start = spot.position = spot.stop = None
            spot.last_epoch, spot.is_added, spot.is_out_of_range = -1, False, False
            spot.pending = 0
        self.wake.set()

    def choose(self) -> None:
        """Which partitions are read now."""
        only = self.evidence.partition
        for spot in self.spots.values():
            spot.is_read = self.filter.takes_partition(spot.partition) and only in (None, spot.partition)

    def note(self, sentence: str) -> None:
        """Something that happened to the reading; the same sentence twice in a row is told once."""
        if not self._notes or self._notes[-1] != sentence:
            self._notes = [*self._notes[1 - _MOST_NOTES :], sentence]
            self.is_dirty = True

    def count_seen(self, records: int) -> None:
        self.seen += records
        self._seen_ever += records
        self.is_dirty = True

    def count_bytes(self, count: int) -> None:
        """An answer of so many bytes came."""
        self.bytes += count
        self.budget.spend(count)
        self.is_dirty = True

    async def give(self, records: Sequence[Record]) -> None:
        """Matched records, as far as there is room below the maximum; ends the tail when that is reached."""
        most = self.spec.max_records
        if most is not None:
            records = records[: max(0, most - self.matched)]
        self.matched += len(records)
        self.is_dirty = True
        if records:
            await self.receiver.take(records)
        if most is not None and self.matched >= most:
            self.finish(StopReason.MAX, f"{most} records have matched.")

    def finish(self, reason: StopReason, sentence: str) -> None:
        """It ends; the first reason counts."""
        if self.stopped is None:
            self.stopped, self.sentence = reason, sentence
            self.generation += 1
            self.is_dirty = True
            self.wake.set()

    def fail(self, error: AdapterError) -> None:
        """It cannot go on."""
        if self.stopped is None:
            self.error = error
        self.finish(StopReason.FAILED, str(error))

    def counts(self) -> Counts:
        now = time.monotonic()
        spots = self.spots.values()
        return Counts(
            seen=self.seen,
            matched=self.matched,
            shown=self.receiver.shown,
            dropped=self.receiver.dropped,
            behind=sum(spot.behind for spot in spots),
            held_back=sum(spot.held_back for spot in spots),
            lost=self.lost,
            damaged=self.damaged,
            bytes=self.bytes,
            bytes_per_s=self._byte_meter.per_s(self.bytes, now),
            records_per_s=self._record_meter.per_s(self._seen_ever, now),
        )

    def mark(self) -> bool:
        """Note the pace; whether it is different from what a view would have shown before."""
        now = time.monotonic()
        before = self._byte_meter.per_s(self.bytes, now), self._record_meter.per_s(self._seen_ever, now)
        self._byte_meter.mark(self.bytes, now)
        self._record_meter.mark(self._seen_ever, now)
        return any(before)

    def view(self) -> TailView:
        """Everything as it is now."""
        now = asyncio.get_running_loop().time()
        counts = self.counts()
        return TailView(
            spec=self.spec,
            state=self.state,
            counts=counts,
            window=self.receiver.window(),
            evidence=self.evidence,
            places=tuple(spot.place(now) for _, spot in sorted(self.spots.items())),
            progress=self._progress(counts.records_per_s),
            notes=tuple(self._notes),
            stopped=self.stopped,
            sentence=self.sentence,
            filter_revision=self.filter_revision,
        )

    def _progress(self, records_per_s: float) -> Progress:
        done = total = 0
        for spot in self.spots.values():
            end = spot.stop if spot.stop is not None else spot.end
            if spot.is_read and spot.start is not None and spot.position is not None and end is not None:
                done += min(spot.position, end) - spot.start if end > spot.start else 0
                total += max(0, end - spot.start)
        left = total - done
        return Progress(done, total, left / records_per_s if records_per_s > 0 else None)
