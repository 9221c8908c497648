"""The partitions of one topic as rows, with the offsets that are asked for while the topic is looked at."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ktui.adapters.partitions import partition_at
from ktui.adapters.topics import Topic
from ktui.tui.present import partitions, rates
from ktui.tui.present.formats import UNKNOWN, ids
from ktui.tui.present.partitions import PartitionLook, partition_row
from ktui.widgets.cells import Align, ColumnSpec, Run, Tone
from ktui.widgets.rows import Row

if TYPE_CHECKING:
    from ktui.adapters.kafka.topic_details import TopicDetails


def columns(spark_width: int) -> tuple[ColumnSpec, ...]:
    return (
        *partitions.columns(spark_width)[1:],
        ColumnSpec("end", "END", 14, Align.RIGHT, min_width=9, rank=2),
        ColumnSpec("start", "START", 14, Align.RIGHT, min_width=9, rank=3),
        ColumnSpec("eligible", "ELIGIBLE", 12, rank=4),
    )


COLUMNS: Final = columns(rates.OF_PARTITIONS.narrow)


class TopicPartitionRows:
    """The key of a row is the partition's index."""

    def __init__(self, topic: Topic, look: PartitionLook, details: TopicDetails | None) -> None:
        self.topic = topic
        self._look = look
        self._details = details

    @property
    def count(self) -> int:
        return self.topic.partition_count

    def row(self, index: int) -> Row:
        row = partition_row(self.topic, partition_at(self.topic.table, index), self._look)
        return replace(row, cells=(*row.cells, *self._more(index)))

    def _more(self, index: int) -> tuple[Run, Run, Run]:
        details = self._details
        if details is None:
            return (Run(UNKNOWN, Tone.MUTED),) * 3
        return (
            _offset(details.latest.get(index)),
            _offset(details.earliest.get(index)),
            _eligible(details, index),
        )

    def index_of(self, key: Hashable) -> int | None:
        return key if isinstance(key, int) and 0 <= key < self.count else None


def _offset(offset: int | None) -> Run:
    return Run(UNKNOWN if offset is None else f"{offset:,}", Tone.MUTED)


def _eligible(details: TopicDetails, index: int) -> Run:
    """Replicas out of sync that may lead without loss; a dash where there are none or the cluster has no such thing."""
    eligible = (details.eligible_leaders or {}).get(index, ())
    return Run(ids(eligible) or "-", Tone.MUTED)
