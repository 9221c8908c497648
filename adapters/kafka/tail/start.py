"""Starting a tail on a cluster: for a screen in another thread, or for a command that takes every record."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import Future
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from ktui.adapters.errors import NoAnswer
from ktui.adapters.kafka.client_properties import read_rack
from ktui.adapters.kafka.pool import BrokerPool
from ktui.adapters.kafka.tail.around import Around
from ktui.adapters.kafka.tail.engine import Engine, OnView
from ktui.adapters.kafka.tail.fetching import Topic
from ktui.adapters.kafka.tail.keeping import Handover, Keeper
from ktui.adapters.kafka.tail.lookup import Lookup
from ktui.adapters.kafka.tail.run import Run
from ktui.adapters.tail.filter import Filter
from ktui.adapters.tail.record import Record
from ktui.adapters.tail.spec import TailSpec
from ktui.adapters.tail.start import Start
from ktui.adapters.tail.view import TailView
from ktui.adapters.target import Target

T = TypeVar("T")


class Cluster(Protocol):
    """The part of `ktui.adapters.connect.Cluster` that is used here."""

    @property
    def target(self) -> Target: ...

    @property
    def pool(self) -> BrokerPool: ...

    async def find_brokers_once(self) -> None: ...


async def start_tail(cluster: Cluster, spec: TailSpec, on_view: OnView | None = None) -> LiveTail:
    """Begin on the running loop; the tail goes on by itself until it ends, is stopped, or the loop ends."""
    tail = LiveTail(cluster, spec, on_view)
    tail.begin()
    return tail


@asynccontextmanager
async def handed_over(cluster: Cluster, spec: TailSpec) -> AsyncIterator[tuple[Engine, Handover]]:
    """A tail whose records are taken one by one, each once; reading waits while nobody takes them."""
    await cluster.find_brokers_once()
    spec = _with_rack(spec, cluster.target)
    pool, receiver = cluster.pool.sibling(), Handover()
    engine = Engine(Run(spec, receiver), pool, _lookup(pool, cluster, spec))
    task = asyncio.create_task(engine.run(), name=f"tail of {spec.topic}")
    task.add_done_callback(lambda _: receiver.close())
    try:
        yield engine, receiver
    finally:
        task.cancel()
        await asyncio.wait([task])
        await pool.close()
    if not task.cancelled() and (error := task.exception()) is not None:
        raise error


class LiveTail:
    """A `RunningTail`: methods may be called from any thread."""

    def __init__(self, cluster: Cluster, spec: TailSpec, on_view: OnView | None) -> None:
        spec = _with_rack(spec, cluster.target)
        self._cluster = cluster
        self._loop = asyncio.get_running_loop()
        self._pool: BrokerPool = cluster.pool.sibling()
        self._keeper = Keeper(spec.kept_bytes, spec.longest_value)
        self._run = Run(spec, self._keeper)
        self._lookup = _lookup(self._pool, cluster, spec)
        self._engine = Engine(self._run, self._pool, self._lookup, on_view)
        self._task: asyncio.Task[None] | None = None

    @property
    def view(self) -> TailView:
        return self._engine.view

    def begin(self) -> None:
        """Run, or run again after an end; on the loop."""
        self._task = asyncio.create_task(self._until_end(), name=f"tail of {self._run.spec.topic}")

    def set_filter(self, wanted: Filter) -> None:
        self._call(lambda: self._set_filter(wanted))

    def start_at(self, start: Start) -> None:
        self._call(lambda: self._start_at(start))

    def read_all_partitions(self, wanted: bool) -> None:
        self._call(lambda: self._read_all(wanted))

    def set_budget(self, bytes_per_s: int | None) -> None:
        self._call(lambda: self._set_budget(bytes_per_s))

    def around(self, partition: int, offset: int, *, before: int, after: int) -> Future[tuple[Record, ...]]:
        return self._submit(self._around(partition, offset, before, after))

    def stop(self) -> None:
        self._call(self._stop)

    async def _until_end(self) -> None:
        pool = self._pool
        try:
            await self._engine.run()
        finally:
            await pool.close()

    def _set_filter(self, wanted: Filter) -> None:
        run = self._run
        run.spec = replace(run.spec, filter=wanted)
        run.restart_counts(run.receiver.restart(wanted))
        run.judge()
        run.choose()
        run.wake.set()

    def _start_at(self, start: Start) -> None:
        run = self._run
        if run.stopped is not None and self._task is not None and not self._task.done():
            self._task.add_done_callback(lambda _: self._start_at(start))
            return
        run.spec = replace(run.spec, start=start)
        run.receiver.restart(None)
        run.restart_counts(0)
        run.restart_places()
        self._engine.abandon_all()
        if self._task is not None and self._task.done():
            self._pool = self._cluster.pool.sibling()
            self._lookup = _lookup(self._pool, self._cluster, run.spec)
            self._engine.begin_again(self._pool, self._lookup)
            self.begin()

    def _read_all(self, wanted: bool) -> None:
        run = self._run
        run.spec = replace(run.spec, reads_all_partitions=wanted)
        if not wanted and run.learner is not None and not run.learner.samples:
            run.learner = None
        run.judge()
        run.choose()
        run.wake.set()

    def _set_budget(self, bytes_per_s: int | None) -> None:
        run = self._run
        run.spec = replace(run.spec, bytes_per_s=bytes_per_s)
        run.budget.set(bytes_per_s)
        run.is_dirty = True

    async def _around(self, partition: int, offset: int, before: int, after: int) -> tuple[Record, ...]:
        run, pool = self._run, self._cluster.pool
        lookup = _lookup(pool, self._cluster, run.spec)
        topic = Topic(run.spec.topic, run.topic_id)
        look = Around(pool, lookup, topic, partition, run.spec.isolation)
        return await look.look(offset, before=before, after=after)

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _call(self, change: Callable[[], None]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(change)

    def _submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        if self._loop.is_closed():
            work.close()
            failed: Future[T] = Future()
            failed.set_exception(NoAnswer("the console is closing"))
            return failed
        return asyncio.run_coroutine_threadsafe(work, self._loop)


def _with_rack(spec: TailSpec, target: Target) -> TailSpec:
    """Our rack is what the client's properties say, unless the spec says it."""
    if spec.rack is not None or target.command_config is None:
        return spec
    return replace(spec, rack=read_rack(target.command_config))


def _lookup(pool: BrokerPool, cluster: Cluster, spec: TailSpec) -> Lookup:
    target = cluster.target
    return Lookup(pool, spec.topic, timeout_s=target.timeout_s, expect_cluster_id=target.expect_cluster_id)
