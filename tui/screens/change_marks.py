"""Which of the partitions in sight changed a moment ago."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from ktui.adapters.partitions import partition_at
from ktui.adapters.topics import Topic, TopicMap
from ktui.tui.present.partition_cells import Changes, Part, changed_parts
from ktui.tui.present.selection import PartitionKey

SHOWN_S: Final = 2.0


class ChangeMarks:
    """Compares only what is in sight, and of that only topics that are other objects than before."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._marks: dict[PartitionKey, tuple[frozenset[Part], float]] = {}

    def compare(self, seen: Iterable[tuple[Topic, int]], topics: TopicMap) -> None:
        """`seen`: the topics as they are on the screen, with the partitions in sight."""
        until = self._monotonic() + SHOWN_S
        for before, index in seen:
            now = topics.get(before.name)
            if now is None or now is before or now.table == before.table:
                continue
            if index >= min(now.partition_count, before.partition_count):
                continue
            parts = changed_parts(partition_at(before.table, index), partition_at(now.table, index))
            if parts:
                self._marks[(now.name, index)] = (parts, until)

    def current(self) -> Changes:
        now = self._monotonic()
        self._marks = {key: mark for key, mark in self._marks.items() if mark[1] > now}
        return Changes({key: parts for key, (parts, _) in self._marks.items()})
