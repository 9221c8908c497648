"""The frame of every question that is asked again and again: when, how its failure is told, how it is hurried."""

from __future__ import annotations

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ktui.adapters.errors import AdapterError, NoAnswer
from ktui.adapters.events import ClusterEvent, SourceName, SourceState, Stamp
from ktui.adapters.kafka.lane import Traffic
from ktui.adapters.kafka.link import Lane, Link
from ktui.adapters.kafka.poll.allowance import Allowance
from ktui.adapters.kafka.pool import BrokerPool
from ktui.adapters.kafka.standing import LogStanding
from ktui.adapters.model import Broker, Mode
from ktui.adapters.ports import Sink
from ktui.adapters.target import Target

log = logging.getLogger(__name__)

POLLED: Final = frozenset({Lane.READ, Lane.WHOLE, Lane.FORWARD, Lane.BULK, Lane.OFFSETS})
"""The lanes of questions that are asked again and again."""

QUICK_S: Final = 2.0
"""Time for an answer that a node gives from memory."""


@dataclass(slots=True)
class Desk:
    """What the questions of one source share: connections, what is known so far, and where answers go."""

    target: Target
    pool: BrokerPool
    controllers: BrokerPool
    """Connections to controllers, which may need other credentials."""
    sink: Sink
    mode: Mode = Mode.UNKNOWN
    is_oriented: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once a broker told what it can do, and which brokers there are."""
    is_kind_told: bool = False
    brokers: Mapping[int, Broker] = field(default_factory=dict)
    controller_id: int | None = None
    """ZooKeeper mode: the broker that is the controller."""
    is_controller_told: asyncio.Event = field(default_factory=asyncio.Event)
    pace: float = 1.0
    heard_at: float | None = None
    watched: frozenset[str] = frozenset()
    """Topics on screen."""
    cluster_id: str | None = None
    log: LogStanding = field(default_factory=LogStanding)
    """How far the metadata log is, which is the better source of what it holds."""
    allowance: Allowance | None = None
    """None: what is asked is limited by its pace only."""
    _told: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.target.traffic_bytes_per_s is not None:
            self.allowance = Allowance(self.target.traffic_bytes_per_s)

    def traffic(self) -> Sequence[tuple[Lane, Traffic]]:
        """What has been moved so far, to brokers and to controllers."""
        pools = {id(pool): pool for pool in (self.pool, self.controllers)}
        return [pair for pool in pools.values() for pair in pool.traffic().items()]

    def must_wait_s(self) -> float:
        """How long nothing more may be asked, so that the user's limit holds."""
        if self.allowance is None:
            return 0.0
        return self.allowance.wait_s(
            sum(each.bytes_sent + each.bytes_received for lane, each in self.traffic() if lane in POLLED)
        )

    @property
    def expected_cluster_id(self) -> str | None:
        """The id that the user expects, else the one that brokers told."""
        return self.target.expect_cluster_id or self.cluster_id

    def nearest_first(self, brokers: Collection[int]) -> list[int]:
        """These brokers, the one that answers us now before the others."""
        address = self.pool.bootstrap_link(Lane.READ, timeout_s=QUICK_S).address
        near = [broker for broker in brokers if self.pool.address_of(broker) == address]
        return [*near, *(broker for broker in brokers if broker not in near)]

    def orient(self) -> None:
        """Note whether enough is known to ask for the rest."""
        if self.is_kind_told and self.brokers:
            self.is_oriented.set()

    def stamp(self) -> Stamp:
        """Now, by this source."""
        return Stamp(SourceName.POLL, time.time())

    def tell(self, *events: ClusterEvent) -> None:
        """Hand on what an answer said."""
        self.heard_at = time.monotonic()
        self.sink(events)

    def works(self, what: str, where: str) -> None:
        """A part works: a fault that was told of it is over."""
        if self._told.pop((what, where), None) is not None:
            self.sink([SourceState(self.stamp(), what, where, None)])

    def failed(self, what: str, where: str, reason: str, *, blocks: bool = False) -> None:
        """A part failed; the same words are told once."""
        if self._told.get((what, where)) != reason:
            self._told[what, where] = reason
            self.sink([SourceState(self.stamp(), what, where, reason, blocks)])

    def forget(self, what: str, wheres: Collection[str]) -> None:
        """End the faults of a question about places that are not there any more."""
        for known, where in list(self._told):
            if known == what and where not in wheres:
                self.works(what, where)

    def any_broker(self, lane: Lane = Lane.READ, *, timeout_s: float = QUICK_S) -> Link:
        """A broker that answers; the first connection gets the time that the user gave."""
        is_first = self.heard_at is None
        return self.pool.bootstrap_link(
            lane, timeout_s=max(timeout_s, self.target.timeout_s if is_first else 0)
        )


class Question(ABC):
    """One thing that is asked again and again."""

    what: str
    where: str = "cluster"
    is_vital: bool = False
    """Whether it is asked on time even when the user's limit of traffic is spent: small, and what all else hangs on."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.first_round = asyncio.Event()
        self._hurry = asyncio.Event()

    @abstractmethod
    def period_s(self) -> float:
        """Seconds from the beginning of one round to the beginning of the next."""

    @abstractmethod
    async def ask(self) -> None:
        """One round; AdapterError becomes a fault."""

    @property
    def is_covered(self) -> bool:
        """Whether a better source tells of this now, so that nobody need be asked."""
        return False

    def on_covered(self) -> None:
        """Is called instead of asking."""
        if self.desk.log.is_live:
            self.first_round.set()

    def hurry(self) -> None:
        """Ask again at once."""
        self._hurry.set()

    def on_failure(self, error: AdapterError) -> None:
        """Tell the failure of a round."""
        self.desk.failed(self.what, self.where, str(error))

    async def keep_asking(self) -> None:
        """Round after round, until cancelled. Somebody else is asked at once when the one asked does not answer."""
        has_failed = False
        while True:
            started = time.monotonic()
            self._hurry.clear()
            if self.is_covered:
                self.on_covered()
                await self._rest(self.period_s())
                continue
            try:
                await self.ask()
            except AdapterError as error:
                if isinstance(error, NoAnswer) and not has_failed:
                    has_failed = True
                    continue
                self.on_failure(error)
            else:
                has_failed = False
                self.desk.works(self.what, self.where)
            self.first_round.set()
            if not self.is_vital:
                await asyncio.sleep(self.desk.must_wait_s())
            await self._rest(started + self.period_s() * self.desk.pace - time.monotonic())

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(max(seconds, 0.02)):
                await self._hurry.wait()
        except TimeoutError:
            return
