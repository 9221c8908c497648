"""A cluster that is recorded: the sources and the reducer of the console, and a file in place of the screen."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from ktui.adapters.connect import Cluster, make_cluster
from ktui.adapters.errors import NoAnswer, WrongCluster
from ktui.adapters.model import ClusterSnapshot
from ktui.adapters.pipeline import Batcher, supervise
from ktui.adapters.replay.documents import Pulse
from ktui.adapters.replay.recorder import FRAME_S, Progress, Recorder
from ktui.adapters.replay.writer import RecordingFile
from ktui.adapters.target import Target
from ktui.adapters.topics import TopicMap

PINNED_PARTITIONS: Final = 500
"""Rates of single partitions are recorded for so many; those of topics for all."""
LOOK_S: Final = 0.1


class Session:
    """Records as long as it is open."""

    def __init__(self, cluster: Cluster, file: RecordingFile, name: str) -> None:
        self._cluster = cluster
        self._batcher = Batcher(lambda snapshot: None)
        rates = cluster.poll.rates
        self._recorder = Recorder(file, name, lambda: self._batcher.reducer, rates.store)
        self._batcher.on_events = self._recorder.events
        rates.on_view = self._recorder.rates
        rates.snapshot = lambda: self.snapshot
        self._pinned: TopicMap | None = None

    @property
    def snapshot(self) -> ClusterSnapshot:
        """The newest picture."""
        return self._batcher.reducer.snapshot

    @property
    def progress(self) -> Progress:
        return self._recorder.progress

    @property
    def error(self) -> str | None:
        """Why nothing is heard from the cluster now."""
        return self._cluster.last_error()

    async def connect(self) -> None:
        """Until the cluster has told who its brokers are. AdapterError when it cannot be reached in time."""
        try:
            async with asyncio.timeout(self._cluster.target.timeout_s):
                while not self.snapshot.brokers_loaded:
                    if isinstance(error := self._cluster.poll.last_error(), WrongCluster):
                        raise error
                    await asyncio.sleep(LOOK_S)
        except TimeoutError:
            silence = NoAnswer(f"no answer within {self._cluster.target.timeout_s:g} s")
            raise self._cluster.poll.last_error() or silence from None

    async def record(self, on_second: Callable[[], None], *, until: float | None = None) -> None:
        """A frame a second, until a moment or for ever. WrongCluster when the file is about another cluster."""
        due = time.monotonic()
        while until is None or time.time() < until:
            self._pin()
            self._recorder.beat(self._pulse())
            on_second()
            due = max(due + FRAME_S, time.monotonic())
            await asyncio.sleep(due - time.monotonic())

    def _pulse(self) -> Pulse:
        heard = [at for source in self._cluster.sources if (at := source.heard_at()) is not None]
        silent_s = round(time.monotonic() - max(heard), 2) if heard else None
        return Pulse(silent_s, self._cluster.last_error(), self._cluster.period_s())

    def _pin(self) -> None:
        topics = self.snapshot.topics
        if topics is self._pinned:
            return
        self._pinned, pinned, left = topics, list[str](), PINNED_PARTITIONS
        for topic in topics:
            left -= topic.partition_count
            if left < 0:
                break
            pinned.append(topic.name)
        self._cluster.poll.rates.pinned = tuple(pinned)

    async def run_sources(self) -> None:
        async with asyncio.TaskGroup() as group:
            for source in self._cluster.sources:
                group.create_task(supervise(source, self._batcher), name=f"source {source.name}")

    def finish(self) -> None:
        """Write what waits."""
        self._batcher.flush()
        self._recorder.close()


@asynccontextmanager
async def recording_session(target: Target, file: RecordingFile, name: str) -> AsyncIterator[Session]:
    """Connect, and write and close again whatever happens."""
    cluster = make_cluster(target)
    session = Session(cluster, file, name)
    sources = asyncio.create_task(session.run_sources())
    try:
        yield session
    finally:
        sources.cancel()
        await asyncio.wait([sources], timeout=0.5)
        with contextlib.suppress(OSError):
            session.finish()
        await cluster.close()
