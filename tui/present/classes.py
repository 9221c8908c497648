"""The classes of many partitions at once: over columns, without an object for each partition."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import repeat
from typing import Final

from ktui.adapters.health import SEVERITY, PartitionClass, classify
from ktui.adapters.partitions import NOT_LOADED, Column, Partition, column
from ktui.adapters.replica_sets import replicas_of
from ktui.adapters.topics import Topic

NOT_JUDGED: Final = len(SEVERITY)
"""The rank of a partition whose state is not read: after all others."""
WELL: Final = SEVERITY.index(PartitionClass.OK)


@lru_cache(maxsize=65536)
def _rank(leader: int, replicas: int, isr: int, min_isr: int | None) -> int:
    """A cluster has few distinct arguments; `leader` is 0 for any that there is."""
    if leader == NOT_LOADED:
        return NOT_JUDGED
    partition = Partition(0, leader, 0, replicas_of(replicas), replicas_of(isr), (), -1)
    return SEVERITY.index(classify(partition, min_isr))


@lru_cache(maxsize=65536)
def _lacking(replicas: int, isr: int) -> int:
    return len(replicas_of(replicas)) - len(replicas_of(isr))


def ranks(topic: Topic) -> list[int]:
    """For each partition the place of its class in `SEVERITY`, 0 the worst; NOT_JUDGED where it is not read."""
    table = topic.table
    leaders = (leader if leader < 0 else 0 for leader in column(table, Column.LEADER))
    sets = column(table, Column.REPLICAS), column(table, Column.ISR)
    return list(map(_rank, leaders, *sets, repeat(topic.settings.min_isr)))


def of_class(topic: Topic, which: PartitionClass) -> Iterator[int]:
    """The indexes of the partitions in this class."""
    wanted = SEVERITY.index(which)
    return (index for index, rank in enumerate(ranks(topic)) if rank == wanted)


def not_well(topic: Topic) -> Iterator[int]:
    """The indexes of the partitions that are not OK."""
    return (index for index, rank in enumerate(ranks(topic)) if rank < WELL)


def lacking(topic: Topic) -> list[int]:
    """How many replicas of each partition are out of sync."""
    return list(map(_lacking, column(topic.table, Column.REPLICAS), column(topic.table, Column.ISR)))
