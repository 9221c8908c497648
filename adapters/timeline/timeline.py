"""From the steps of the reducer to stories. Only the source that owns a field tells of it."""

from __future__ import annotations

import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

from ktui.adapters.events import SourceName, Stamp
from ktui.adapters.model import Broker, Controller
from ktui.adapters.timeline.broker_steps import BrokersTold
from ktui.adapters.timeline.casebook import CONTROLLER, Casebook, Listener
from ktui.adapters.timeline.changes import ChangeRows
from ktui.adapters.timeline.controller_steps import ControllerTold
from ktui.adapters.timeline.differ import Differ
from ktui.adapters.timeline.entries import Entry
from ktui.adapters.timeline.kinds import Kind
from ktui.adapters.timeline.moves import Moves, MoveStep
from ktui.adapters.timeline.steps import NO_TIES, Ties
from ktui.adapters.timeline.story import TimelineView
from ktui.adapters.timeline.topics_told import TopicsTold
from ktui.adapters.topic_view import Pair
from ktui.adapters.topics import BrokerShare, TopicMap, TopicSettings

LIMIT_BYTES: Final = 32 * 1024 * 1024
BURST_S: Final = 1.0
"""Changes of settings that follow each other within this time are one story."""
QUORUM: Final = "quorum"


class Timeline:
    """Used by the thread of the feed; `view` may be read by any."""

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, limit_bytes: int = LIMIT_BYTES
    ) -> None:
        self._clock = clock
        self._limit_bytes = limit_bytes
        self._book = Casebook(clock, limit_bytes)
        self._topics = TopicsTold()
        self._brokers = BrokersTold()
        self._controller = ControllerTold()
        self._moves = Moves()
        self._lists_moves = False
        self._levels: dict[str, int] = {}
        self._fresh: set[str] = set()
        """Topics that came a moment ago: their first configuration is no change."""
        self.view = TimelineView()

    def listen(self, listener: Listener) -> None:
        """Call it with every part in the order in which they are told: the cause before what it caused."""
        self._book.listeners.append(listener)

    def forget(self, since: float) -> None:
        """Begin again with what is known now: nothing has happened since this moment."""
        listeners, self._book = self._book.listeners, Casebook(self._clock, self._limit_bytes)
        self._book.listeners = listeners
        if self.is_watching:
            self._book.shelf.begin(since)
        self.view = self._book.shelf.view()

    @property
    def due(self) -> float | None:
        """When `settle` must be called at the latest, on the clock; None: nothing is held back."""
        return self._book.due

    @property
    def is_watching(self) -> bool:
        """Whether the first load is over, so that what is different is a change."""
        return self._topics.source is not None

    @property
    def topics_told_by(self) -> SourceName | None:
        """The source that topics were told by last; None before the first load."""
        return self._topics.source

    # -- what the reducer tells -------------------------------------------------------------------------

    def topics_changed(
        self,
        stamp: Stamp,
        owner: SourceName,
        before: TopicMap,
        after: TopicMap,
        pairs: Sequence[Pair],
        *,
        may_take_over: bool,
        unclean: Collection[tuple[str, int]] = (),
    ) -> None:
        """The owner's topics around one event."""
        was_watching = self.is_watching
        pairs = self._topics.follow(owner, before, after, pairs, may_take_over=may_take_over)
        if not was_watching:
            self._book.shelf.begin(stamp.seen_at)
        if not pairs:
            return
        self._moves.is_noting = owner is SourceName.POLL and self._lists_moves
        differ = Differ(stamp, self._moves, unclean)
        for pair in pairs:
            differ.take(pair)
        self._fresh.update(differ.fresh)
        for old, new in differ.recreated:
            ids = (_id_text(old.id), _id_text(new.id))
            self._book.add(
                Entry(Kind.TOPIC_RECREATED, stamp, topic=new.name, before=ids[0], after=ids[1]), "recreated"
            )
        self._book.changes(differ.packed())

    def moves_listed(self, stamp: Stamp, topics: TopicMap) -> None:
        """Polling read which partitions are being reassigned; `topics` know it by now."""
        self._lists_moves = True
        steps = list(self._moves.settled(topics))
        if steps:
            self._book.changes([(Ties(is_moving=True), _rows(steps).packed(stamp))])

    def brokers_changed(
        self, stamp: Stamp, owner: SourceName, brokers: Iterable[Broker], *, is_fresh: bool
    ) -> None:
        """The owner's list of brokers; `is_fresh`: it has just told of it."""
        told_by = self._brokers.source
        if not is_fresh and (told_by is None or owner is SourceName.POLL):
            return
        for kind, broker, state, detail in self._brokers.follow(owner, {b.id: b for b in brokers}):
            self._book.broker(Entry(kind, stamp, broker=broker, detail=detail), state)

    def controller_changed(self, stamp: Stamp, controller: Controller | None, *, is_absent: bool) -> None:
        """What the best witness says."""
        for kind, before, after, detail in self._controller.follow(controller, is_absent=is_absent):
            entry = Entry(kind, stamp, before=before, after=after, detail=detail)
            if kind is Kind.QUORUM_LOST:
                self._book.open(entry, QUORUM)
            elif kind is Kind.QUORUM_REGAINED:
                self._book.close(entry, QUORUM)
            else:
                is_broker = before is not None and self._brokers.knows(before)
                ties = Ties(away=(before,)) if is_broker and before is not None else NO_TIES
                self._book.add_to(entry, ties, CONTROLLER, opened=QUORUM)

    def config_changed(
        self, stamp: Stamp, resource_type: str, name: str, before: Mapping[str, str | None],
        after: Mapping[str, str | None],
    ) -> None:  # fmt: skip
        """Settings of one resource by name, before (where known) and after."""
        topic = name if resource_type == "topic" and name else None
        broker = int(name) if resource_type == "broker" and name.isdecimal() else None
        of = "" if topic is not None or broker is not None else f" of {resource_type} {name or '(default)'}"
        for setting, value in after.items():
            entry = Entry(
                Kind.CONFIG_CHANGED, stamp, broker=broker, topic=topic,
                before=before.get(setting), after=value, detail=f"{setting}{of}",
            )  # fmt: skip
            self._book.add(entry, "config", joins_s=BURST_S)

    def settings_changed(
        self, stamp: Stamp, topic: str, before: TopicSettings | None, after: TopicSettings
    ) -> None:
        """The configuration of a topic as it is asked for again and again."""
        if before is None or topic in self._fresh:
            self._fresh.discard(topic)
            return
        was, now = _configs(before), _configs(after)
        changed = {name: value for name, value in now.items() if value is not None and value != was[name]}
        if self.is_watching:
            self.config_changed(stamp, "topic", topic, was, changed)

    def acls_changed(self, stamp: Stamp, added: Iterable[str], removed: Iterable[str]) -> None:
        for rule in removed:
            self._book.add(Entry(Kind.ACL_CHANGED, stamp, before=rule), "acl", joins_s=BURST_S)
        for rule in added:
            self._book.add(Entry(Kind.ACL_CHANGED, stamp, after=rule), "acl", joins_s=BURST_S)

    def features_changed(self, stamp: Stamp, levels: Mapping[str, int]) -> None:
        for name, level in levels.items():
            before = self._levels.get(name)
            self._levels[name] = level
            entry = Entry(Kind.FEATURE_CHANGED, stamp, before=before, after=level, detail=name)
            self._book.add(entry, "feature", joins_s=BURST_S)

    def metadata_version_changed(self, stamp: Stamp, before: str, after: str) -> None:
        entry = Entry(Kind.FEATURE_CHANGED, stamp, before=before, after=after, detail="metadata.version")
        self._book.add(entry, "feature", joins_s=BURST_S)

    def source_stale(self, stamp: Stamp, reason: str | None) -> None:
        """A source that has told of the cluster failed, or (None) works again."""
        group = f"source {stamp.source}"
        if reason is None:
            self._book.close(Entry(Kind.SOURCE_RESUMED, stamp, detail=str(stamp.source)), group)
        else:
            self._book.open(Entry(Kind.SOURCE_STALE, stamp, detail=f"{stamp.source}: {reason}"), group)

    def gap(self, stamp: Stamp, reason: str) -> None:
        self._book.add(Entry(Kind.GAP, stamp, detail=reason), "gap")

    def settle(self, shares: Mapping[int, BrokerShare]) -> None:
        """The batch is over, or time has passed: tell what has waited, and make the view."""
        self._book.heal(shares)
        self._book.settle()
        self.view = self._book.shelf.view()


def _rows(steps: Iterable[MoveStep]) -> ChangeRows:
    rows = ChangeRows()
    for step in steps:
        rows.add(step.kind, step.topic, step.index, step.before, step.after, 0)
    return rows


def _configs(settings: TopicSettings) -> dict[str, str | None]:
    values = {
        "min.insync.replicas": settings.min_isr,
        "retention.ms": settings.retention_ms,
        "retention.bytes": settings.retention_bytes,
        "cleanup.policy": settings.cleanup_policy,
    }
    return {name: None if value is None else str(value) for name, value in values.items()}


def _id_text(topic_id: bytes | None) -> str | None:
    """As Kafka's own tools write it."""
    return None if topic_id is None else urlsafe_b64encode(topic_id).rstrip(b"=").decode("ascii")
