"""Keeps the groups that are looked at fresh; each coordinator and each leader at its own pace, and nothing unasked."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from functools import partial
from typing import Final

from ktui.adapters.groups.book import GroupBook
from ktui.adapters.groups.model import GroupListed, PartKey
from ktui.adapters.groups.readers import ReadersSoFar
from ktui.adapters.groups.view import NOTHING, GroupsView, Wanted
from ktui.adapters.kafka.asks.list_groups import list_groups
from ktui.adapters.kafka.groups.ends import Parts, by_leader, end_offsets
from ktui.adapters.kafka.groups.jobs import Job, Jobs, Kind
from ktui.adapters.kafka.groups.reading import AT_ONCE, batches, read_groups, readers_among
from ktui.adapters.kafka.link import Lane, Link
from ktui.adapters.kafka.offsets_line import Links
from ktui.adapters.model import BrokerState, ClusterSnapshot, Fault

LIST_S: Final = 10.0
GROUPS_S: Final = 5.0
READERS_S: Final = 60.0
ANSWER_S: Final = 5.0
STEP_S: Final = 0.25


class GroupWatch:
    """`snapshot` gives the newest picture of the cluster; `view` is what is known of groups."""

    def __init__(self, pool: Links, snapshot: Callable[[], ClusterSnapshot] = ClusterSnapshot) -> None:
        self.snapshot = snapshot
        self.pace = 1.0
        self._pool = pool
        self._book = GroupBook()
        self._wanted = NOTHING
        self._woken = asyncio.Event()
        self._jobs = Jobs(self._failed, self._done)
        self._asked: dict[int, set[str]] = {}
        """The groups that each coordinator has been asked about in this period."""
        self._ends: dict[int, tuple[set[str], set[PartKey]]] = {}
        """Groups and partitions whose ends are to be asked of each leader."""
        self._readers: ReadersSoFar | None = None

    @property
    def view(self) -> GroupsView:
        return self._book.view

    def look_at(self, wanted: Wanted) -> None:
        """What is on screen now."""
        if wanted.topic != self._wanted.topic:
            self._readers = None if wanted.topic is None else ReadersSoFar(wanted.topic)
            self._book.take_readers(None)
            self._jobs.forget(Kind.READERS)
        self._wanted = wanted
        self._woken.set()

    def refresh(self) -> None:
        """Ask for everything that is looked at, now."""
        self._jobs.forget(*Kind)
        self._woken.set()

    async def run(self) -> None:
        """Until it is cancelled; asks nothing while nothing is wanted."""
        try:
            while True:
                self._woken.clear()
                self._step()
                try:
                    async with asyncio.timeout(None if self._wanted.is_nothing else STEP_S):
                        await self._woken.wait()
                except TimeoutError:
                    continue
        finally:
            self._jobs.stop()

    def _step(self) -> None:
        wanted = self._wanted
        if wanted.is_nothing:
            return
        for broker in self._brokers():
            if self._is_due(Job(Kind.LIST, broker), LIST_S):
                self._jobs.start(Job(Kind.LIST, broker), partial(self._list, broker))
            self._step_groups(broker)
            self._step_readers(broker)
        self._step_ends()

    def _step_groups(self, broker: int) -> None:
        job = Job(Kind.GROUPS, broker)
        if self._jobs.is_running(job):
            return
        some = self._in_sight(broker)
        asked = self._asked.setdefault(broker, set())
        if self._is_due(job, GROUPS_S):
            asked.clear()
        new = [group for group in some if group.name not in asked]
        if new:
            asked.update(group.name for group in new)
            self._jobs.start(job, partial(self._read, broker, new))

    def _step_readers(self, broker: int) -> None:
        job, readers = Job(Kind.READERS, broker), self._readers
        if readers is not None and self._book.has_list(broker) and self._is_due(job, READERS_S):
            self._jobs.start(job, partial(self._find, broker, readers))

    def _step_ends(self) -> None:
        for leader in list(self._ends):
            job = Job(Kind.ENDS, leader)
            if not self._jobs.is_running(job):
                names, keys = self._ends.pop(leader)
                self._jobs.start(job, partial(self._ask_ends, leader, names, keys))

    def _is_due(self, job: Job, period_s: float) -> bool:
        return not self._jobs.is_running(job) and self._jobs.age_s(job) >= period_s * max(1.0, self.pace)

    def _brokers(self) -> list[int]:
        return [b.id for b in self.snapshot().brokers if b.state is not BrokerState.MISSING]

    def _in_sight(self, broker: int) -> list[GroupListed]:
        known = (self.view.by_name.get(name) for name in sorted(self._wanted.groups))
        return [group for group in known if group is not None and group.coordinator == broker]

    def _link(self, broker: int) -> Link:
        return self._pool.link(broker, Lane.GROUPS, timeout_s=ANSWER_S)

    # How they end

    def _done(self, job: Job) -> None:
        self._book.clear_fault(job.kind, f"broker {job.broker}")
        self._woken.set()

    def _failed(self, job: Job, reason: str) -> None:
        fault = Fault(job.kind, f"broker {job.broker}", reason, time.time())
        if job.kind is Kind.LIST:
            self._book.fail_list(job.broker, fault, self._brokers())
        else:
            self._book.put_fault(fault)
        self._woken.set()

    # The questions

    async def _list(self, broker: int) -> None:
        groups = await list_groups(self._link(broker), broker)
        self._book.take_list(broker, groups, self._brokers())

    async def _read(self, broker: int, groups: list[GroupListed]) -> None:
        told = await read_groups(self._link(broker), groups)
        now = time.time()
        keys: set[PartKey] = set()
        for name, one in told.items():
            self._book.take_group(name, one.seen, one.offsets, one.reason, now)
            keys |= self._book.keys_of(name)
        if any(one.has_moved for one in told.values()):
            self._jobs.forget(Kind.LIST)
        for leader, parts in by_leader(self.snapshot().topics, keys).items():
            names, waiting = self._ends.setdefault(leader, (set(), set()))
            names.update(told)
            waiting.update(_keys(parts))

    async def _ask_ends(self, leader: int, names: Collection[str], keys: Collection[PartKey]) -> None:
        parts = by_leader(self.snapshot().topics, keys).get(leader, {})
        self._book.take_ends(names, await end_offsets(self._pool, leader, parts), keys)

    async def _find(self, broker: int, readers: ReadersSoFar) -> None:
        known = self.snapshot().topics.get(readers.topic)
        indexes = range(0 if known is None else known.partition_count)
        readers.begin(broker)
        for some in batches(self._book.coordinated_by(broker), AT_ONCE):
            found, reason = await readers_among(self._link(broker), some, readers.topic, indexes)
            if readers is not self._readers:
                return
            readers.add(broker, len(some), found, reason)
            self._tell(readers)
        readers.end(broker)
        self._tell(readers)

    def _tell(self, readers: ReadersSoFar) -> None:
        counts = {broker: len(self._book.coordinated_by(broker)) for broker in self._brokers()}
        self._book.take_readers(readers.told(counts))


def _keys(parts: Parts) -> set[PartKey]:
    return {(name, index) for name, indexes in parts.items() for index in indexes}
