"""Only what is wrong with partitions, worst first; what is being moved comes apart, at the end."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Final

from ktui.adapters.health import ALL_WELL, PartitionClass
from ktui.adapters.model import ClusterSnapshot
from ktui.adapters.partitions import partition_at
from ktui.adapters.topics import Topic, TopicMap
from ktui.tui.present.classes import WELL, of_class, ranks
from ktui.tui.present.formats import UNKNOWN, age, counted
from ktui.tui.present.ordering import LIMIT
from ktui.tui.present.partition_cells import BrokerStates, blame, isr_cell, min_isr_cell, replicas_cell
from ktui.tui.present.sanitise import safe
from ktui.tui.present.selection import PartitionKey, PartitionsKept, SomePartitions
from ktui.tui.present.slices import Steps
from ktui.tui.present.words import CLASS_TONE, CLASS_WORD
from ktui.widgets.cells import Align, ColumnSpec, Run, Tone
from ktui.widgets.rows import Row

COLUMNS: Final = (
    ColumnSpec("class", "PROBLEM", 16),
    ColumnSpec("topic", "TOPIC", 24, grow=True, min_width=12),
    ColumnSpec("partition", "PART", 4, Align.RIGHT),
    ColumnSpec("replicas", "REPLICAS", 16, min_width=8, rank=1),
    ColumnSpec("isr", "ISR", 4, Align.RIGHT),
    ColumnSpec("min", "MIN", 3, Align.RIGHT, rank=2),
    ColumnSpec("since", "FOR", 4, Align.RIGHT),
    ColumnSpec("why", "WHY", 26, min_width=16, grow=True),
)

WORST_FIRST: Final = (
    PartitionClass.OFFLINE,
    PartitionClass.UNDER_MIN_ISR,
    PartitionClass.AT_MIN_ISR,
    PartitionClass.UNDER_REPLICATED,
)
MOVING_WORD: Final = "being moved"


class ProblemSearch:
    """Finds the partitions that are not OK; remembers what it found in chunks that did not change."""

    def __init__(self) -> None:
        self._of_class = {which: _search_for(which) for which in WORST_FIRST}
        self._moving = PartitionsKept(_picked_moving, lambda chunk: chunk.health.moving > 0)

    def find(self, topics: TopicMap, limit: int = LIMIT) -> Steps[ProblemList]:
        groups: list[tuple[PartitionClass | None, SomePartitions]] = []
        left = limit
        for which, search in (*self._of_class.items(), (None, self._moving)):
            if left <= 0:
                break
            found = yield from search.select(topics, left)
            if found.count:
                groups.append((which, found))
            left -= found.count
        return ProblemList(tuple(groups), limit)


def _search_for(which: PartitionClass) -> PartitionsKept:
    def pick(topic: Topic) -> Iterable[int]:
        if topic.health is ALL_WELL or not topic.health.of_class(which):
            return ()
        return of_class(topic, which)

    return PartitionsKept(
        pick, lambda chunk: chunk.health is not ALL_WELL and chunk.health.of_class(which) > 0
    )


def _picked_moving(topic: Topic) -> Iterable[int]:
    """Those that are nothing worse than moving."""
    if not topic.moving:
        return ()
    well = ranks(topic)
    return (index for index in sorted(topic.moving) if index < len(well) and well[index] == WELL)


@dataclass(frozen=True, eq=False)
class ProblemList:
    """Groups of partitions, worst class first; None stands for those that are only being moved."""

    groups: tuple[tuple[PartitionClass | None, SomePartitions], ...] = ()
    limit: int = LIMIT

    @cached_property
    def _ends(self) -> tuple[int, ...]:
        return tuple(accumulate(found.count for _, found in self.groups))

    @property
    def is_full(self) -> bool:
        """Whether the search ended at the limit, and there may be more."""
        return bool(self.groups) and self._ends[-1] >= self.limit

    @property
    def count(self) -> int:
        return min(self.limit, self._ends[-1]) if self.groups else 0

    def at(self, row: int) -> tuple[PartitionClass | None, Topic, int]:
        position = bisect_right(self._ends, row)
        which, found = self.groups[position]
        topic, index = found.at(row - (self._ends[position - 1] if position else 0))
        return which, topic, index

    def row_of(self, key: PartitionKey) -> int | None:
        for position, (_, found) in enumerate(self.groups):
            row = found.row_of(key)
            if row is not None:
                absolute = row + (self._ends[position - 1] if position else 0)
                return absolute if absolute < self.count else None
        return None


@dataclass(frozen=True, slots=True)
class ProblemLook:
    """What the rows say besides the partitions themselves."""

    states: BrokerStates = field(default_factory=BrokerStates)
    since: Mapping[PartitionKey, float] = field(default_factory=dict)
    now: float = 0.0


class ProblemRows:
    """A model over a list of problems."""

    def __init__(self, problems: ProblemList, look: ProblemLook) -> None:
        self.problems = problems
        self._look = look

    @property
    def count(self) -> int:
        return self.problems.count

    def row(self, index: int) -> Row:
        which, topic, number = self.problems.at(index)
        partition = partition_at(topic.table, number)
        key = (topic.name, number)
        since = self._look.since.get(key)
        if which is None:
            name, why = Run(MOVING_WORD, Tone.MUTED), "planned"
        else:
            name, why = Run(CLASS_WORD[which], CLASS_TONE[which]), blame(partition, which, self._look.states)
        cells = (
            name,
            Run(safe(topic.name)),
            Run(str(number)),
            replicas_cell(partition, self._look.states),
            isr_cell(partition),
            min_isr_cell(topic),
            Run(UNKNOWN if since is None else age(self._look.now - since), Tone.MUTED),
            Run(why, Tone.MUTED if which is None else Tone.NORMAL),
        )
        return Row(key, cells)

    def index_of(self, key: Hashable) -> int | None:
        return self.problems.row_of(key) if isinstance(key, tuple) and len(key) == 2 else None


def calm_sentence(snapshot: ClusterSnapshot) -> str:
    """What stands where no row does."""
    if not snapshot.is_loaded:
        return "Nothing is known of the topics yet."
    health = snapshot.topics.health
    if health.not_loaded:
        return f"Nothing is seen to be wrong; {counted(health.not_loaded, 'partition')} not read yet."
    topics = counted(len(snapshot.topics), "topic")
    return (
        f"Nothing is wrong: {topics}, {counted(snapshot.topics.partition_count, 'partition')}, all in sync."
    )
