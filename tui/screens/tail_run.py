"""One running tail behind a screen: started on the feed's thread, its newest view taken when the screen draws."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from ktui.adapters.errors import AdapterError
from ktui.adapters.tail.filter import Filter
from ktui.adapters.tail.port import RunningTail
from ktui.adapters.tail.record import Record
from ktui.adapters.tail.spec import TailSpec
from ktui.adapters.tail.start import Offsets, Start
from ktui.adapters.tail.view import TailView
from ktui.tui.ports import FeedPort

if TYPE_CHECKING:
    from ktui.adapters.connect import Cluster

AROUND_S = 15.0
"""For a record or its neighbours."""


class TailRun:
    """`wake` is called on the feed's thread, once until the view is taken: views never pile up."""

    def __init__(self, feed: FeedPort, spec: TailSpec, wake: Callable[[], object]) -> None:
        self.spec = spec
        self._wake = wake
        self._newest: TailView | None = None
        self._is_woken = False
        self._is_over = False
        self._later: list[Callable[[RunningTail], object]] = []
        self._running: RunningTail | None = None
        self.failure: str | None = None
        """Why it could not be started."""
        started = feed.submit(self._start)
        started.add_done_callback(self._started)

    async def _start(self, cluster: Cluster) -> RunningTail:
        from ktui.adapters.kafka.tail.start import (
            start_tail,
        )  # on the feed's thread: the screen does not wait for it

        return await start_tail(cluster, self.spec, self._put)

    def _started(self, future: Future[RunningTail]) -> None:
        """On the feed's thread, or at once where there is no cluster."""
        error = None if future.cancelled() else future.exception()
        if error is not None:
            self.failure = str(error) if isinstance(error, AdapterError) else f"unexpected {error!r}"
            self._tell()
            return
        if future.cancelled():
            return
        self._running = future.result()
        if self._is_over:
            self._running.stop()
        later, self._later = self._later, []
        for ask in later:
            ask(self._running)

    def _put(self, view: TailView) -> None:
        self._newest = view
        self._tell()

    def _tell(self) -> None:
        if not self._is_woken:
            self._is_woken = True
            self._wake()

    def take(self) -> TailView | None:
        """The newest view; another wake comes with the next one."""
        self._is_woken = False
        return self._newest

    # What may be asked of it, before it runs too

    def set_filter(self, wanted: Filter) -> None:
        self._ask(lambda running: running.set_filter(wanted))

    def start_at(self, start: Start) -> None:
        self._ask(lambda running: running.start_at(start))

    def read_all_partitions(self, wanted: bool) -> None:
        self._ask(lambda running: running.read_all_partitions(wanted))

    def set_budget(self, bytes_per_s: int | None) -> None:
        self._ask(lambda running: running.set_budget(bytes_per_s))

    def stop(self) -> None:
        self._is_over = True
        if self._running is not None:
            self._running.stop()

    def _ask(self, ask: Callable[[RunningTail], object]) -> None:
        if self._running is not None:
            ask(self._running)
        else:
            self._later.append(ask)

    async def around(
        self, partition: int, offset: int, *, before: int = 0, after: int = 0
    ) -> tuple[Record, ...]:
        """The record and its neighbours, whole. AdapterError, or TimeoutError when it takes too long."""
        running = self._running
        if running is None:
            return ()
        asked = running.around(partition, offset, before=before, after=after)
        return await asyncio.wait_for(asyncio.wrap_future(asked), AROUND_S)


def resumed(view: TailView) -> Start:
    """Where a tail goes on that was stopped."""
    places = {place.partition: place.position for place in view.places}
    known = {partition: at for partition, at in places.items() if at is not None}
    return Offsets(known) if known else view.spec.start
