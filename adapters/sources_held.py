"""What each source has told and still holds, and which of them owns a field: the best one that is not stale."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from ktui.adapters.events import SourceName, SourceState
from ktui.adapters.model import Broker, Fault, Mode
from ktui.adapters.topic_view import TopicView

BEST_FIRST: Final = (SourceName.METADATA_LOG, SourceName.ZOOKEEPER, SourceName.POLL)


@dataclass(slots=True)
class SourcesHeld:
    """Views of the topics, registered brokers and faults, each by its source."""

    views: dict[SourceName, TopicView] = field(default_factory=dict)
    registered: dict[SourceName, tuple[Broker, ...]] = field(default_factory=dict)
    faults: dict[tuple[SourceName, str, str], Fault] = field(default_factory=dict)

    def view(self, source: SourceName) -> TopicView:
        return self.views.setdefault(source, TopicView())

    def take_fault(self, event: SourceState) -> None:
        key = (event.stamp.source, event.what, event.where)
        if event.reason is None:
            self.faults.pop(key, None)
            return
        held = self.faults.get(key)
        since = held.since if held else event.stamp.seen_at
        self.faults[key] = Fault(event.what, event.where, event.reason, since, event.blocks)

    def is_stale(self, source: SourceName, what: str) -> bool:
        return any(
            key[0] is source and (key[1] == what or fault.blocks) for key, fault in self.faults.items()
        )

    @property
    def loaded(self) -> list[SourceName]:
        """Those that have told of every topic."""
        return [source for source, view in self.views.items() if view.is_complete]

    def topics_owner(self, holders: Iterable[SourceName]) -> SourceName | None:
        """The source whose topics are shown."""
        return self._owner(holders, "topics", BEST_FIRST)

    def brokers_owner(self, mode: Mode) -> SourceName | None:
        """The source whose brokers are shown; while migrating, ZooKeeper knows only some of them."""
        order = BEST_FIRST
        if mode is Mode.MIGRATING:
            order = (SourceName.METADATA_LOG, SourceName.POLL, SourceName.ZOOKEEPER)
        return self._owner(self.registered, "brokers", order)

    def _owner(
        self, holders: Iterable[SourceName], what: str, order: tuple[SourceName, ...]
    ) -> SourceName | None:
        held = set(holders)
        candidates = [source for source in order if source in held]
        fresh = [source for source in candidates if not self.is_stale(source, what)]
        return next(iter(fresh or candidates), None)
