"""Follows the topics: new and deleted ones by watches, the states of partitions by reading them again and again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Iterator
from heapq import merge
from itertools import islice
from typing import Final

from ktui.adapters.errors import NotPermitted
from ktui.adapters.events import TopicsReplaced, TopicState
from ktui.adapters.zookeeper.decode import DELETE_TOPICS, TOPICS
from ktui.adapters.zookeeper.port import ZkSession
from ktui.adapters.zookeeper.report import Report, listed, stamp
from ktui.adapters.zookeeper.topic_store import Question, TopicStore
from ktui.adapters.zookeeper.wire import nodes_of

REST: Final = 9.0
"""Pause after a question, in durations of that question: a long round takes a tenth of one core of a server."""
HURRIED_REST: Final = 1.0
HURRY_S: Final = 5.0
"""After the brokers or the controller changed, leaders move for a while."""
LOOK_NODES: Final = 2_000
"""Most that is read besides the round for the topics on screen."""
UNSETTLED_S: Final = 0.25
UNSETTLED_TIMES: Final = 20
NEW_AT_ONCE: Final = 400
NAMES_AT_ONCE: Final = 10_000
STEP_S: Final = 0.005
"""Longest the loop is held by decoding."""


class TopicsFollower:
    """Used by one task; `changed`, `hurry`, `refresh` and `looked` are set from others of the same loop."""

    def __init__(self, report: Report, period_s: float, on_whole: Callable[[], None]) -> None:
        self._report = report
        self.period_s = period_s
        self._on_whole = on_whole
        self._store = TopicStore()
        self._wake = asyncio.Event()
        self._dirty: set[str] = set()
        self._round: Iterator[Question] | None = None
        self._round_at = self._looked_at = 0.0
        self._hurry_until = 0.0
        self._is_complete = False
        self._is_first_round = True
        self._unsettled: dict[str, int] = {}
        self.looked: Collection[str] = ()

    def path_changed(self, path: str) -> None:
        """A watch fired."""
        if path in (TOPICS, DELETE_TOPICS):
            self._dirty.add(path)
            self._wake.set()

    def hurry(self) -> None:
        """Something happened that moves leaders: read everything now, and with short pauses for a while."""
        self._hurry_until = time.monotonic() + HURRY_S
        self.refresh()

    def refresh(self) -> None:
        """Read everything now."""
        self._round_at = 0.0
        self._round = None
        self._is_first_round = True
        self._wake.set()

    async def follow(self, session: ZkSession) -> None:
        """Read everything, then what changes. Ends with NoAnswer when the connection breaks."""
        self._dirty |= {TOPICS, DELETE_TOPICS}
        self.refresh()
        if not len(self._store):
            await self._read_lists(session)
            self._round_at = time.monotonic()
            self._end_round()
        while True:
            self._wake.clear()
            await self._read_lists(session)
            await self._read_looked(session)
            pause = await self._read_on(session)
            if pause:
                await self._rest(pause)

    # -- the lists --------------------------------------------------------------------------------------

    async def _read_lists(self, session: ZkSession) -> None:
        if TOPICS in self._dirty:
            self._dirty.discard(TOPICS)
            names = await self._children(session, TOPICS, "topics")
            if names is not None:
                new, gone = self._store.compare(names)
                self._store.remove(gone)
                self._tell((), gone)
                await self._add(session, await _in_order(list(new)))
                self._dirty.add(DELETE_TOPICS)
        if DELETE_TOPICS in self._dirty:
            self._dirty.discard(DELETE_TOPICS)
            deleting = await self._children(session, DELETE_TOPICS, "deletions")
            self._tell(self._store.mark_deleting(deleting or ()))

    async def _children(self, session: ZkSession, path: str, what: str) -> list[str] | None:
        try:
            names = await session.children(path, watch=True)
        except NotPermitted as error:
            self._report.fault(what, str(error))
            return None
        is_wanted = names is None and path == TOPICS
        self._report.fault(what, f"{path} does not exist: no Kafka cluster is here" if is_wanted else None)
        return names

    async def _add(self, session: ZkSession, names: list[str]) -> None:
        for first in range(0, len(names), NEW_AT_ONCE):
            some = names[first : first + NEW_AT_ONCE]
            nodes = nodes_of(await session.read_many([f"{TOPICS}/{name}" for name in some]))
            pause_at = time.monotonic() + STEP_S
            for name, node in zip(some, nodes, strict=True):
                self._store.add(name, node)
                if time.monotonic() > pause_at:
                    await asyncio.sleep(0)
                    pause_at = time.monotonic() + STEP_S
            is_last = first + NEW_AT_ONCE >= len(names)
            for question in self._store.unread(with_last=is_last):
                await self._read(session, question)

    # -- the states -------------------------------------------------------------------------------------

    async def _read_on(self, session: ZkSession) -> float:
        """Ask the next question of the round; gives the pause until the next one."""
        now = time.monotonic()
        if self._round is None:
            if now < self._round_at + self.period_s:
                return self._round_at + self.period_s - now
            self._round = self._store.questions()
            self._round_at = now
        question = next(self._round, None)
        if question is None:
            self._end_round()
            await self._add(session, [name for name in self._store.unreadable if name not in self._store])
            return max(0.0, self._round_at + self.period_s - time.monotonic())
        await self._read(session, question)
        if self._is_first_round:
            return 0.0
        is_hurried = now < self._hurry_until
        return (time.monotonic() - now) * (HURRIED_REST if is_hurried else REST)

    def _end_round(self) -> None:
        self._round = None
        self._is_first_round = False
        self._report.fault("topic nodes", listed(self._store.unreadable, "topic nodes"))
        if not self._is_complete and self._report.reason("topics") is None:
            self._is_complete = True
            self._report.tell(TopicsReplaced(stamp(), (), is_complete=True))
        self._on_whole()

    async def _read_looked(self, session: ZkSession) -> None:
        """The topics on screen and those that are just being made, in the pauses of a long round."""
        now = time.monotonic()
        due = self._side_period_s()
        if due is None or now < self._looked_at + due:
            return
        self._looked_at = now
        young = [name for name, left in self._unsettled.items() if left > 0]
        self._unsettled.update((name, self._unsettled[name] - 1) for name in young)
        names = dict.fromkeys((*young, *self.looked))
        for question in self._store.questions_for(names, LOOK_NODES):
            await self._read(session, question)

    def _side_period_s(self) -> float | None:
        if any(left > 0 for left in self._unsettled.values()):
            return UNSETTLED_S
        return self.period_s if self.looked and self._round is not None else None

    async def _read(self, session: ZkSession, question: Question) -> None:
        answer = await session.read_many(question.paths())
        outcome = self._store.take(question, answer)
        if outcome.has_vanished:
            self._dirty.add(TOPICS)
        for record, _, _ in question.spans:
            if record.name in outcome.unsettled:
                self._unsettled.setdefault(record.name, UNSETTLED_TIMES)
            else:
                self._unsettled.pop(record.name, None)
        self._tell(outcome.changed)

    def _tell(self, changed: Collection[TopicState] = (), removed: Collection[str] = ()) -> None:
        if changed or removed:
            self._report.tell(
                TopicsReplaced(stamp(), list(changed), list(removed), is_complete=self._is_complete)
            )

    async def _rest(self, pause: float) -> None:
        side_period_s = self._side_period_s()
        try:
            async with asyncio.timeout(pause if side_period_s is None else min(pause, side_period_s)):
                await self._wake.wait()
        except TimeoutError:
            pass


async def _in_order(names: list[str]) -> list[str]:
    """Sorted in slices: one call over 100,000 names would hold every thread."""
    slices: list[list[str]] = []
    for first in range(0, len(names), NAMES_AT_ONCE):
        slices.append(sorted(names[first : first + NAMES_AT_ONCE]))
        await asyncio.sleep(0)
    if len(slices) < 2:
        return slices[0] if slices else []
    merged, ordered = merge(*slices), list[str]()
    while more := list(islice(merged, NAMES_AT_ONCE)):
        ordered += more
        await asyncio.sleep(0)
    return ordered
