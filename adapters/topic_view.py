"""What one source says of the topics, joined with the settings that come from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from ktui.adapters.events import PartitionsChanged, Stamp, TopicsReplaced, TopicState
from ktui.adapters.partitions import (
    Column,
    column,
    differs_in_offline_only,
    partition_at,
    with_partitions,
)
from ktui.adapters.topics import UNKNOWN_SETTINGS, Topic, TopicMap, TopicSettings

Pair: TypeAlias = tuple[Topic | None, Topic | None]
"""A topic before and after; None where it was or is not there."""


@dataclass(slots=True)
class TopicView:
    """The topics by one source; `is_complete` once it has told of all of them."""

    topics: TopicMap = field(default_factory=TopicMap)
    is_complete: bool = False
    tells_moving: bool = False
    """Whether this source says itself which partitions are being reassigned."""

    def take(
        self,
        event: TopicsReplaced | PartitionsChanged,
        settings: Mapping[str, TopicSettings],
        moving: Mapping[str, tuple[int, ...]],
    ) -> list[Pair]:
        """Put in what changed; gives each topic that is different, before and after."""
        if isinstance(event, PartitionsChanged):
            return self._patch(event)
        self.is_complete = self.is_complete or event.is_complete
        pairs: list[Pair] = []
        for state in event.topics:
            self.tells_moving = self.tells_moving or state.moving is not None
            held = self.topics.get(state.name)
            fresh = self._joined(held, state, settings, moving)
            if fresh is not None:
                pairs.append((held, fresh))
        return self._put(pairs, event.removed)

    def told(self, stamp: Stamp) -> TopicsReplaced:
        """All of it as one event."""
        knows = self.tells_moving
        states = (
            TopicState(t.name, t.id, t.is_internal, t.table, t.moving if knows else None, t.is_deleting)
            for t in self.topics
        )
        return TopicsReplaced(stamp, tuple(states), is_complete=self.is_complete)

    def set_settings(self, settings: Mapping[str, TopicSettings]) -> list[Pair]:
        """New settings of topics by name; names that this source does not have are left out."""
        held = ((self.topics.get(name), value) for name, value in settings.items())
        return self._put([(t, replace(t, settings=value)) for t, value in held if t and t.settings != value])

    def set_moving(self, moving: Mapping[str, tuple[int, ...]]) -> list[Pair]:
        """Which partitions are being reassigned, for the topics where that changed; not where the source tells it."""
        if self.tells_moving:
            return []
        held = ((self.topics.get(name), value) for name, value in moving.items())
        return self._put([(t, replace(t, moving=value)) for t, value in held if t and t.moving != value])

    def _put(self, pairs: list[Pair], removed: Iterable[str] = ()) -> list[Pair]:
        gone = [topic for name in removed if (topic := self.topics.get(name)) is not None]
        if pairs or gone:
            fresh = [topic for _, topic in pairs if topic is not None]
            self.topics = self.topics.updated(fresh, [topic.name for topic in gone])
            replaced = {topic.name for topic in fresh} if gone else ()
            pairs += [(topic, None) for topic in gone if topic.name not in replaced]
        return pairs

    def _patch(self, event: PartitionsChanged) -> list[Pair]:
        topic = self.topics.get(event.topic)
        if topic is None:
            return []
        table = without_older_epochs(topic.table, with_partitions(topic.table, event.partitions))
        return [] if table == topic.table else self._put([(topic, replace(topic, table=table))])

    def _joined(
        self,
        held: Topic | None,
        state: TopicState,
        settings: Mapping[str, TopicSettings],
        moving: Mapping[str, tuple[int, ...]],
    ) -> Topic | None:
        """The topic as it shall be, or None when the one that is held is equal."""
        table = state.table
        if held is not None and state.id is not None and held.id == state.id:
            table = without_older_epochs(held.table, table)
        moved = moving.get(state.name, ()) if state.moving is None else state.moving
        known = settings.get(state.name, UNKNOWN_SETTINGS)
        facts = (state.id, state.is_internal, table, known, moved, state.is_deleting)
        if held is not None and facts == (
            held.id, held.is_internal, held.table, held.settings, held.moving, held.is_deleting,
        ):  # fmt: skip
            return None
        if held is not None and differs_in_offline_only(held.table, table):
            rest = (held.id, held.is_internal, held.settings, held.moving, held.is_deleting)
            if rest == (state.id, state.is_internal, known, moved, state.is_deleting):
                return held.with_offline(table)
        return Topic(state.name, *facts)


def without_older_epochs(held: bytes, fresh: bytes) -> bytes:
    """The fresh table, with every partition put back whose leader epoch is lower than the one held.

    A broker that lags behind tells of the past; an epoch below 0 says nothing and is taken as it is.
    """
    old, new = column(held, Column.LEADER_EPOCH), column(fresh, Column.LEADER_EPOCH)
    if old == new:
        return fresh
    older = [index for index, (was, now) in enumerate(zip(old, new, strict=False)) if 0 <= now < was]
    return with_partitions(fresh, [partition_at(held, index) for index in older]) if older else fresh
