"""The cluster as its metadata log tells it: batches go in, in their order, events come out, batch by batch.

Pure: it reads no clock and does no I/O, so that a follower, a folder of segments and a test use the same one.

    image = MetadataImage()
    for batch in batches(segment):
        events = image.take(batch, seen_at=now)

A snapshot is loaded batch by batch into a fresh image, whose state `whole` then tells; `since` tells what is other in
it than in an older image. After both, the log goes on at the snapshot's end offset.
"""

from __future__ import annotations

from typing import Final

from ktui.adapters.events import ClusterEvent, SourceName, Stamp
from ktui.adapters.kafka.log.batches import Batch
from ktui.adapters.kafka.log.decode import decode
from ktui.adapters.kafka.log.journal import Journal
from ktui.adapters.kafka.log.offline import OfflineSets
from ktui.adapters.kafka.log.records import Change, LeaderElected, Transaction, Unreadable
from ktui.adapters.kafka.log.state import ClusterState
from ktui.adapters.kafka.log.telling import difference, events_of, everything
from ktui.adapters.kafka.log.topics_image import TopicsChange
from ktui.adapters.kafka.steps import Pace, Steps, at_once
from ktui.adapters.topics import UNKNOWN_SETTINGS, TopicSettings

_BETWEEN_LOOKS: Final = 256
"""Changes between two looks at the clock."""


class MetadataImage:
    """`state` is that after the last batch."""

    def __init__(self, *, defaults: TopicSettings = UNKNOWN_SETTINGS, protocol: str | None = None) -> None:
        """`defaults`: what the brokers' files say of topics; `protocol`: whose listener is told of a broker."""
        self.state: Final = ClusterState(defaults, protocol)
        self._offline = OfflineSets()
        self._waiting: list[Change] | None = None
        """What a transaction has told so far."""

    def take(self, batch: Batch, *, seen_at: float) -> list[ClusterEvent]:
        """Apply a batch of the log: what it changed, stamped with the batch. `seen_at`: seconds since the epoch."""
        return at_once(self.taking(batch, seen_at=seen_at))

    def taking(self, batch: Batch, *, seen_at: float) -> Steps[list[ClusterEvent]]:
        """The same in steps."""
        at = batch.timestamp_ms / 1000
        yield from self._apply(batch, at)
        topics = yield from self._finish()
        stamp = Stamp(SourceName.METADATA_LOG, seen_at, at, batch.last_offset, batch.base_offset)
        return events_of(stamp, self._journal(), self.state, topics)

    def loading(self, batch: Batch, *, is_snapshot: bool = True) -> Steps[None]:
        """Apply a batch, of a snapshot or of the log after it; nothing is told before `whole` or `since`."""
        yield from self._apply(batch, None if is_snapshot else batch.timestamp_ms / 1000)

    def whole(self, stamp: Stamp) -> Steps[list[ClusterEvent]]:
        """Everything there is now."""
        yield from self._finish()
        self._journal()
        journal, topics = everything(self.state)
        return events_of(stamp, journal, self.state, topics, is_complete=True)

    def since(self, older: MetadataImage, stamp: Stamp) -> Steps[list[ClusterEvent]]:
        """What is other than in an older image."""
        yield from self._finish()
        self._journal()
        journal, topics = difference(older.state, self.state)
        return events_of(stamp, journal, self.state, topics, is_complete=True)

    def set_defaults(self, defaults: TopicSettings, stamp: Stamp) -> list[ClusterEvent]:
        """What the brokers' files say of topics by now, and the settings that come of it."""
        if not self.state.settings.set_defaults(defaults):
            return []
        return events_of(stamp, Journal(has_new_defaults=True), self.state, TopicsChange())

    def _journal(self) -> Journal:
        """What was noted since the last call."""
        journal, self.state.journal = self.state.journal, Journal()
        return journal

    def _apply(self, batch: Batch, at: float | None) -> Steps[None]:
        changes = yield from decode(batch)
        pace = Pace()
        for number, change in enumerate(changes):
            self._take(change, batch.epoch, at)
            if number % _BETWEEN_LOOKS == 0 and pace.is_over():
                yield
                pace.restart()

    def _take(self, change: Change, epoch: int, at: float | None) -> None:
        """One change, or, inside a transaction, keep it until that ends."""
        if isinstance(change, Transaction):
            held, self._waiting = self._waiting, [] if change is Transaction.BEGIN else None
            if change is Transaction.END:
                for waiting in held or ():
                    self.state.put(waiting, epoch, at)
        elif self._waiting is not None and not isinstance(change, LeaderElected | Unreadable):
            self._waiting.append(change)
        else:
            self.state.put(change, epoch, at)

    def _finish(self) -> Steps[TopicsChange]:
        """New tables; when brokers came or went, for every topic with replicas on them."""
        up = self.state.members.up()
        has_moved = up != self._offline.up
        if has_moved:
            self._offline = OfflineSets(up)
        return (yield from self.state.topics.finish(self._offline, is_everything=has_moved))
