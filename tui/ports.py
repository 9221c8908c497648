"""What the console needs of the pipeline behind it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import Future
from typing import TYPE_CHECKING, Protocol, TypeVar

from ktui.adapters.groups.view import GroupsView, Wanted
from ktui.adapters.model import ClusterSnapshot
from ktui.adapters.rates.view import RatesView
from ktui.adapters.replay.playing import Playing
from ktui.adapters.timeline.story import TimelineView

if TYPE_CHECKING:
    from ktui.adapters.connect import Cluster

T = TypeVar("T")


class FeedPort(Protocol):
    """One cluster, live; works on a thread of its own."""

    def start(self, on_snapshot: Callable[[ClusterSnapshot], None]) -> None: ...

    def stop(self, limit_s: float = 1.0) -> None: ...

    def look_at(self, topics: Collection[str]) -> None: ...

    def refresh(self) -> None: ...

    def pace(self, factor: float) -> None: ...

    def heard_at(self) -> float | None: ...

    def last_error(self) -> str | None: ...

    def period_s(self) -> float: ...

    def rates(self) -> RatesView: ...

    def timeline(self) -> TimelineView: ...

    def look_at_groups(self, wanted: Wanted) -> None: ...

    def groups(self) -> GroupsView: ...

    def submit(self, work: Callable[[Cluster], Awaitable[T]]) -> Future[T]: ...


class PlayerPort(Protocol):
    """The buttons of a replay, whose feed it is too. Moments are seconds since the epoch."""

    say: Callable[[str], None]
    """What is called, on another thread, with what came of a button."""

    @property
    def playing(self) -> Playing: ...

    def clock(self) -> float: ...

    def toggle(self) -> None: ...

    def play_at(self, factor: float) -> float: ...

    def step(self) -> None: ...

    def step_back(self) -> None: ...

    def next_problem(self) -> None: ...

    def seek(self, at: float) -> None: ...
