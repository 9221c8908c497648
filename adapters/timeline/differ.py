"""From topics before and after to rows: columns are compared, and only where they differ a row is looked at."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final, TypeAlias

from ktui.adapters.events import SourceName, Stamp
from ktui.adapters.partitions import NO_LEADER, Column, column, count
from ktui.adapters.timeline.changes import NOTHING, ChangeRows, Changes
from ktui.adapters.timeline.kinds import NUMBER_OF, Kind
from ktui.adapters.timeline.moves import Moves
from ktui.adapters.timeline.steps import NO_TIES, Step, Ties, is_outside, isr_steps, leader_step
from ktui.adapters.topic_view import Pair
from ktui.adapters.topics import Topic

_COMPARED: Final = 4
"""The first columns: leader, epoch, replicas and ISR. The others differ from source to source."""
Sink: TypeAlias = tuple[ChangeRows, int, int, int]
"""Where a row about one pair of values goes: the rows, the number of the kind, before and after."""


class Differ:
    """Takes pairs of one event, gives columns by what may have caused them."""

    def __init__(self, stamp: Stamp, moves: Moves, unclean: Collection[tuple[str, int]] = ()) -> None:
        """`unclean`: elections of which the source itself says so."""
        self._stamp = stamp
        self._moves = moves
        self._unclean: dict[str, list[int]] = {}
        for name, index in unclean:
            self._unclean.setdefault(name, []).append(index)
        self._rows: dict[Ties, ChangeRows] = {}
        self._leader_sinks: dict[tuple[int, int, bool], tuple[Sink, ...]] = {}
        self._isr_sinks: dict[tuple[int, int, bool], tuple[Sink, ...]] = {}
        self.recreated: list[tuple[Topic, Topic]] = []
        self.fresh: list[str] = []
        """Names that belong to another topic than before."""

    def take(self, pair: Pair) -> None:
        old, new = pair
        if old is None and new is not None:
            self._add(NO_TIES, Kind.TOPIC_CREATED, new, -1, NOTHING, new.partition_count)
            self.fresh.append(new.name)
        elif new is None and old is not None:
            self._add(NO_TIES, Kind.TOPIC_DELETED, old, -1, old.partition_count, NOTHING)
            self._moves.forget(old.name)
        elif old is not None and new is not None and old is not new:
            if old.id != new.id and old.id is not None and new.id is not None:
                self.recreated.append((old, new))
                self.fresh.append(new.name)
                self._moves.forget(old.name)
            elif not new.is_deleting:  # what its end does to it is no event of its own
                self._compare(old, new)

    def packed(self) -> list[tuple[Ties, Changes]]:
        return [(ties, rows.packed(self._stamp)) for ties, rows in self._rows.items()]

    def _add(self, ties: Ties, kind: Kind, topic: Topic, index: int, before: int, after: int) -> None:
        self._rows_for(ties).add(kind, topic.name, index, before, after, topic.replication_factor or 0)

    def _rows_for(self, ties: Ties) -> ChangeRows:
        rows = self._rows.get(ties)
        if rows is None:
            rows = self._rows[ties] = ChangeRows()
        return rows

    def _compare(self, old: Topic, new: Topic) -> None:
        moving: Collection[int] = ()
        if old.moving or new.moving:
            moving = {*old.moving, *new.moving}
        if old.table is not new.table:
            self._compare_tables(old, new, moving)
        if moving and old.moving != new.moving:
            for step in self._moves.steps(old, new):
                self._add(Ties(is_moving=True), step.kind, new, step.index, step.before, step.after)

    def _compare_tables(self, old: Topic, new: Topic, moving: Collection[int]) -> None:
        rows, rows_now = count(old.table), count(new.table)
        if rows_now > rows:
            self._add(NO_TIES, Kind.PARTITIONS_ADDED, new, -1, rows, rows_now)
        was, now = _compared(old.table, rows), _compared(new.table, rows_now)
        if rows == rows_now and was == now:
            return
        shared = min(rows, rows_now)
        if rows != rows_now or was[2 * rows : 3 * rows] != now[2 * rows : 3 * rows]:
            self._compare_replicas(old, new, shared, moving)
        epochs = was[rows : rows + shared]
        leaders, leaders_now = was[:shared], now[:shared]
        isrs, isrs_now = was[3 * rows : 3 * rows + shared], now[3 * rows_now : 3 * rows_now + shared]
        if leaders != leaders_now:
            epochs_now = now[rows_now : rows_now + shared]
            for index, (before, after) in enumerate(zip(leaders, leaders_now, strict=True)):
                if before != after and epochs[index] >= 0:
                    self._leader_changed(new.name, index, before, after, epochs_now[index], moving)
                    if is_outside(after, isrs[index]) and self._is_unclean(old, new, index):
                        self._unclean_election(new.name, index, before, after, epochs_now[index])
        if new.name in self._unclean:
            for index in self._unclean[new.name]:
                if index < shared:
                    self._unclean_election(
                        new.name, index, leaders[index], leaders_now[index], now[rows_now + index]
                    )
        if isrs != isrs_now:
            self._compare_isrs(new.name, isrs, isrs_now, epochs, moving)

    def _leader_changed(
        self, name: str, index: int, before: int, after: int, epoch: int, moving: Collection[int]
    ) -> None:
        key = (before, after, index in moving)
        sinks = self._leader_sinks.get(key)
        if sinks is None:
            step = leader_step(before, after)
            sinks = self._leader_sinks[key] = self._sinks((step,) if step else (), is_moving=key[2])
        for rows, kind, was, now in sinks:
            rows.append(kind, name, index, was, now, epoch)

    def _compare_isrs(
        self,
        name: str,
        before: memoryview[int],
        after: memoryview[int],
        epochs: memoryview[int],
        moving: Collection[int],
    ) -> None:
        for index, (was, now) in enumerate(zip(before, after, strict=True)):
            if was == now or epochs[index] < 0:
                continue
            key = (was, now, index in moving)
            sinks = self._isr_sinks.get(key)
            if sinks is None:
                sinks = self._isr_sinks[key] = self._sinks(isr_steps(was, now), is_moving=key[2])
            for rows, kind, first, then in sinks:
                rows.append(kind, name, index, first, then, NOTHING)

    def _sinks(self, steps: Iterable[Step], *, is_moving: bool) -> tuple[Sink, ...]:
        """Thought about once for each distinct pair: a storm has few of them."""
        return tuple(
            (self._rows_for(ties.while_moving() if is_moving else ties), NUMBER_OF[kind], before, after)
            for kind, before, after, ties in steps
        )

    def _compare_replicas(self, old: Topic, new: Topic, shared: int, moving: Collection[int]) -> None:
        was, now = column(old.table, Column.REPLICAS), column(new.table, Column.REPLICAS)
        epochs = column(old.table, Column.LEADER_EPOCH)
        for index in range(shared):
            if was[index] != now[index] and epochs[index] >= 0:
                kind = self._moves.replicas_changed(
                    new.name, index, was[index], now[index], is_moving=index in moving
                )
                if kind is not None:
                    self._add(Ties(is_moving=True), kind, new, index, was[index], now[index])

    def _is_unclean(self, old: Topic, new: Topic, index: int) -> bool:
        """A leader from outside the last in-sync set, where nothing can have happened in between.

        A source that knows better says so itself.
        """
        if self._stamp.source is SourceName.METADATA_LOG or index in self._unclean.get(new.name, ()):
            return False
        before, after = _row(old.table, index), _row(new.table, index)
        is_next_election = after[Column.LEADER_EPOCH] == before[Column.LEADER_EPOCH] + 1
        was_leaderless = before[Column.LEADER] == NO_LEADER
        is_next_version = 0 <= before[Column.VERSION] == after[Column.VERSION] - 1
        return is_next_election and (was_leaderless or is_next_version)

    def _unclean_election(self, name: str, index: int, before: int, after: int, epoch: int) -> None:
        ties = Ties((before,) if before >= 0 else (), (after,) if before < 0 else ())
        self._rows_for(ties).add(Kind.UNCLEAN_ELECTION, name, index, before, after, epoch)


def _compared(table: bytes, rows: int) -> memoryview[int]:
    return memoryview(table).cast("i")[: _COMPARED * rows]


def _row(table: bytes, index: int) -> Sequence[int]:
    return memoryview(table).cast("i")[index :: count(table)].tolist()
