"""The topics as ZooKeeper told of them, and the questions that read them again. No I/O.

Topics stand in groups of about 1,000 nodes; a group is one question. Its answer is remembered as a hash, so an
answer that did not change costs no decoding, and nothing is kept for a partition but its row in the topic's table.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from ktui.adapters.errors import BadAnswer
from ktui.adapters.events import TopicState
from ktui.adapters.partitions import NOT_LOADED, Column, column, count
from ktui.adapters.replica_sets import EMPTY
from ktui.adapters.zookeeper.decode import TOPICS, UnreadableNode
from ktui.adapters.zookeeper.topic_nodes import INTERNAL_TOPICS, StateDecoder, TopicNode, topic_of
from ktui.adapters.zookeeper.wire import NO_NODE, Node, nodes_of

NODES_AT_ONCE: Final = 1_000
_ABSENT: Final = (NOT_LOADED, NOT_LOADED, EMPTY)
_MISSING: Final = [
    array("i", [value]).tobytes() for value in (NOT_LOADED, NOT_LOADED, EMPTY, EMPTY, EMPTY, -1)
]
"""A cell of each column for a partition that is not loaded."""


@dataclass(slots=True, eq=False)
class Record:
    """One topic: what was read of it last."""

    name: str
    id: bytes | None = None
    version: tuple[int, int] = (-1, -1)
    """czxid and data version of the topic's own node."""
    table: bytes = b""
    moving: tuple[int, ...] = ()
    is_deleting: bool = False
    is_told: bool = False
    group: Group | None = None

    @property
    def partitions(self) -> int:
        return count(self.table)

    def state(self) -> TopicState:
        return TopicState(
            self.name, self.id, self.name in INTERNAL_TOPICS, self.table, self.moving, self.is_deleting
        )


@dataclass(slots=True, eq=False)
class Group:
    """Neighbours that are read with one question, or one topic that needs several."""

    records: list[Record] = field(default_factory=list)
    nodes: int = 0
    hashes: dict[int, int] = field(default_factory=dict)
    """By the first partition of the question."""


@dataclass(frozen=True, slots=True)
class Question:
    """Topics and the range of partitions that are asked of each; the topic's own node comes with its partition 0."""

    spans: tuple[tuple[Record, int, int], ...]
    group: Group | None = None
    """None: a question besides the groups, whose answer is always decoded."""

    def paths(self) -> list[str]:
        found: list[str] = []
        for record, start, stop in self.spans:
            topic = f"{TOPICS}/{record.name}"
            if start == 0:
                found.append(topic)
            found += [f"{topic}/partitions/{index}/state" for index in range(start, stop)]
        return found


@dataclass(slots=True)
class Outcome:
    """What an answer brought."""

    changed: list[TopicState] = field(default_factory=list)
    unsettled: set[str] = field(default_factory=set)
    """Topics with partitions whose state is not there yet, or was not asked for because the topic grew."""
    has_vanished: bool = False
    """A topic's own node is gone: the list of topics is out of date."""


