"""The topics as ZooKeeper told of them, and the questions that read them again. No I/O.

Topics stand in groups of about 1,000 nodes; a group is one question. Its answer is remembered as a hash, so an
answer that did not change costs no decoding, and nothing is kept for a partition but its row in the topic's table.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Final

from ktui.adapters.errors import BadAnswer
from ktui.adapters.events import TopicState
from ktui.adapters.partitions import NOT_LOADED, Column, column, count
from ktui.adapters.replica_sets import EMPTY
from ktui.adapters.zookeeper.decode import UnreadableNode
from ktui.adapters.zookeeper.topic_nodes import StateDecoder, TopicNode, topic_of
from ktui.adapters.zookeeper.topic_records import NODES_AT_ONCE, Group, Question, Record, Span, packed
from ktui.adapters.zookeeper.wire import NO_NODE, Node, nodes_of

_ABSENT: Final = (NOT_LOADED, NOT_LOADED, EMPTY)
_MISSING: Final = [
    array("i", [value]).tobytes() for value in (NOT_LOADED, NOT_LOADED, EMPTY, EMPTY, EMPTY, -1)
]
"""A cell of each column for a partition that is not loaded."""


@dataclass(slots=True)
class Outcome:
    """What an answer brought."""

    changed: list[TopicState] = field(default_factory=list)
    """In the order in which they were written last."""
    written: list[tuple[int, float | None]] = field(default_factory=list)
    """Of each of these: the transaction and the instant."""
    unsettled: set[str] = field(default_factory=set)
    """Topics with partitions whose state is not there yet, or was not asked for because the topic grew."""
    vanished: list[str] = field(default_factory=list)
    """Topics whose own node is gone."""
    missing: dict[str, set[int]] = field(default_factory=dict)
    """Partitions that were not asked for, because the topic grew or was made anew."""


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
        """These topics whole, as far as they need no more nodes than that."""
        spans: list[Span] = []
        for record in filter(None, map(self._records.get, names)):
            for start in range(0, max(record.partitions, 1), NODES_AT_ONCE):
                rows = range(start, min(start + NODES_AT_ONCE, record.partitions))
                most_nodes -= len(rows) + 1
                if most_nodes < 0:
                    break
                spans.append(Span(record, rows, start == 0))
        yield from packed(spans)

    def questions_of(self, rows: Mapping[str, Set[int]]) -> Iterator[Question]:
        """Single partitions of topics by name; each topic's own node tells whether it is still the same topic."""
        spans: list[Span] = []
        for name, wanted in rows.items():
            record = self._records.get(name)
            if record is not None:
                ordered = sorted(wanted)
                starts = range(0, max(len(ordered), 1), NODES_AT_ONCE)
                spans += [Span(record, ordered[first : first + NODES_AT_ONCE]) for first in starts]
        yield from packed(spans)

    def _of_group(self, group: Group) -> Iterator[Question]:
        if len(group.records) > 1:
            spans = tuple(Span(record, range(record.partitions)) for record in group.records)
            yield Question(spans, group)
            return
        for record in tuple(group.records):
            for start in range(0, max(record.partitions, 1), NODES_AT_ONCE):
                rows = range(start, min(start + NODES_AT_ONCE, record.partitions))
                yield Question((Span(record, rows, start == 0),), group)

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
        group, mark = question.group, hash(answer)
        if group is not None and group.hashes.get(question.mark) == mark:
            return outcome
        nodes, at, changed = nodes_of(answer), 0, list[Record]()
        for record, rows, with_node in question.spans:
            own = nodes[at] if with_node and at < len(nodes) else None
            at += with_node
            states = nodes[at : at + len(rows)]
            at += len(rows)
            is_held = self._records.get(record.name) is record
            if is_held and self._take_topic(record, own, rows, states, outcome):
                changed.append(record)
        if at != len(nodes):
            raise BadAnswer(f"ZooKeeper answered {len(nodes)} of {at} questions")
        if group is not None and not outcome.unsettled:
            group.hashes[question.mark] = mark
        changed.sort(key=lambda record: record.newest)
        outcome.changed = [record.state() for record in changed]
        outcome.written = [(record.newest, record.written_at) for record in changed]
        return outcome

    def _take_topic(
        self, record: Record, own: Node | None, rows: Sequence[int], states: Sequence[Node], outcome: Outcome
    ) -> bool:
        """Whether anything of the topic is another now, or is to be told for the first time."""
        before = (record.id, record.table, record.moving)
        partitions, incarnation = record.partitions, record.version[0]
        if own is not None and not self._take_node(record, own, outcome):
            return False
        if record.partitions != partitions:
            self._resize(record, partitions)
            outcome.unsettled.add(record.name)
        if record.partitions != partitions or record.version[0] != incarnation:
            outcome.missing[record.name] = set(range(record.partitions)).difference(rows)
        if self._patch(record, rows, states):
            outcome.unsettled.add(record.name)
        if record.is_told and (record.id, record.table, record.moving) == before:
            return False
        record.is_told = True
        return True

    def _take_node(self, record: Record, node: Node, outcome: Outcome) -> bool:
        """Whether the record says now what the topic's own node says."""
        if node.error == NO_NODE:
            outcome.vanished.append(record.name)
            return False
        version = (node.czxid, node.version)
        if not node.error and version <= record.version:
            return (
                version == record.version
            )  # an older one is of another time: its states are not taken either
        try:
            decoded = topic_of(record.name, _readable(node.data, node.error))
        except UnreadableNode as error:
            self.unreadable[record.name] = f"{record.name}: {error}"
            return False
        self.unreadable.pop(record.name, None)
        is_new = node.czxid != record.version[0]
        record.newest = -1 if is_new else record.newest
        _note_write(record, node)
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

    def _patch(self, record: Record, indexes: Sequence[int], states: Sequence[Node]) -> bool:
        """Put states into the record's table; gives whether any partition of it is not loaded."""
        rows, cells, known = record.partitions, array("i"), self._states.known
        cells.frombytes(record.table)
        epochs, in_sync, versions = rows * Column.LEADER_EPOCH, rows * Column.ISR, rows * Column.VERSION
        reason: str | None = None
        newest, latest = record.newest, None
        for row, node in zip(indexes, states, strict=False):
            if row >= rows:
                continue
            data, version, _, mzxid, error, _, _ = node
            if error == NO_NODE:
                if record.is_deleting:
                    continue  # how it was is of more use than that its end has begun
                found, version = _ABSENT, -1
            elif version < cells[versions + row] and mzxid <= record.newest:
                continue  # from a server that lags behind
            else:
                found = known.get(data, _ABSENT)
                if found is _ABSENT:
                    try:
                        found = self._states.decode(_readable(data, error))
                    except UnreadableNode as refusal:
                        reason = f"{record.name}-{row}: {refusal}"
                        continue
                if mzxid > newest:
                    newest, latest = mzxid, node
            cells[row], cells[epochs + row], cells[in_sync + row] = found
            cells[versions + row] = version
        if latest is not None:
            _note_write(record, latest)
        if reason is not None:
            self.unreadable[record.name] = reason
        elif isinstance(indexes, range) and indexes.start == 0:
            self.unreadable.pop(record.name, None)
        table = cells.tobytes()
        if table != record.table:
            record.table = table
        return NOT_LOADED in cells[:rows]


def _note_write(record: Record, node: Node) -> None:
    if node.mzxid > record.newest:
        record.newest, record.written_at = node.mzxid, node.written_at


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
