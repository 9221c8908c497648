"""The topics as the log tells them: changes go in record by record, new frozen tables come out batch by batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ktui.adapters.events import TopicState
from ktui.adapters.kafka.log.offline import OfflineSets
from ktui.adapters.kafka.log.records import PartitionChanged, PartitionRun, PartitionSet
from ktui.adapters.kafka.log.topic_rows import TopicRows
from ktui.adapters.kafka.steps import Pace, Steps
from ktui.adapters.partitions import count

INTERNAL: Final = frozenset({"__consumer_offsets", "__transaction_state", "__share_group_state"})
"""What brokers mark as internal (`Topic.isInternal` of kafka-clients)."""
_BETWEEN_LOOKS: Final = 64


@dataclass(slots=True)
class TopicsChange:
    """What a batch did to the topics."""

    changed: list[TopicState] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    """Names that are gone and did not come back."""
    created: list[str] = field(default_factory=list)
    unclean: list[tuple[str, int]] = field(default_factory=list)
    """Partitions that got a leader which may lack records."""

    def __bool__(self) -> bool:
        return bool(self.changed or self.removed)


class TopicsImage:
    """All topics. `by_id` is as it was after the last batch; what the current one does waits for `finish`."""

    def __init__(self) -> None:
        self.by_id: dict[bytes, TopicState] = {}
        self.strays = 0
        """Records about topics or partitions that nothing was told of."""
        self._rows: dict[bytes, TopicRows] = {}
        self._moves: dict[bytes, dict[int, tuple[bool, bool]]] = {}
        """Partitions to or from which replicas are moved: (removing, adding)."""
        self._recovering: set[tuple[bytes, int]] = set()
        self._created: dict[bytes, str] = {}
        self._removed: list[str] = []
        self._unclean: list[tuple[bytes, int]] = []

    def create(self, name: str, topic: bytes) -> None:
        self._created[topic] = name
        self.by_id[topic] = TopicState(name, topic, name in INTERNAL, b"", ())
        self._rows[topic] = TopicRows(b"")

    def remove(self, topic: bytes) -> str | None:
        """The name of the topic that is gone."""
        state = self.by_id.pop(topic, None)
        if state is None:
            self.strays += 1
            return None
        self._rows.pop(topic, None)
        self._moves.pop(topic, None)
        self._recovering = {key for key in self._recovering if key[0] != topic}
        if self._created.pop(topic, None) is None:
            self._removed.append(state.name)
        return state.name

    def put_run(self, run: PartitionRun) -> None:
        rows = self._rows_of(run.topic)
        if rows is None:
            return
        rows.put_run(run.first, run.table)
        if run.topic in self._moves:
            for index in range(run.first, run.first + count(run.table)):
                self._note_move(run.topic, index, removing=False, adding=False)

    def put(self, partition: PartitionSet) -> None:
        rows = self._rows_of(partition.topic)
        if rows is not None:
            rows.put(partition)
            self._note_move(partition.topic, partition.partition, partition.removing, partition.adding)
            self._note_recovery(partition.topic, partition.partition, partition.is_recovering)

    def change(self, change: PartitionChanged) -> None:
        rows = self._rows_of(change.topic)
        if rows is None:
            return
        if not rows.change(change):
            self.strays += 1
            return
        if change.removing is not None or change.adding is not None:
            self._note_move(change.topic, change.partition, change.removing, change.adding)
        if change.is_recovering is not None:
            self._note_recovery(change.topic, change.partition, change.is_recovering)

    def finish(self, offline: OfflineSets, *, is_everything: bool = False) -> Steps[TopicsChange]:
        """End of a batch: new tables for what it touched, or (brokers came or went) for all topics that differ."""
        pace, change = Pace(), TopicsChange(removed=self._names_gone(), created=list(self._created.values()))
        todo = list(self.by_id if is_everything else self._rows)
        for number, topic in enumerate(todo):
            state = self._renewed(topic, offline)
            if state is not None:
                self.by_id[topic] = state
                change.changed.append(state)
            if number % _BETWEEN_LOOKS == 0 and pace.is_over():
                yield
                pace.restart()
        names = ((self.by_id.get(topic), index) for topic, index in self._unclean)
        change.unclean = [(state.name, index) for state, index in names if state is not None]
        self._rows, self._created, self._removed, self._unclean = {}, {}, [], []
        return change

    def _renewed(self, topic: bytes, offline: OfflineSets) -> TopicState | None:
        """The topic as it is now; None: as it was."""
        held, rows = self.by_id[topic], self._rows.get(topic)
        table = offline.marked(held.table if rows is None else rows.joined())
        if rows is None and table is held.table:
            return None
        moving = self._moves.get(topic)
        return TopicState(held.name, topic, held.is_internal, table, tuple(sorted(moving)) if moving else ())

    def _rows_of(self, topic: bytes) -> TopicRows | None:
        rows = self._rows.get(topic)
        if rows is None:
            state = self.by_id.get(topic)
            if state is None:
                self.strays += 1
                return None
            rows = self._rows[topic] = TopicRows(state.table)
        return rows

    def _note_move(self, topic: bytes, index: int, removing: bool | None, adding: bool | None) -> None:
        moves = self._moves.get(topic, _NO_MOVES)
        was = moves.get(index, (False, False))
        now = was[0] if removing is None else removing, was[1] if adding is None else adding
        if any(now):
            self._moves.setdefault(topic, {})[index] = now
        elif any(was):
            del self._moves[topic][index]
            if not self._moves[topic]:
                del self._moves[topic]

    def _note_recovery(self, topic: bytes, index: int, is_recovering: bool) -> None:
        key = topic, index
        if not is_recovering:
            self._recovering.discard(key)
        elif key not in self._recovering:
            self._recovering.add(key)
            self._unclean.append(key)

    def _names_gone(self) -> list[str]:
        back = set(self._created.values())
        return [name for name in self._removed if name not in back]


_NO_MOVES: Final[Mapping[int, tuple[bool, bool]]] = {}
