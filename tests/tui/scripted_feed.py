"""A feed that says what it is told to say, and clocks that stand still."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import Future
from typing import Any

from ktui.adapters.groups.view import EMPTY_GROUPS, NOTHING, GroupsView, Wanted
from ktui.adapters.model import ClusterSnapshot
from ktui.adapters.rates.view import EMPTY_VIEW, RatesView
from ktui.adapters.timeline.story import EMPTY_TIMELINE, TimelineView
from tests.tui.builders import NOW


class Clocks:
    """Wall clock and monotonic clock that go on together when told."""

    def __init__(self) -> None:
        self.passed = 0.0

    def wall(self) -> float:
        return NOW + self.passed

    def monotonic(self) -> float:
        return 1_000.0 + self.passed


class ScriptedFeed:
    """Remembers what was asked of it. `cluster` is what submitted work gets."""

    def __init__(self, clocks: Clocks | None = None, cluster: Any = None) -> None:
        self.clocks = clocks or Clocks()
        self.cluster = cluster
        self.on_snapshot: Callable[[ClusterSnapshot], None] | None = None
        self.looked_at: frozenset[str] = frozenset()
        self.refreshes = 0
        self.paces: list[float] = []
        self.heard: float | None = None
        self.error: str | None = None
        self.stopped = False
        self.rates_view = EMPTY_VIEW
        self.timeline_view = EMPTY_TIMELINE
        self.groups_view = EMPTY_GROUPS
        self.wanted_groups = NOTHING

    def start(self, on_snapshot: Callable[[ClusterSnapshot], None]) -> None:
        self.on_snapshot = on_snapshot

    def give(self, snapshot: ClusterSnapshot) -> None:
        """An answer came and changed the picture."""
        assert self.on_snapshot is not None
        self.hear()
        self.on_snapshot(snapshot)

    def hear(self) -> None:
        """An answer came and changed nothing."""
        self.heard = self.clocks.monotonic()

    def stop(self, limit_s: float = 1.0) -> None:
        self.stopped = True

    def look_at(self, topics: Collection[str]) -> None:
        self.looked_at = frozenset(topics)

    def refresh(self) -> None:
        self.refreshes += 1

    def pace(self, factor: float) -> None:
        self.paces.append(factor)

    def heard_at(self) -> float | None:
        return self.heard

    def last_error(self) -> str | None:
        return self.error

    def period_s(self) -> float:
        return 1.0

    def rates(self) -> RatesView:
        return self.rates_view

    def timeline(self) -> TimelineView:
        return self.timeline_view

    def look_at_groups(self, wanted: Wanted) -> None:
        self.wanted_groups = wanted

    def groups(self) -> GroupsView:
        return self.groups_view

    def submit(self, work: Callable[[Any], Awaitable[Any]]) -> Future[Any]:
        future: Future[Any] = Future()
        if self.cluster is None:
            from ktui.adapters.errors import NoAnswer

            future.set_exception(NoAnswer("there is no cluster behind this feed"))
            return future
        return asyncio.run_coroutine_threadsafe(_awaited(work(self.cluster)), asyncio.get_running_loop())


async def _awaited(awaitable: Awaitable[Any]) -> Any:
    return await awaitable