class TopicStore:
    """All topics by name."""

    def __init__(self) -> None:
        self._records: dict[str, Record] = {}
        self._groups: list[Group] = []
        self._states = StateDecoder()
        self.unreadable: dict[str, str] = {}
        """Reason by topic; such a topic stays as it was."""

    def __len__(self) -> int:
        return len(self._records)

    def __contains__(self, name: object) -> bool:
        return name in self._records

    def compare(self, listed: Iterable[str]) -> tuple[set[str], set[str]]:
        """The names that are new, and those that are gone."""
        names = set(listed)
        return names - self._records.keys(), self._records.keys() - names

    def add(self, name: str, node: Node) -> None:
        """A new topic by its own node; its partitions are not loaded yet. One that cannot be read is not added."""
        record = Record(name)
        if name not in self._records and self._take_node(record, node, Outcome()):
            self._records[name] = record
            self._place(record)

    def remove(self, names: Iterable[str]) -> None:
        """Topics that are gone."""
        for name in names:
            record = self._records.pop(name, None)
            self.unreadable.pop(name, None)
            if record is not None:
                self._displace(record)

    def mark_deleting(self, names: Iterable[str]) -> list[TopicState]:
        """Exactly these are marked for deletion; gives the topics where that changed."""
        marked = set(names)
        changed = [
            record for record in self._records.values() if record.is_deleting != (record.name in marked)
        ]
        for record in changed:
            record.is_deleting = not record.is_deleting
        return [record.state() for record in changed]

    # -- questions --------------------------------------------------------------------------------------

    def questions(self) -> Iterator[Question]:
        """All that there is, question by question; topics may come and go meanwhile."""
        for group in list(self._groups):
            yield from self._of_group(group)

    def unread(self, *, with_last: bool = True) -> Iterator[Question]:
        """What changed its place since it was read, or was never read; the last group may still be filling."""
        for group in [group for group in self._groups[: None if with_last else -1] if not group.hashes]:
            yield from self._of_group(group)

    def questions_for(self, names: Iterable[str], most_nodes: int) -> Iterator[Question]:
        """These topics, as far as they need no more nodes than that."""
        spans: list[tuple[Record, int, int]] = []
        for record in filter(None, map(self._records.get, names)):
            for start in range(0, max(record.partitions, 1), NODES_AT_ONCE):
                span = (record, start, min(start + NODES_AT_ONCE, record.partitions))
                most_nodes -= span[2] - start + 1
                if most_nodes < 0:
                    break
                spans.append(span)
                if sum(stop - first + 1 for _, first, stop in spans) >= NODES_AT_ONCE:
                    yield Question(tuple(spans))
                    spans = []
        if spans:
            yield Question(tuple(spans))

    def _of_group(self, group: Group) -> Iterator[Question]:
        if len(group.records) > 1:
            yield Question(tuple((record, 0, record.partitions) for record in group.records), group)
            return
        for record in tuple(group.records):
            for start in range(0, max(record.partitions, 1), NODES_AT_ONCE):
                stop = min(start + NODES_AT_ONCE, record.partitions)
                yield Question(((record, start, stop),), group)

    def _place(self, record: Record) -> None:
        nodes = record.partitions + 1
        group = self._groups[-1] if self._groups else None
        if group is None or (group.records and group.nodes + nodes > NODES_AT_ONCE):
            group = Group()
            self._groups.append(group)
        group.records.append(record)
        group.nodes += nodes
        group.hashes.clear()
        record.group = group

    def _displace(self, record: Record) -> None:
        group = record.group
        if group is None:
            return
        record.group = None
        group.records.remove(record)
        group.nodes -= record.partitions + 1
        group.hashes.clear()
        if not group.records:
            self._groups.remove(group)

    # -- answers ----------------------------------------------------------------------------------------

    def take(self, question: Question, answer: bytes) -> Outcome:
        """Put in an answer; BadAnswer when it does not fit the question."""
        outcome = Outcome()
        group, first = question.group, question.spans[0][1]
        mark = hash(answer)
        if group is not None and group.hashes.get(first) == mark:
            return outcome
        nodes = nodes_of(answer)
        at = 0
        for record, start, stop in question.spans:
            own = nodes[at] if start == 0 and at < len(nodes) else None
            at += start == 0
            states = nodes[at : at + stop - start]
            at += stop - start
            if self._records.get(record.name) is record:
                self._take_topic(record, own, start, states, outcome)
        if at != len(nodes):
            raise BadAnswer(f"ZooKeeper answered {len(nodes)} of {at} questions")
        if group is not None and not outcome.unsettled:
            group.hashes[first] = mark
        return outcome

    def _take_topic(
        self, record: Record, own: Node | None, start: int, states: Sequence[Node], outcome: Outcome
    ) -> None:
        before = (record.id, record.table, record.moving)
        partitions = record.partitions
        if own is not None and not self._take_node(record, own, outcome):
            return
        if record.partitions != partitions:
            self._resize(record, partitions)
            outcome.unsettled.add(record.name)
        if self._patch(record, start, states):
            outcome.unsettled.add(record.name)
        if not record.is_told or (record.id, record.table, record.moving) != before:
            record.is_told = True
            outcome.changed.append(record.state())

    def _take_node(self, record: Record, node: Node, outcome: Outcome) -> bool:
        """Whether the record says now what the topic's own node says."""
        if node.error == NO_NODE:
            outcome.has_vanished = True
            return False
        version = (node.czxid, node.version)
        if not node.error and version == record.version:
            return True
        try:
            decoded = topic_of(record.name, _readable(node.data, node.error))
        except UnreadableNode as error:
            self.unreadable[record.name] = f"{record.name}: {error}"
            return False
        self.unreadable.pop(record.name, None)
        is_new = node.czxid != record.version[0]
        record.version, record.id, record.moving = version, decoded.id, decoded.moving
        record.table = _assigned(b"" if is_new else record.table, decoded)
        return True

    def _resize(self, record: Record, before: int) -> None:
        group = record.group
        if group is None:
            return
        group.nodes += record.partitions - before
        group.hashes.clear()
        if group.nodes > NODES_AT_ONCE and len(group.records) > 1:
            self._displace(record)
            self._place(record)

    def _patch(self, record: Record, start: int, states: Sequence[Node]) -> bool:
        """Put states into the record's table; gives whether any partition of it is not loaded."""
        rows, cells, known = record.partitions, array("i"), self._states.known
        cells.frombytes(record.table)
        epochs, in_sync, versions = rows * Column.LEADER_EPOCH, rows * Column.ISR, rows * Column.VERSION
        reason: str | None = None
        for row, (data, version, _, _, error) in zip(range(start, rows), states, strict=False):
            if error == NO_NODE:
                found, version = _ABSENT, -1
            else:
                found = known.get(data, _ABSENT)
                if found is _ABSENT:
                    try:
                        found = self._states.decode(_readable(data, error))
                    except UnreadableNode as refusal:
                        reason = f"{record.name}-{row}: {refusal}"
                        continue
            cells[row], cells[epochs + row], cells[in_sync + row] = found
            cells[versions + row] = version
        if reason is not None:
            self.unreadable[record.name] = reason
        elif start == 0:
            self.unreadable.pop(record.name, None)
        table = cells.tobytes()
        if table != record.table:
            record.table = table
        return NOT_LOADED in cells[:rows]


def _readable(data: bytes, error: int) -> bytes:
    if error:
        raise UnreadableNode(f"not readable (ZooKeeper's error {error})")
    return data


def _assigned(table: bytes, node: TopicNode) -> bytes:
    """The table with the replicas of a topic's own node: rows are added as not loaded, or cut off."""
    size, held = len(node.replicas), count(table)
    parts: list[bytes] = []
    for which in Column:
        if which is Column.REPLICAS:
            parts.append(node.replicas.tobytes())
            continue
        if held:
            parts.append(bytes(column(table, which)[:size]))
        if size > held:
            parts.append(_MISSING[which] * (size - held))
    return b"".join(parts)
