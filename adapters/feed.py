"""One cluster, live, on a thread of its own.

The terminal may stall; Kafka and ZooKeeper must not notice. Results cross as immutable values.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import logging
import threading
from collections.abc import Awaitable, Callable, Collection
from typing import TypeVar

from ktui.adapters.connect import Cluster, make_cluster
from ktui.adapters.errors import NoAnswer
from ktui.adapters.groups.view import GroupsView, Wanted
from ktui.adapters.model import ClusterSnapshot
from ktui.adapters.operate.lock import Lock
from ktui.adapters.pipeline import Batcher, supervise
from ktui.adapters.rates.view import RatesView
from ktui.adapters.target import Target
from ktui.adapters.timeline.story import EMPTY_TIMELINE, TimelineView

log = logging.getLogger(__name__)

T = TypeVar("T")


class Feed:
    """One cluster, live. Made and used by the thread of the terminal; works on its own."""

    def __init__(self, target: Target) -> None:
        """BadSettings for files and values that cannot be used; nothing is connected yet."""
        self._cluster: Cluster = make_cluster(target)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_ready = threading.Event()
        self._thread: threading.Thread | None = None
        self._sink: Batcher | None = None

    @property
    def lock(self) -> Lock:
        """Of the cluster's changes; turned by the thread of the terminal."""
        return self._cluster.lock

    def start(self, on_snapshot: Callable[[ClusterSnapshot], None]) -> None:
        """Begin; `on_snapshot` is called on the feed's thread, at most about twenty times a second."""
        self._thread = threading.Thread(target=self._run, args=(on_snapshot,), name="ktui-feed", daemon=True)
        self._thread.start()
        self._is_ready.wait()

    def stop(self, limit_s: float = 1.0) -> None:
        """Cancel everything and wait for the end, but not longer than the limit."""
        loop, task, thread = self._loop, self._task, self._thread
        if loop is None or task is None or thread is None:
            return
        if thread.is_alive():
            self._call(task.cancel)
            thread.join(limit_s)

    def look_at(self, topics: Collection[str]) -> None:
        """The topics on screen are asked for more often."""
        wanted = frozenset(topics)
        for source in self._cluster.sources:
            self._call(source.look_at, wanted)

    def refresh(self) -> None:
        """Ask for everything now."""
        for source in self._cluster.sources:
            self._call(source.refresh)
        self._call(self._cluster.groups.refresh)

    def pace(self, factor: float) -> None:
        """Stretch (above 1) or shorten (below 1) the periods of polling."""
        self._call(self._cluster.set_pace, factor)

    def pin(self, topics: Collection[str]) -> None:
        """Partitions of these topics keep a history of their own, on screen or not."""
        self._call(setattr, self._cluster.poll.rates, "pinned", tuple(topics))

    def rates(self) -> RatesView:
        """The newest rates; a new object at most once a second."""
        return self._cluster.poll.rates.view

    def timeline(self) -> TimelineView:
        """What happened; a new object only when something did."""
        return EMPTY_TIMELINE if self._sink is None else self._sink.reducer.timeline.view

    def look_at_groups(self, wanted: Wanted) -> None:
        """What of groups is on screen; nothing else is asked for."""
        self._call(self._cluster.groups.look_at, wanted)

    def groups(self) -> GroupsView:
        """What is known of groups; a new object only when something in it is new."""
        return self._cluster.groups.view

    def heard_at(self) -> float | None:
        """`time.monotonic()` of the last answer of any source; None: none yet."""
        heard = [at for source in self._cluster.sources if (at := source.heard_at()) is not None]
        return max(heard, default=None)

    def last_error(self) -> str | None:
        """Why nothing has been read for now, in one sentence."""
        return self._cluster.last_error()

    def period_s(self) -> float:
        """The period in which the main source asks."""
        return self._cluster.period_s()

    def submit(self, work: Callable[[Cluster], Awaitable[T]]) -> concurrent.futures.Future[T]:
        """Run a coroutine with the cluster's connections on the feed's thread."""
        loop = self._loop
        if loop is None or loop.is_closed():
            failed: concurrent.futures.Future[T] = concurrent.futures.Future()
            failed.set_exception(NoAnswer("the console is closing"))
            return failed

        async def on_the_loop() -> T:
            return await work(self._cluster)

        return asyncio.run_coroutine_threadsafe(on_the_loop(), loop)

    def _call(self, function: Callable[..., object], *arguments: object) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(function, *arguments)

    def _run(self, on_snapshot: Callable[[ClusterSnapshot], None]) -> None:
        try:
            asyncio.run(self._main(on_snapshot))
        except asyncio.CancelledError:
            pass
        except Exception:
            log.exception("the feed ended")
        finally:
            self._is_ready.set()

    async def _main(self, on_snapshot: Callable[[ClusterSnapshot], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        self._is_ready.set()
        sink = self._sink = Batcher(on_snapshot)
        self._cluster.poll.rates.snapshot = lambda: sink.reducer.snapshot
        self._cluster.known_size = lambda topic: sink.reducer.snapshot.sizes.by_topic.get(topic)
        self._cluster.groups.snapshot = lambda: sink.reducer.snapshot
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._cluster.groups.run(), name="groups")
                for source in self._cluster.sources:
                    group.create_task(supervise(source, sink), name=f"source {source.name}")
        finally:
            await self._cluster.close()
