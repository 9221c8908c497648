"""Bytes on disk from the brokers' log directories: a store of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ktui.adapters.events import LogDirsObserved
from ktui.adapters.model import DirectoryUse, Sizes
from ktui.adapters.partitions import Column, column
from ktui.adapters.topics import Topic, TopicMap


@dataclass(slots=True)
class SizeStore:
    """The newest answer of each broker; sums by topic count the leader's replica of every partition."""

    _current: Sizes = field(default_factory=Sizes)
    _replicas: dict[int, Mapping[str, Mapping[int, int]]] = field(default_factory=dict)
    _directories: dict[int, tuple[DirectoryUse, ...]] = field(default_factory=dict)
    _is_dirty: bool = False
    _topics: int = 0
    """How many there were when the sums were made: new topics need theirs."""

    def take(self, event: LogDirsObserved) -> None:
        """Hold what a broker told."""
        self._replicas[event.broker] = event.replica_bytes
        self._directories[event.broker] = event.directories
        self._is_dirty = True

    def told(self) -> dict[int, tuple[tuple[DirectoryUse, ...], Mapping[str, Mapping[int, int]]]]:
        """The newest answer of each broker: its directories and the bytes of its replicas."""
        return {broker: (self._directories[broker], sizes) for broker, sizes in self._replicas.items()}

    def follow(self, topics: TopicMap) -> Sizes:
        """The sums; the same object until a broker told something new."""
        if not self._is_dirty and len(topics) == self._topics:
            return self._current
        self._is_dirty, self._topics = False, len(topics)
        sums = ((topic.name, self._topic_bytes(topic)) for topic in (topics if self._replicas else ()))
        by_topic = {name: size for name, size in sums if size is not None}
        directories = dict(self._directories)
        if by_topic != self._current.by_topic or directories != self._current.directories:
            self._current = Sizes(self._current.revision + 1, by_topic, directories)
        return self._current

    def _topic_bytes(self, topic: Topic) -> int | None:
        total = 0
        for index, leader in enumerate(column(topic.table, Column.LEADER)):
            size = self._replicas.get(leader, {}).get(topic.name, {}).get(index)
            if size is None:
                return None
            total += size
        return total
