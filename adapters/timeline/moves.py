"""Which partitions are being reassigned, and what their replicas were before.

The metadata log and ZooKeeper write both at once. Polling learns of the replicas and of the list of reassignments by
two questions: a change of replicas is noted until the next list says whether it is still going on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ktui.adapters.partitions import Column, column
from ktui.adapters.timeline.kinds import Kind
from ktui.adapters.topics import Topic, TopicMap


@dataclass(frozen=True, slots=True)
class MoveStep:
    """The beginning or the end of one reassignment; replicas by their numbers."""

    kind: Kind
    topic: str
    index: int
    before: int
    after: int


@dataclass(slots=True)
class Moves:
    """Reassignments as they are told, one source at a time."""

    is_noting: bool = False
    """Whether replicas and reassignments are told apart (polling)."""
    _notes: dict[str, dict[int, tuple[int, int]]] = field(default_factory=dict)

    def steps(self, old: Topic, new: Topic) -> Iterator[MoveStep]:
        """What begins and what ends between two states of a topic."""
        was, now = set(old.moving), set(new.moving)
        for index in sorted(now - was):
            yield self._step(Kind.REASSIGNMENT_STARTED, old, new, index)
        for index in sorted(was - now):
            yield self._step(Kind.REASSIGNMENT_FINISHED, old, new, index)

    def replicas_changed(
        self, name: str, index: int, before: int, after: int, *, is_moving: bool
    ) -> Kind | None:
        """What a change of replicas means by itself; None: nothing yet."""
        if self.is_noting:
            first, _ = self._notes.setdefault(name, {}).get(index, (before, after))
            self._notes[name][index] = (first, after)
            return None
        return None if is_moving else Kind.REASSIGNMENT_FINISHED

    def settled(self, topics: TopicMap) -> Iterator[MoveStep]:
        """The list of reassignments is newer than the notes: those that are not in it are over."""
        for name in list(self._notes):
            topic = topics.get(name)
            moving = set(topic.moving) if topic is not None else set()
            notes = self._notes[name]
            for index in sorted(notes.keys() - moving):
                before, after = notes.pop(index)
                if topic is not None and before != after:
                    yield MoveStep(Kind.REASSIGNMENT_FINISHED, name, index, before, after)
            if not notes:
                del self._notes[name]

    def forget(self, name: str) -> None:
        """The topic is gone, or another one."""
        self._notes.pop(name, None)

    def _step(self, kind: Kind, old: Topic, new: Topic, index: int) -> MoveStep:
        noted = self._notes.get(new.name, {}).pop(index, None)
        before, after = noted or (_replicas(old, index), _replicas(new, index))
        return MoveStep(kind, new.name, index, before, after)


def _replicas(topic: Topic, index: int) -> int:
    replicas = column(topic.table, Column.REPLICAS)
    return replicas[index] if index < len(replicas) else 0
