"""Follows the metadata log as one who is no member of the quorum: a snapshot, then what is appended and committed."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from ktui.adapters.errors import BadAnswer
from ktui.adapters.events import ClusterEvent, ControllerChanged, Gap, SourceName, Stamp
from ktui.adapters.kafka.asks.metadata_log import (
    Fetched,
    SnapshotId,
    SnapshotSlice,
    fetch_log,
    fetch_snapshot,
)
from ktui.adapters.kafka.link import Link
from ktui.adapters.kafka.log.batches import Batch, Damaged
from ktui.adapters.kafka.log.image import MetadataImage
from ktui.adapters.kafka.log.leading import Leading
from ktui.adapters.kafka.log.snapshot_load import load_snapshot
from ktui.adapters.kafka.log.tail import Tail
from ktui.adapters.kafka.poll.round import Desk
from ktui.adapters.kafka.standing import LogState
from ktui.adapters.kafka.steps import in_steps
from ktui.adapters.model import Controller
from ktui.adapters.ports import Sink

WAIT_S: Final = 1.0
"""An idle log grows twice a second; so long without an answer and the leader is asked for a sign of life."""
_UNKNOWN: Final = -1


class Follower:
    """`load` once, then `follow` again and again; both raise AdapterError and may be called again after that."""

    def __init__(self, desk: Desk, leading: Leading) -> None:
        self.image: MetadataImage | None = None
        self.leading = leading
        self._desk = desk
        self._tail = Tail(0, 0)
        self._high_watermark = _UNKNOWN
        self._told_leader: tuple[int | None, int] = (None, _UNKNOWN)

    @property
    def offset(self) -> int:
        """Everything below it has been told."""
        return self._tail.applied

    async def load(self, sink: Sink, *, gap: str | None = None) -> None:
        """Read everything that there is; tells all of it, or (with a gap) what is other than it was."""
        before, told = self.image, self._tail.applied
        with _no_collections():
            image = await self._loaded()
        stamp = self._stamp()
        if before is None:
            events = await in_steps(image.whole(stamp))
        else:
            reason = f"{gap}: what happened from offset {told:,} to {self._tail.applied:,} is not known"
            events = [Gap(stamp, reason), *await in_steps(image.since(before, stamp))]
        self.image = image
        sink([*events, *self._leader(stamp)])

    async def follow(self, sink: Sink) -> None:
        """Wait for what comes next and tell it batch by batch; where the log moved past us, read all of it again."""
        assert self.image is not None
        fetched = await self._fetch(self._tail, WAIT_S)
        if fetched.snapshot is not None:
            await self.load(sink, gap="the log was cut off before us while we did not read it")
            return
        if fetched.diverging is not None:
            if not self._tail.diverge(fetched.diverging.end_offset, fetched.diverging.epoch):
                await self.load(sink, gap="the controllers' log is another one than before")
            return
        sink(self._leader(self._stamp()))
        for batch in self._committed(self._tail, fetched):
            sink(await in_steps(self.image.taking(batch, seen_at=time.time())))

    async def _loaded(self) -> MetadataImage:
        """A fresh image up to the high watermark of the moment when it was begun."""
        tail, until, image = Tail(0, 0), _UNKNOWN, self._fresh()
        while True:
            fetched = await self._fetch(tail, WAIT_S)
            if self._desk.log.is_pending:
                self._desk.log.put(LogState.LOADING)
            if fetched.snapshot is not None:
                image = await self._snapshot(fetched.snapshot)
                tail = Tail(fetched.snapshot.end_offset, fetched.snapshot.epoch)
                continue
            if fetched.diverging is not None:
                tail, image = Tail(0, 0), self._fresh()
                continue
            until = max(until, fetched.high_watermark) if until < 0 else until
            for batch in self._committed(tail, fetched):
                await in_steps(image.loading(batch, is_snapshot=False))
            if 0 <= until <= tail.applied:
                self._tail = tail
                return image

    async def _snapshot(self, snapshot: SnapshotId) -> MetadataImage:
        async def slice_from(position: int) -> SnapshotSlice:
            async def ask(link: Link, epoch: int) -> SnapshotSlice:
                return await fetch_snapshot(
                    link, snapshot, position, leader_epoch=epoch, cluster_id=self._desk.expected_cluster_id
                )

            return await self.leading.ask(ask, wait_s=WAIT_S)

        image = self._fresh()
        await load_snapshot(slice_from, image)
        return image

    def _fresh(self) -> MetadataImage:
        return MetadataImage(
            defaults=self._desk.log.defaults, protocol=str(self._desk.pool.security.protocol)
        )

    async def _fetch(self, tail: Tail, wait_s: float) -> Fetched:
        async def ask(link: Link, epoch: int) -> Fetched:
            return await fetch_log(
                link,
                tail.next_offset,
                last_epoch=tail.last_epoch,
                leader_epoch=epoch,
                high_watermark=self._high_watermark,
                cluster_id=self._desk.expected_cluster_id,
                wait_s=wait_s,
            )

        fetched = await self.leading.ask(ask, wait_s=wait_s)
        self.leading.note(fetched.leader)
        self._high_watermark = fetched.high_watermark
        return fetched

    def _committed(self, tail: Tail, fetched: Fetched) -> list[Batch]:
        try:
            tail.read(fetched.records)
        except Damaged as damage:
            raise BadAnswer(f"metadata log: {damage}") from damage
        return tail.committed(fetched.high_watermark)

    def _leader(self, stamp: Stamp) -> Sequence[ClusterEvent]:
        """Who leads, when that is another one than was told; the record of the election says the same later."""
        now = self.leading.leader, self.leading.epoch
        leader, epoch = now
        if now == self._told_leader or leader is None:
            return ()
        self._told_leader = now
        address = self.leading.address
        endpoint = str(address) if address else None
        return (ControllerChanged(stamp, Controller(leader, epoch, "quorum", endpoint)),)

    def _stamp(self) -> Stamp:
        return Stamp(SourceName.METADATA_LOG, time.time(), position=self._tail.applied - 1)


@contextmanager
def _no_collections() -> Iterator[None]:
    """A million new objects are no garbage: looking through them again and again would hold every thread."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
