"""A part of the tree whose nodes are few and small, and what their changes mean. No I/O."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable
from typing import ClassVar, TypeAlias

from ktui.adapters.events import ClusterEvent
from ktui.adapters.zookeeper.wire import Node

Names: TypeAlias = Callable[[str], Awaitable[Iterable[str]]]
"""Lists the names below a node; none where there is no such node."""


class Branch(ABC):
    """Remembers every node of its part as it was told of last."""

    what: ClassVar[str]
    """As a fault names it."""
    roots: ClassVar[tuple[str, ...]]
    """All that belongs to it is there or below."""
    announced_at: ClassVar[tuple[str, ...]] = ()
    """Where brokers put a child for every change, and take it away a while later."""

    @abstractmethod
    def covers(self, path: str) -> bool:
        """Whether this node is one that is read."""

    @abstractmethod
    async def paths(self, names: Names) -> list[str]:
        """All nodes that are to be read, as far as lists tell."""

    @abstractmethod
    def held(self) -> Iterable[str]:
        """Paths of the nodes that are remembered."""

    @abstractmethod
    def take(self, path: str, node: Node) -> list[ClusterEvent]:
        """What this answer says that was not so before. UnreadableNode."""
