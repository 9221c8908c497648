"""One complete picture, for commands: the same sources and the same reducer as the console, for one round."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from ktui.adapters.connect import Cluster, make_cluster
from ktui.adapters.errors import ConnectFailed, NoAnswer, WrongCluster
from ktui.adapters.kafka.pool import BrokerPool
from ktui.adapters.model import ClusterSnapshot, Mode
from ktui.adapters.operate.operator import Operator
from ktui.adapters.pipeline import Batcher, supervise
from ktui.adapters.target import Target
from ktui.adapters.timeline.timeline import Timeline

GRACE_S: Final = 0.5
"""A question that runs into its own time-out has then said which address it was, and at which step."""
LOOK_S: Final = 0.05


class OpenCluster:
    """A cluster whose sources run as long as it is open."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._batcher = Batcher(lambda snapshot: self._changed.set())
        self._changed = asyncio.Event()
        self._tasks = [asyncio.create_task(supervise(source, self._batcher)) for source in cluster.sources]

    @property
    def target(self) -> Target:
        return self._cluster.target

    @property
    def pool(self) -> BrokerPool:
        return self._cluster.pool

    @property
    def operator(self) -> Operator:
        return self._cluster.operator

    async def snapshot(self) -> ClusterSnapshot:
        """The newest picture, once every question has been answered or refused.

        ConnectFailed when no broker (nor ZooKeeper) can be reached, WrongCluster, NoAnswer when time is up.
        """
        first_round = asyncio.create_task(self._cluster.poll.first_round())
        try:
            async with asyncio.timeout(self.target.timeout_s + GRACE_S):
                while not ((first_round.done() or self._has_only_zookeeper()) and self._is_whole()):
                    self._raise_if_hopeless()
                    await self._wait_for_change(first_round)
        except TimeoutError:
            self._raise_if_hopeless()
            if not self._batcher.reducer.snapshot.brokers_loaded:
                silence = NoAnswer(f"no complete answer within {self.target.timeout_s:g} s")
                raise self._cluster.poll.last_error() or silence from None
        finally:
            first_round.cancel()
        self._batcher.flush()
        return self._batcher.reducer.snapshot

    @property
    def timeline(self) -> Timeline:
        """What happens while it is open."""
        return self._batcher.reducer.timeline

    async def connected(self) -> ClusterSnapshot:
        """The first picture that names the brokers; it may not be whole. Errors as for `snapshot`."""
        try:
            async with asyncio.timeout(self.target.timeout_s + GRACE_S):
                while not self._batcher.reducer.snapshot.brokers_loaded:
                    self._raise_if_hopeless()
                    await asyncio.sleep(LOOK_S)
        except TimeoutError:
            self._raise_if_hopeless()
            silence = NoAnswer(f"no answer within {self.target.timeout_s:g} s")
            raise self._cluster.poll.last_error() or silence from None
        return self._batcher.reducer.snapshot

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks, timeout=0.5)
        await self._cluster.close()

    def _is_whole(self) -> bool:
        self._batcher.flush()
        snapshot = self._batcher.reducer.snapshot
        is_told = snapshot.is_loaded and snapshot.brokers_loaded and snapshot.mode is not Mode.UNKNOWN
        zookeeper = self._cluster.zookeeper
        if self._cluster.poll.desk.log.is_pending:
            return False
        if zookeeper is None or zookeeper.last_error() is not None:
            return is_told
        return is_told and "zookeeper" in snapshot.sources

    def _has_only_zookeeper(self) -> bool:
        zookeeper = self._cluster.zookeeper
        return (
            zookeeper is not None
            and zookeeper.last_error() is None
            and isinstance(self._cluster.poll.last_error(), ConnectFailed)
        )

    def _raise_if_hopeless(self) -> None:
        error = self._cluster.poll.last_error()
        if isinstance(error, WrongCluster):
            raise error
        if error is None or self._batcher.reducer.snapshot.brokers_loaded:
            return
        if self._cluster.zookeeper is None or self._cluster.last_error() is not None:
            raise error

    async def _wait_for_change(self, first_round: asyncio.Task[None]) -> None:
        self._changed.clear()
        waiting: list[asyncio.Task[Any]] = [asyncio.create_task(self._changed.wait())]
        if not first_round.done():
            waiting.append(first_round)
        await asyncio.wait(waiting, timeout=0.05, return_when=asyncio.FIRST_COMPLETED)
        waiting[0].cancel()


@asynccontextmanager
async def open_cluster(target: Target, *, with_log_dirs: bool = False) -> AsyncIterator[OpenCluster]:
    """Connect, and close again whatever happens."""
    cluster = OpenCluster(make_cluster(target, with_log_dirs=with_log_dirs, with_rates=False))
    try:
        yield cluster
    finally:
        await cluster.close()
