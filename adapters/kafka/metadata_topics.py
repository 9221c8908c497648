"""Topics of a Metadata answer, one after another, to `TopicState`; errors apart from rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ktui.adapters.events import TopicState
from ktui.adapters.kafka.metadata_layout import Layout, Shape, TopicHead, shape_at, topic_end
from ktui.adapters.kafka.metadata_mixed import Mixed, mixed_partitions
from ktui.adapters.kafka.metadata_tables import Columns, Regions
from ktui.adapters.kafka.operations import NOT_TOLD
from ktui.adapters.kafka.steps import Pace, Steps

_BATCH: Final = 4096
"""Partitions whose columns are cut at once: long enough to pay, short enough for one step."""

_TOPICS_AT_ONCE: Final = 128
"""Tables made between two looks at the clock."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What a topic's part of the answer reports besides rows."""

    topic_error: int
    partition_errors: Mapping[int, int]
    """Code to number of partitions, without LEADER_NOT_AVAILABLE, which is a row without a leader."""


class _Batch:
    """Topics of one shape that wait for their columns."""

    __slots__ = ("blocks", "heads")

    def __init__(self) -> None:
        self.heads: Final[list[TopicHead]] = []
        self.blocks: Final[list[bytes]] = []


class TopicReader:
    """Reads topics at given positions; `states`, `troubles` and `operations` fill as it goes.

    Topics whose partitions are all as long wait for `flush`, which cuts the columns of many at once.
    """

    def __init__(self, data: bytes, layout: Layout, regions: Regions, pace: Pace) -> None:
        self._data: Final = data
        self._layout: Final = layout
        self._regions: Final = regions
        self._pace: Final = pace
        self._plain_end: Final = layout.plain_end
        self._shape: Shape | None = None
        self._batches: dict[Shape, _Batch] = {}
        self._waiting = 0
        self.states: Final[list[TopicState]] = []
        self.troubles: Final[dict[bytes, Trouble]] = {}
        self.operations: Final[dict[str, int]] = {}

    @property
    def is_full(self) -> bool:
        """Whether it is time to flush."""
        return self._waiting >= _BATCH

    def read_uniform(self, head: TopicHead) -> int | None:
        """Put a topic whose partitions are all as long aside for `flush`; where it ends. None: use `read_mixed`."""
        partitions, data, shape = head.partitions, self._data, self._shape
        if head.error or not partitions:
            return None
        block = b"" if shape is None else data[head.first : head.first + partitions * shape.stride]
        if shape is None or not shape.fits(block, partitions):
            shape = shape_at(data, head.first, self._layout)
            if shape is None:
                return None
            block = data[head.first : head.first + partitions * shape.stride]
            if not shape.fits(block, partitions):
                return None
            self._shape = shape
        batch = self._batches.get(shape)
        if batch is None:
            batch = self._batches[shape] = _Batch()
        batch.heads.append(head)
        batch.blocks.append(block)
        self._waiting += partitions
        end = head.first + len(block)
        plain = self._plain_end
        if data[end : end + len(plain)] == plain:
            return end + len(plain)
        return self._end(head, end)

    def read_mixed(self, head: TopicHead) -> Steps[int]:
        """Read a topic partition by partition; where it ends."""
        mixed: Mixed = yield from mixed_partitions(self._data, head, self._layout, self._pace)
        if head.error:
            self.troubles[head.name] = Trouble(head.error, {})
        else:
            if mixed.errors:
                self.troubles[head.name] = Trouble(0, mixed.errors)
            self._add(head, mixed.table(self._regions))
        return self._end(head, mixed.end)

    def flush(self) -> Steps[None]:
        """Make states of the topics that wait."""
        for shape, batch in self._batches.items():
            columns = Columns(self._layout, self._regions)
            block, piece = b"".join(batch.blocks), _BATCH * shape.stride
            for start in range(0, len(block), piece):
                columns.add(block[start : start + piece], shape)
                if self._pace.is_over():
                    yield
                    self._pace.restart()
            first = 0
            for number, head in enumerate(batch.heads):
                self._add(head, columns.table(first, head.partitions))
                first += head.partitions
                if not number % _TOPICS_AT_ONCE and self._pace.is_over():
                    yield
                    self._pace.restart()
        self._batches = {}
        self._waiting = 0

    def _add(self, head: TopicHead, table: bytes) -> None:
        self.states.append(TopicState(head.name.decode(), head.id, head.is_internal, table))

    def _end(self, head: TopicHead, position: int) -> int:
        operations, end = topic_end(self._data, position, self._layout)
        if operations is not None and operations != NOT_TOLD:
            self.operations[head.name.decode()] = operations
        return end
