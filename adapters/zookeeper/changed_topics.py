"""Which nodes below `/brokers/topics` a tree watch told of and nobody has read again yet. No I/O."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ktui.adapters.zookeeper.decode import TOPICS

_OWN: Final = TOPICS.count("/") + 1
_STATE: Final = _OWN + 3
"""Slashes in the path of a topic's own node, and in that of a partition's state."""
_DIGITS: Final = 9
"""Of the number of a partition at most."""


class ChangedTopics:
    """By topic the partitions whose state changed; none of them: only the topic's own node did.

    However often a node changes before it is read, it is read once.
    """

    def __init__(self) -> None:
        self._rows: dict[str, set[int]] = {}

    def __bool__(self) -> bool:
        return bool(self._rows)

    def note(self, path: str) -> bool:
        """Whether this path tells of something that is to be read: folders in between are not."""
        slashes = path.count("/")
        if not path.startswith(TOPICS) or slashes not in (_OWN, _STATE):
            return False
        parts = path.split("/")
        if slashes == _OWN:
            self._rows.setdefault(parts[_OWN], set())
            return True
        if parts[-1] != "state" or not parts[-2].isdecimal() or len(parts[-2]) > _DIGITS:
            return False
        self.add(parts[_OWN], (int(parts[-2]),))
        return True

    def add(self, name: str, rows: Iterable[int]) -> None:
        """These partitions of a topic are to be read."""
        self._rows.setdefault(name, set()).update(rows)

    def take(self, most_nodes: int) -> dict[str, set[int]]:
        """Take out what changed first, about so many nodes of it."""
        taken: dict[str, set[int]] = {}
        while self._rows and most_nodes > 0:
            name = next(iter(self._rows))
            taken[name] = self._rows.pop(name)
            most_nodes -= len(taken[name]) + 1
        return taken
