"""The topics as they were told of last, and what is different now, whichever source owns them.

While one source owns them, the pairs that it changed are all there is. When another one takes over, the two are
compared once: what a lagging or differing source says is no storm of changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ktui.adapters.events import SourceName
from ktui.adapters.topic_view import Pair
from ktui.adapters.topics import TopicMap


@dataclass(slots=True)
class TopicsTold:
    """`source` is None before the first complete load, which is no change."""

    source: SourceName | None = None
    _topics: TopicMap = field(default_factory=TopicMap)

    def follow(
        self,
        owner: SourceName,
        before: TopicMap,
        after: TopicMap,
        pairs: Sequence[Pair],
        *,
        may_take_over: bool,
    ) -> Sequence[Pair]:
        """Pairs of what is different. `before`, `after` and `pairs` are the owner's, around one event.

        `may_take_over`: whether an owner that is not the one before is known to be up to date.
        """
        if owner is self.source and self._topics is before:
            self._topics = after
            return pairs
        if self.source is None:
            self.source, self._topics = owner, after
            return ()
        if owner is not self.source and not may_take_over:
            return ()
        told, self.source, self._topics = self._topics, owner, after
        return list(_compared(told, after))


def _compared(told: TopicMap, topics: TopicMap) -> Iterator[Pair]:
    held = {topic.name: topic for topic in told}
    for topic in topics:
        old = held.pop(topic.name, None)
        if old is not topic:
            yield old, topic
    for old in held.values():
        yield old, None
