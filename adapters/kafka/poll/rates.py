"""Throughput: end offsets of the topics on screen and of those that move, every second, each leader asked once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Mapping, Set
from typing import Final

from ktui.adapters.errors import AdapterError
from ktui.adapters.kafka.error_code_list import PERMISSION
from ktui.adapters.kafka.offsets_line import Lines
from ktui.adapters.kafka.offsets_share import STALE_LEADER, Share, shares_of
from ktui.adapters.kafka.poll.round import Desk, Question
from ktui.adapters.kafka.steps import Steps, in_steps
from ktui.adapters.model import BrokerState, ClusterSnapshot
from ktui.adapters.rates.hot import HotSet
from ktui.adapters.rates.meter import Meter
from ktui.adapters.rates.store import RateStore, Tick
from ktui.adapters.rates.track import Track
from ktui.adapters.rates.view import EMPTY_VIEW, RatesView
from ktui.adapters.topics import TopicMap

TICK_S: Final = 1.0
ANSWERS_S: Final = 0.7
"""So long a tick waits for answers; later ones count for the next."""
HOT_PART: Final = 0.8
"""The part of the budget that topics on screen and topics that move may take."""
IDLE_ROUND_S: Final = 10.0
SIZES_SOON: Final = (3, 13)
"""Ticks after which sizes on disk are looked at again, to know the mean record size soon."""
SIZES_SOON_PARTITIONS: Final = 20_000
WHAT: Final = "throughput"


class RatesQuestion(Question):
    """One tick a second. `view` is for all threads."""

    what = WHAT

    def __init__(self, desk: Desk, *, on_stale_leaders: Callable[[], None] = lambda: None) -> None:
        super().__init__(desk)
        self.store = RateStore()
        self.lines = Lines(desk.pool)
        self.hot = HotSet(desk.target.rates_bytes_per_s * HOT_PART)
        self.view: RatesView = EMPTY_VIEW
        self.snapshot: Callable[[], ClusterSnapshot] = ClusterSnapshot
        """Where the newest picture of the cluster comes from."""
        self.pinned: Collection[str] = ()
        self.look_at_sizes: Callable[[], None] = lambda: None
        self.on_rest: Callable[[Collection[str]], None] = lambda names: None
        """Is called with topics that are not sampled in every tick any more."""
        self.on_view: Callable[[RatesView], None] = lambda view: None
        """Is told of every new view, on the thread that makes it."""
        self._on_stale_leaders = on_stale_leaders
        self._meter = Meter()
        self._turns: list[list[Share]] = [[]]
        self._running: dict[int, asyncio.Task[None]] = {}
        self._number = 0
        self._tidied_at = time.monotonic()
        self._finished_at: float | None = None
        self._named: TopicMap | None = None
        self.names: Set[str] = frozenset()
        """All topics, looked up anew every ten seconds when they have changed."""

    def period_s(self) -> float:
        """A tick is never shorter than a second; a slower pace stretches it."""
        return TICK_S / min(self.desk.pace, 1.0)

    async def ask(self) -> None:
        snapshot = self.snapshot()
        if not snapshot.is_loaded:
            return
        await self._plan(snapshot)
        self._number += 1
        try:
            await self._sample()
        except asyncio.CancelledError:
            for task in self._running.values():
                task.cancel()
            raise
        await self._finish(snapshot)
        if self._number in SIZES_SOON and snapshot.topics.partition_count <= SIZES_SOON_PARTITIONS:
            self.look_at_sizes()

    async def _plan(self, snapshot: ClusterSnapshot) -> None:
        gone: set[str] = set()
        watched = {*self.desk.watched, *self.pinned}
        await in_steps(self.hot.follow(snapshot.topics, watched, gone))
        now = time.monotonic()
        if now - self._tidied_at > IDLE_ROUND_S:
            self._tidied_at = now
            idle = self.hot.drop_idle(now)
            self.on_rest([track.name for track in idle])
            for track in idle:
                self.store.rest(track)
            gone |= await self._vanished(snapshot.topics)
        self.store.forget(gone)
        if self.hot.is_changed:
            self._turns = [await in_steps(shares_of(tracks)) for tracks in self.hot.turns_of()]
        order = [*self.pinned, *sorted(self.hot.visible)]
        sizes = ((name, self.hot.tracks.get(name)) for name in dict.fromkeys(order))
        self.store.partitions.keep([(name, len(track.rates)) for name, track in sizes if track is not None])

    async def _vanished(self, topics: TopicMap) -> set[str]:
        """Topics of which something is kept and that are no more."""
        if topics is self._named:
            return set()
        self._named, self.names = topics, await in_steps(_names(topics))
        return self.store.names() - self.names

    async def _sample(self) -> None:
        """Ask every leader; one that still owes an answer is neither asked again nor waited for."""
        every, *turns = self._turns
        due = [*every, *(turns[self._number % len(turns)] if turns else [])]
        by_leader: dict[int, list[Share]] = {}
        for share in due:
            by_leader.setdefault(share.leader, []).append(share)
        waiting = []
        for leader, shares in by_leader.items():
            if leader not in self._running and not self.lines.to(leader).is_throttled:
                task = asyncio.create_task(self._sample_leader(leader, shares))
                self._running[leader] = task
                waiting.append(task)
        if waiting:
            await asyncio.wait(waiting, timeout=ANSWERS_S)
        for leader, task in list(self._running.items()):
            if task.done():
                del self._running[leader]
                task.result()

    async def _sample_leader(self, leader: int, shares: list[Share]) -> None:
        line, where = self.lines.to(leader), f"broker {leader}"
        refusals: dict[str, int] = {}
        for number, share in enumerate(shares):
            try:
                await share.sample(line)
            except AdapterError as error:
                for unasked in shares[number + 1 :]:
                    unasked.fail()
                self.desk.failed(self.what, where, str(error))
                return
            refusals |= share.refusals
        self.desk.works(self.what, where)
        self._tell_refusals(leader, refusals)

    def _tell_refusals(self, leader: int, refusals: Mapping[str, int]) -> None:
        if any(code in STALE_LEADER for code in refusals.values()):
            self._on_stale_leaders()
        forbidden = sorted(name for name, code in refusals.items() if code in PERMISSION)
        where = f"topics on broker {leader}"
        if forbidden:
            more = f" and {len(forbidden) - 1} more" if len(forbidden) > 1 else ""
            self.desk.failed(self.what, where, f"{forbidden[0]}{more}: needs Describe on the topic")
        else:
            self.desk.works(self.what, where)

    async def _finish(self, snapshot: ClusterSnapshot) -> None:
        at, clock = time.time(), time.monotonic()
        tick_s = self.period_s() * self.desk.pace
        period_s = self.hot.turns * tick_s
        began = self._finished_at if self._finished_at is not None else clock - tick_s
        self._finished_at = clock

        def patience_s(track: Track) -> float:
            return 0.0 if self.hot.is_due_always(track) else period_s + tick_s

        brokers = {broker.id: self._answers(broker.id, broker.state) for broker in snapshot.brokers}
        tick = Tick(at, clock, began, clock - began, patience_s, brokers)
        await in_steps(self.store.finish(tick, self.hot.tracks))
        places = (f"broker {broker}" for broker in brokers)
        self.desk.forget(
            self.what, [p for place in places for p in (place, f"topics on {place}")] + [self.where]
        )
        traffic = [each for _, each in self.desk.traffic()]
        own = self._meter.take(
            sum(each.requests for each in traffic),
            sum(each.bytes_sent + each.bytes_received for each in traffic),
            clock,
        )
        self.view = self.store.view(at, clock, own=own, active_period_s=period_s)
        self.on_view(self.view)

    def _answers(self, broker: int, state: BrokerState) -> bool | None:
        line = self.lines.known.get(broker)
        if state is BrokerState.MISSING:
            if line is not None:
                line.forgive()
            return None
        return line is None or not (line.has_failed or broker in self._running)

    async def take_sizes(self, broker: int, sizes: Mapping[str, Mapping[int, int]]) -> None:
        """The bytes of a broker's replicas, which have just come."""
        tracks = list(self.hot.tracks.values())
        await in_steps(self.store.sizes.observe(broker, sizes, time.monotonic(), tracks))


def _names(topics: TopicMap) -> Steps[set[str]]:
    names: set[str] = set()
    for chunk in topics.chunks:
        names.update(chunk.names)
        yield
    return names
