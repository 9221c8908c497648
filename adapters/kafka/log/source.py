"""The metadata log as a source of events: read, followed, and given up for polling while it cannot be had."""

from __future__ import annotations

import asyncio
import gc
import logging
import random
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Final

from ktui.adapters.errors import AdapterError, NotPermitted, NotSupported, Refused
from ktui.adapters.events import ClusterEvent, SourceName, SourceState, Stamp, TopicsReplaced
from ktui.adapters.kafka.error_codes import Code
from ktui.adapters.kafka.log.controllers import Controllers
from ktui.adapters.kafka.log.follower import Follower
from ktui.adapters.kafka.log.leading import Leading
from ktui.adapters.kafka.log.state import ClusterState
from ktui.adapters.kafka.poll.round import Desk
from ktui.adapters.kafka.standing import LogState
from ktui.adapters.model import Mode
from ktui.adapters.ports import Sink
from ktui.adapters.topics import TopicSettings

log = logging.getLogger(__name__)

WHAT: Final = "metadata log"
WHERE: Final = "controllers"
RECORDS: Final = "records"
PATIENCE_S: Final = 3.0
"""A change of leaders takes less; after so long brokers are asked instead."""
PAUSE_S: Final = 0.25
MOST_PAUSE_S: Final = 10.0
REFUSED_PAUSE_S: Final = 30.0
FREEZE_S: Final = 1.0
"""After a load; what it made is then not looked through for garbage any more."""
IN_ZOOKEEPER: Final = "the cluster keeps its metadata in ZooKeeper"


class MetadataLogSource:
    """Ends by cancellation only: a log that cannot be read is a fault, and tried again with back-off."""

    name = SourceName.METADATA_LOG

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._controllers = Controllers(desk)
        self._follower = Follower(desk, Leading(desk.controllers, self._controllers))
        self._sink: Sink = lambda events: None
        self._heard_at: float | None = None
        self._fault: str | None = None
        self._doubt: str | None = None
        self._pause_s = PAUSE_S
        self._wakes = asyncio.Event()
        desk.log.on_defaults = self._take_defaults

    async def run(self, sink: Sink) -> None:
        self._sink = sink
        while True:
            try:
                await self._round()
            except (NotPermitted, NotSupported) as error:
                self._give_up(str(error))
                await self._rest(REFUSED_PAUSE_S)
            except AdapterError as error:
                self._note_failure(error)
                await self._rest(self._pause_s * random.uniform(0.8, 1.2))
                self._pause_s = min(self._pause_s * 2, self._longest_pause())

    def look_at(self, topics: Collection[str]) -> None:
        """All topics are told of as soon as they change."""

    def refresh(self) -> None:
        """Try at once where it has been given up."""
        self._wakes.set()

    def heard_at(self) -> float | None:
        return self._heard_at

    async def _round(self) -> None:
        if self._desk.mode is Mode.ZOOKEEPER:
            raise NotSupported(IN_ZOOKEEPER)
        if self._follower.image is None:
            await self._follower.load(self._tell)
            self._take_defaults(self._desk.log.defaults)  # they may have come while it was loading
            asyncio.get_running_loop().call_later(FREEZE_S, gc.freeze)
        else:
            await self._follower.follow(self._tell)
        assert self._follower.image is not None
        self._check(self._follower.image.state)
        self._note_success()

    def _tell(self, events: Sequence[ClusterEvent]) -> None:
        self._heard_at = time.monotonic()
        if events:
            self._sink(events)

    def _check(self, state: ClusterState) -> None:
        """Records that could not be read are told; where topics or brokers may be wrong for it, the log is given up."""
        doubt = doubt_of(state)
        if doubt != self._doubt:
            self._doubt = doubt
            self._sink([SourceState(self._stamp(), RECORDS, WHAT, doubt)])
        if not state.is_exact:
            self._follower.image = None
            raise NotSupported(f"it holds records that this ktui cannot read ({doubt})")

    def _note_success(self) -> None:
        self._pause_s = PAUSE_S
        if self._fault is not None:
            self._fault = None
            self._sink([SourceState(self._stamp(), WHAT, WHERE, None)])
        if not self._desk.log.is_live:
            self._sink([TopicsReplaced(self._stamp(), (), is_complete=True)])
            self._desk.log.put(LogState.LIVE)

    def _note_failure(self, error: AdapterError) -> None:
        log.info("metadata log: %s", error)
        if isinstance(error, Refused) and error.code == Code.INCONSISTENT_CLUSTER_ID:
            self._follower.image = None
            self._give_up("these controllers belong to another cluster")
            return
        silent_since = self._heard_at
        if silent_since is None or time.monotonic() - silent_since > PATIENCE_S:
            self._give_up(str(error))

    def _give_up(self, reason: str) -> None:
        """Brokers are asked from now on."""
        if reason != self._fault:
            self._fault = reason
            told = f"{reason}; brokers are asked instead"
            self._sink([SourceState(self._stamp(), WHAT, WHERE, told, blocks=True)])
        self._desk.log.put(LogState.STALE)

    def _longest_pause(self) -> float:
        """While it is not given up yet, a new leader is waited for."""
        return MOST_PAUSE_S if self._fault is not None else PAUSE_S

    async def _rest(self, seconds: float) -> None:
        self._wakes.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wakes.wait()

    def _take_defaults(self, defaults: TopicSettings) -> None:
        image = self._follower.image
        if image is not None:
            events = image.set_defaults(defaults, self._stamp())
            if events:
                self._sink(events)

    def _stamp(self) -> Stamp:
        return Stamp(SourceName.METADATA_LOG, time.time())


def doubt_of(state: ClusterState) -> str | None:
    """Which records could not be read, in one sentence."""
    parts = [
        f"{count:,} of type {kind} version {version}"
        for (kind, version), count in sorted(state.unreadable.items())
    ]
    if state.malformed:
        parts.append(f"{state.malformed:,} malformed")
    return f"not known to this ktui: {', '.join(parts)}" if parts else None
