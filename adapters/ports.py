"""The protocols between the feed and what it feeds on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from ktui.adapters.events import ClusterEvent, SourceName


class Sink(Protocol):
    """Where a source puts what it learned."""

    def __call__(self, events: Sequence[ClusterEvent]) -> None: ...


class Source(Protocol):
    """One way of learning about a cluster. `run` ends only by cancellation or by an error."""

    name: SourceName

    async def run(self, sink: Sink) -> None: ...

    def look_at(self, topics: Collection[str]) -> None:
        """The topics on screen: asked for more often than the others."""

    def refresh(self) -> None:
        """Ask for everything now."""

    def heard_at(self) -> float | None:
        """`time.monotonic()` of the last answer; None: none yet."""


Clock = Callable[[], float]
