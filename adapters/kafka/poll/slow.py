"""What changes seldom or costs more: reassignments, releases of the brokers, log directories."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Final

from ktui.adapters.errors import AdapterError, NoAnswer, NotSupported
from ktui.adapters.events import ClusterIdentified, LogDirsObserved, MovingChanged, VersionsInferred
from ktui.adapters.kafka.asks.api_versions import ApiVersions, api_versions
from ktui.adapters.kafka.asks.log_dirs import describe_log_dirs
from ktui.adapters.kafka.asks.reassignments import list_reassignments
from ktui.adapters.kafka.link import Lane, Link
from ktui.adapters.kafka.poll.round import QUICK_S, Desk, Question
from ktui.adapters.kafka.releases import metadata_version_text, mode_of, release_of
from ktui.adapters.model import BrokerState, Mode

MOVING_PERIOD_S: Final = 5.0
KIND_PERIOD_S: Final = 30.0
SEARCH_PERIOD_S: Final = 1.0
LOG_DIRS_PERIOD_S: Final = 30.0
LOG_DIRS_S: Final = 10.0
AT_ONCE: Final = 8
"""Brokers that are asked at the same time."""

OnSizes = Callable[[int, Mapping[str, Mapping[int, int]]], Awaitable[None]]
"""Is called with a broker and the bytes of its replicas by topic and partition index, at once."""


def _up(desk: Desk) -> list[int]:
    return [broker.id for broker in desk.brokers.values() if broker.state is BrokerState.UP]


class MovingQuestion(Question):
    """Which partitions are being reassigned: the controller knows."""

    what = "reassignments"

    def period_s(self) -> float:
        return MOVING_PERIOD_S

    @property
    def is_covered(self) -> bool:
        return self.desk.log.covers

    async def ask(self) -> None:
        try:
            moving = await list_reassignments(await self._link_to_controller())
        except NotSupported:
            return
        told = {topic: tuple(sorted(by_index)) for topic, by_index in moving.items()}
        self.desk.tell(MovingChanged(self.desk.stamp(), told))

    async def _link_to_controller(self) -> Link:
        """KRaft brokers forward the question; a ZooKeeper-mode broker answers it only as the controller."""
        await self.desk.is_oriented.wait()
        if self.desk.mode is not Mode.ZOOKEEPER:
            return self.desk.any_broker(Lane.FORWARD)
        await self.desk.is_controller_told.wait()
        if self.desk.controller_id is None:
            raise NoAnswer("no controller to ask")
        return self.desk.pool.link(self.desk.controller_id, Lane.FORWARD, timeout_s=QUICK_S)


class KindQuestion(Question):
    """What kind of cluster it is, and the releases of its brokers, by what each broker says it can do."""

    what = "broker versions"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._releases: dict[int, str] = {}
        self._modes: dict[int, Mode] = {}

    def period_s(self) -> float:
        return SEARCH_PERIOD_S if self.desk.mode is Mode.UNKNOWN else KIND_PERIOD_S

    async def ask(self) -> None:
        if self.desk.mode is Mode.UNKNOWN:
            self._tell_mode(await api_versions(self.desk.any_broker()), None)
            await self.desk.is_oriented.wait()
        brokers = _up(self.desk)
        self._modes = {broker: mode for broker, mode in self._modes.items() if broker in brokers}
        await _each(brokers, self._ask_one)
        self.desk.forget(self.what, [f"broker {broker}" for broker in brokers])
        if self._releases:
            self.desk.tell(VersionsInferred(self.desk.stamp(), dict(self._releases)))

    async def _ask_one(self, broker: int) -> None:
        try:
            versions = await api_versions(self.desk.pool.link(broker, Lane.READ, timeout_s=QUICK_S))
        except AdapterError as error:
            self.desk.failed(self.what, f"broker {broker}", str(error))
            return
        self.desk.works(self.what, f"broker {broker}")
        release = release_of(versions.ranges)
        if release is not None:
            self._releases[broker] = release
        self._tell_mode(versions, broker)

    def _tell_mode(self, versions: ApiVersions, broker: int | None) -> None:
        mode = mode_of(versions)
        if broker is not None:
            self._modes[broker] = mode
        kinds = {*self._modes.values(), mode} - {Mode.UNKNOWN}
        mode = Mode.MIGRATING if len(kinds) > 1 else next(iter(kinds), Mode.UNKNOWN)
        level = versions.finalized_features.get("metadata.version")
        text = metadata_version_text(level) if level is not None else None
        self.desk.mode = mode
        self.desk.is_kind_told = True
        self.desk.orient()
        self.desk.tell(ClusterIdentified(self.desk.stamp(), None, mode, text))


class LogDirsQuestion(Question):
    """Sizes on disk and failed directories, from every broker for itself."""

    what = "log dirs"

    def __init__(self, desk: Desk, on_sizes: OnSizes | None = None) -> None:
        super().__init__(desk)
        self._on_sizes = on_sizes

    def period_s(self) -> float:
        return LOG_DIRS_PERIOD_S

    async def ask(self) -> None:
        await self.desk.is_oriented.wait()
        brokers = _up(self.desk)
        await _each(brokers, self._ask_one)
        self.desk.forget(self.what, [f"broker {broker}" for broker in brokers])

    async def _ask_one(self, broker: int) -> None:
        where = f"broker {broker}"
        try:
            answer = await describe_log_dirs(self.desk.pool.link(broker, Lane.BULK, timeout_s=LOG_DIRS_S))
        except AdapterError as error:
            self.desk.failed(self.what, where, str(error))
            return
        self.desk.works(self.what, where)
        self.desk.tell(LogDirsObserved(self.desk.stamp(), broker, answer.directories, answer.replica_bytes))
        if self._on_sizes is not None:
            await self._on_sizes(broker, answer.replica_bytes)


async def _each(brokers: Iterable[int], ask_one: Callable[[int], Awaitable[None]]) -> None:
    gate = asyncio.Semaphore(AT_ONCE)

    async def gated(broker: int) -> None:
        async with gate:
            await ask_one(broker)

    await asyncio.gather(*map(gated, brokers))
