"""What one source says of the topics, joined with the settings that come from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ktui.adapters.events import PartitionsChanged, Stamp, TopicsReplaced, TopicState
from ktui.adapters.partitions import Column, column, partition_at, with_partitions
from ktui.adapters.topics import UNKNOWN_SETTINGS, Topic, TopicMap, TopicSettings


@dataclass(slots=True)
class TopicView:
    """The topics by one source; `is_complete` once it has told of all of them."""

    topics: TopicMap = field(default_factory=TopicMap)
    is_complete: bool = False

    def take(
        self,
        event: TopicsReplaced | PartitionsChanged,
        settings: Mapping[str, TopicSettings],
        moving: Mapping[str, tuple[int, ...]],
    ) -> None:
        """Put in what changed."""
        if isinstance(event, PartitionsChanged):
            self._patch(event)
            return
        self.is_complete = self.is_complete or event.is_complete
        fresh = (self._joined(state, settings, moving) for state in event.topics)
        self._put([topic for topic in fresh if topic is not None], event.removed)

    def told(self, stamp: Stamp) -> TopicsReplaced:
        """All of it as one event."""
        states = (
            TopicState(t.name, t.id, t.is_internal, t.table, t.moving, t.is_deleting) for t in self.topics
        )
        return TopicsReplaced(stamp, tuple(states), is_complete=self.is_complete)

    def set_settings(self, settings: Mapping[str, TopicSettings]) -> None:
        """New settings of topics by name; names that this source does not have are left out."""
        held = ((self.topics.get(name), value) for name, value in settings.items())
        self._put([replace(t, settings=value) for t, value in held if t and t.settings != value])

    def set_moving(self, moving: Mapping[str, tuple[int, ...]]) -> None:
        """Which partitions are being reassigned, for the topics where that changed."""
        held = ((self.topics.get(name), value) for name, value in moving.items())
        self._put([replace(t, moving=value) for t, value in held if t and t.moving != value])

    def _put(self, replaced: Sequence[Topic], removed: Iterable[str] = ()) -> None:
        gone = [name for name in removed if self.topics.get(name) is not None]
        if replaced or gone:
            self.topics = self.topics.updated(replaced, gone)

    def _patch(self, event: PartitionsChanged) -> None:
        topic = self.topics.get(event.topic)
        if topic is None:
            return
        table = without_older_epochs(topic.table, with_partitions(topic.table, event.partitions))
        if table != topic.table:
            self._put([replace(topic, table=table)])

    def _joined(
        self,
        state: TopicState,
        settings: Mapping[str, TopicSettings],
        moving: Mapping[str, tuple[int, ...]],
    ) -> Topic | None:
        """The topic as it shall be, or None when the one that is held is equal."""
        held = self.topics.get(state.name)
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
