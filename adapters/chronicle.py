"""What the timeline is told of each step of the reducer: every change once, by the source that owns the field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from ktui.adapters.events import (
    AclsChanged,
    ConfigsChanged,
    FeaturesChanged,
    Gap,
    SourceName,
    SourceState,
    Stamp,
)
from ktui.adapters.model import ClusterSnapshot, Mode
from ktui.adapters.sources_held import BEST_FIRST, SourcesHeld
from ktui.adapters.timeline.timeline import Timeline
from ktui.adapters.topic_view import Pair
from ktui.adapters.topics import TopicMap, TopicSettings

Steps: TypeAlias = Mapping[SourceName, tuple[TopicMap, Sequence[Pair]]]
"""What one event did to the topics of each source: all of them before it, and those that it changed."""


@dataclass(slots=True)
class Chronicle:
    """Stands between the reducer and its timeline."""

    held: SourcesHeld
    timeline: Timeline
    _stale: set[SourceName] = field(default_factory=set)
    _tells_configs: set[SourceName] = field(default_factory=set)

    def topics(
        self,
        stamp: Stamp,
        steps: Steps,
        *,
        is_fresh: bool = False,
        unclean: Sequence[tuple[str, int]] = (),
    ) -> None:
        """`is_fresh`: the event's source told of all its topics just now."""
        owner = self.held.topics_owner(self.held.loaded)
        if owner is None:
            return
        now = self.held.views[owner].topics
        before, pairs = steps.get(owner, (now, ()))
        told_by = self.timeline.topics_told_by
        is_better = told_by is not None and BEST_FIRST.index(owner) < BEST_FIRST.index(told_by)
        self.timeline.topics_changed(
            stamp, owner, before, now, pairs,
            may_take_over=is_better or owner is told_by or (is_fresh and stamp.source is owner),
            unclean=unclean if stamp.source is owner else (),
        )  # fmt: skip

    def moves_listed(self, stamp: Stamp) -> None:
        """Polling read the list of reassignments."""
        view = self.held.views.get(SourceName.POLL)
        if view is not None:
            self.timeline.moves_listed(stamp, view.topics)

    def brokers(self, stamp: Stamp, mode: Mode, *, is_fresh: bool) -> None:
        """`is_fresh`: the event's source told of its brokers just now."""
        owner = self.held.brokers_owner(mode)
        if owner is not None and (owner is stamp.source or not is_fresh):
            self.timeline.brokers_changed(stamp, owner, self.held.registered[owner], is_fresh=is_fresh)

    def source(self, event: SourceState, mode: Mode) -> None:
        """A source becomes stale, or is so no more: what it owned passes to another, and back."""
        source = event.stamp.source
        is_stale = self.held.is_stale(source, "topics")
        view = self.held.views.get(source)
        if is_stale is not (source in self._stale) and view is not None and view.is_complete:
            self._stale ^= {source}
            self.timeline.source_stale(event.stamp, event.reason if is_stale else None)
        self.topics(event.stamp, {})
        self.brokers(event.stamp, mode, is_fresh=False)

    def settings(
        self, stamp: Stamp, before: Mapping[str, TopicSettings], changed: Mapping[str, TopicSettings]
    ) -> None:
        """What a better source tells of configurations is not told again."""
        owner = self.held.topics_owner(self.held.loaded)
        if owner is not None and owner not in self._tells_configs:
            for name, settings in changed.items():
                self.timeline.settings_changed(stamp, name, before.get(name), settings)

    def identity(self, stamp: Stamp, before: ClusterSnapshot, after: ClusterSnapshot) -> None:
        """The metadata version as brokers tell it; the metadata log tells it as a feature."""
        was, now = before.metadata_version, after.metadata_version
        owner = self.held.topics_owner(self.held.loaded)
        if was and now and was != now and owner not in self._tells_configs:
            self.timeline.metadata_version_changed(stamp, was, now)

    def other(self, event: ConfigsChanged | AclsChanged | FeaturesChanged | Gap) -> None:
        """What no snapshot shows."""
        timeline = self.timeline
        if not timeline.is_watching:
            return
        match event:
            case ConfigsChanged(stamp=stamp, resource_type=resource_type, resource_name=name):
                self._tells_configs.add(stamp.source)
                timeline.config_changed(stamp, resource_type, name, {}, event.changes)
            case AclsChanged():
                timeline.acls_changed(event.stamp, event.added, event.removed)
            case FeaturesChanged():
                self._tells_configs.add(event.stamp.source)
                timeline.features_changed(event.stamp, event.levels)
            case Gap():
                timeline.gap(event.stamp, event.reason)
