"""What is remembered of a topic, and the questions that read it again. No I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from ktui.adapters.events import TopicState
from ktui.adapters.partitions import count
from ktui.adapters.zookeeper.decode import TOPICS
from ktui.adapters.zookeeper.topic_nodes import INTERNAL_TOPICS

NODES_AT_ONCE: Final = 1_000


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
    newest: int = -1
    """The highest mzxid of all that was read of it."""
    written_at: float | None = None
    """When that was written."""

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


class Span(NamedTuple):
    """What is asked of one topic."""

    record: Record
    rows: Sequence[int]
    """Indexes of partitions, ascending."""
    with_node: bool = True
    """Whether the topic's own node is asked for, before them."""


@dataclass(frozen=True, slots=True)
class Question:
    """Nodes that are read together."""

    spans: tuple[Span, ...]
    group: Group | None = None
    """None: a question besides the groups, whose answer is always decoded."""

    def paths(self) -> list[str]:
        found: list[str] = []
        for record, rows, with_node in self.spans:
            topic = f"{TOPICS}/{record.name}"
            if with_node:
                found.append(topic)
            found += [f"{topic}/partitions/{index}/state" for index in rows]
        return found

    @property
    def mark(self) -> int:
        """Which question of its group it is."""
        rows = self.spans[0].rows
        return rows[0] if rows else 0


def packed(spans: Iterable[Span]) -> Iterator[Question]:
    """As many together as one question may ask for, about."""
    together: list[Span] = []
    nodes = 0
    for span in spans:
        together.append(span)
        nodes += len(span.rows) + 1
        if nodes >= NODES_AT_ONCE:
            yield Question(tuple(together))
            together, nodes = [], 0
    if together:
        yield Question(tuple(together))
