"""Which groups read one topic, gathered from one coordinator after the other. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ktui.adapters.groups.model import TopicReaders


class ReadersSoFar:
    """Names found are shown at once; those of a former round are forgotten when their coordinator was asked anew."""

    def __init__(self, topic: str) -> None:
        self.topic = topic
        self._found: dict[int, frozenset[str]] = {}
        self._before: dict[int, frozenset[str]] = {}
        self._asked: dict[int, int] = {}
        self._complete: set[int] = set()
        self._reasons: dict[int, str | None] = {}

    def begin(self, broker: int) -> None:
        """A round of questions to this coordinator begins."""
        self._before[broker] = self._found.get(broker, frozenset())
        self._found[broker], self._asked[broker], self._reasons[broker] = frozenset(), 0, None

    def add(self, broker: int, asked: int, found: Collection[str], reason: str | None) -> None:
        """Some groups have been looked at."""
        self._asked[broker] += asked
        self._found[broker] |= frozenset(found)
        self._reasons[broker] = self._reasons[broker] or reason

    def end(self, broker: int) -> None:
        """All of its groups have been looked at."""
        self._before.pop(broker, None)
        self._complete.add(broker)

    def told(self, groups_by_broker: Mapping[int, int]) -> TopicReaders:
        """`groups_by_broker`: how many groups there are."""
        total = sum(groups_by_broker.values())
        asked = sum(
            groups_by_broker.get(broker, 0) if broker in self._complete else count
            for broker, count in self._asked.items()
        )
        names = frozenset().union(*self._found.values(), *self._before.values())
        reasons = tuple(dict.fromkeys(reason for reason in self._reasons.values() if reason))
        is_complete = groups_by_broker.keys() <= self._complete
        return TopicReaders(self.topic, names, min(asked, total), total, is_complete, reasons)
