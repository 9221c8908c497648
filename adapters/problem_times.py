"""Since when each troubled partition is in its class: follows the topics from snapshot to snapshot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ktui.adapters.health import ALL_WELL, PartitionClass, troubles
from ktui.adapters.memory import Trouble
from ktui.adapters.topics import Chunk, Topic, TopicMap

Known = dict[int, tuple[PartitionClass, float | None]]
"""Class and the moment it was first seen, by partition index."""


class Since(Mapping[tuple[str, int], float]):
    """By (topic, partition): when its class was first seen; absent when it was so at the first look."""

    def __init__(self, by_topic: Mapping[str, Known]) -> None:
        self._by_topic = by_topic

    def __getitem__(self, key: tuple[str, int]) -> float:
        since = self._by_topic[key[0]][key[1]][1]
        if since is None:
            raise KeyError(key)
        return since

    def __iter__(self) -> Iterator[tuple[str, int]]:
        for name, known in self._by_topic.items():
            yield from ((name, index) for index, (_, since) in known.items() if since is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(slots=True)
class ProblemTimes:
    """`current` is a new object only when something in it changed."""

    current: Since = field(default_factory=lambda: Since({}))
    _by_topic: dict[str, Known] = field(default_factory=dict)
    _chunks: dict[int, Chunk] = field(default_factory=dict)
    _topics: dict[str, Topic] = field(default_factory=dict)

    def follow(self, topics: TopicMap, now: float, *, is_first_look: bool) -> None:
        """Look at the troubled topics of the chunks that are not the same objects as before."""
        chunks = {id(chunk): chunk for chunk in topics.chunks}
        fresh = [chunk for key, chunk in chunks.items() if key not in self._chunks]
        if not fresh and len(chunks) == len(self._chunks):
            return
        gone = {t.name for key, chunk in self._chunks.items() if key not in chunks for t in chunk.topics}
        self._chunks = chunks
        since = None if is_first_look else now
        by_topic = dict(self._by_topic)
        for topic in (t for chunk in fresh for t in chunk.topics):
            gone.discard(topic.name)
            self._look(topic, by_topic, since)
        for name in gone & by_topic.keys():
            del by_topic[name], self._topics[name]
        if by_topic != self._by_topic:
            self._by_topic = by_topic
            self.current = Since(by_topic)

    def troubles(self) -> dict[str, tuple[Trouble, ...]]:
        """All that is held, by topic."""
        return {
            name: tuple(Trouble(index, which, since) for index, (which, since) in known.items())
            for name, known in self._by_topic.items()
        }

    def recall(self, troubles: Mapping[str, tuple[Trouble, ...]]) -> None:
        """Begin with what was held elsewhere."""
        self._by_topic = {
            name: {index: (which, since) for index, which, since in known} for name, known in troubles.items()
        }
        self.current = Since(self._by_topic)

    def _look(self, topic: Topic, by_topic: dict[str, Known], since: float | None) -> None:
        if topic.health is ALL_WELL:
            if by_topic.pop(topic.name, None) is not None:
                del self._topics[topic.name]
            return
        if self._topics.get(topic.name) is topic:
            return
        self._topics[topic.name] = topic
        held = by_topic.get(topic.name, {})
        known: Known = {}
        for index, which in troubles(topic.table, topic.settings.min_isr):
            was = held.get(index)
            known[index] = was if was is not None and was[0] is which else (which, since)
        by_topic[topic.name] = known
