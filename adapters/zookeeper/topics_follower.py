"""Follows the topics: by one watch on their whole tree where the server has such watches, else by reading again.

A watch tells paths only. What changed is collected for a moment and read in bulk, whatever else is under way.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Collection, Iterator
from typing import Final

from ktui.adapters.errors import NotPermitted
from ktui.adapters.zookeeper.changed_topics import ChangedTopics
from ktui.adapters.zookeeper.decode import DELETE_TOPICS, TOPICS
from ktui.adapters.zookeeper.in_order import in_order
from ktui.adapters.zookeeper.pipe import Pipe
from ktui.adapters.zookeeper.port import ZkSession
from ktui.adapters.zookeeper.report import Report, listed
from ktui.adapters.zookeeper.topic_records import NODES_AT_ONCE, Question
from ktui.adapters.zookeeper.topic_store import TopicStore
from ktui.adapters.zookeeper.topic_teller import TopicTeller
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
STEP_S: Final = 0.005
"""Longest the loop is held by decoding."""
GATHER_S: Final = 0.05
"""At least so far apart are two looks at what the watch told of."""
BURST_S: Final = 0.01
"""What one transaction of the controller changed is read together."""
SAFETY_S: Final = 300.0
"""With a watch everything is still read again this often, slowly."""
JITTER_S: Final = 0.3
"""After a break consoles do not all read everything at the same moment."""


class TopicsFollower:
    """Used by one task; `path_changed`, `hurry`, `refresh` and `looked` are set from others of the same loop."""

    def __init__(
        self,
        report: Report,
        period_s: float,
        on_whole: Callable[[], None],
        members_read: Callable[[], Awaitable[None]],
    ) -> None:
        """`members_read`: waits for what happened to brokers, so that it is told before what came of it."""
        self._report = report
        self.period_s = period_s
        self._on_whole = on_whole
        self._members_read = members_read
        self.whole = asyncio.Event()
        """Everything has been read once."""
        self._store = TopicStore()
        self._teller = TopicTeller(report)
        self._wake = asyncio.Event()
        self._lists: set[str] = set()
        self._changed = ChangedTopics()
        self._changes_read_at = 0.0
        self._is_told = False
        """Whether a watch stands on the tree."""
        self._round: Iterator[Question] | None = None
        self._round_at = self._looked_at = 0.0
        self._hurry_until = 0.0
        self._is_first_round = True
        self._unsettled: dict[str, int] = {}
        self.looked: Collection[str] = ()

    def path_changed(self, path: str) -> None:
        """A watch fired."""
        if path in (TOPICS, DELETE_TOPICS):
            self._lists.add(path)
            self._wake.set()
        elif self._is_told and self._changed.note(path):
            self._wake.set()

    def hurry(self) -> None:
        """Something happened that moves leaders: read everything now, and with short pauses for a while."""
        if not self._is_told:
            self._hurry_until = time.monotonic() + HURRY_S
            self.refresh()

    def refresh(self) -> None:
        """Read everything now."""
        self._round_at = 0.0
        self._round = None
        self._is_first_round = True
        self._lists |= {TOPICS, DELETE_TOPICS}
        self._wake.set()

    async def follow(self, session: ZkSession) -> None:
        """Read everything, then what changes. Ends with NoAnswer when the connection breaks."""
        self._is_told = await session.watch_tree(TOPICS)
        self.refresh()
        pipe = Pipe(session)
        try:
            if len(self._store):
                await asyncio.sleep(random.uniform(0, JITTER_S))
            else:
                await self._read_lists(session, pipe)
                self._round_at = time.monotonic()
                self._end_round()
            while True:
                self._wake.clear()
                await self._read_lists(session, pipe)
                await self._read_changed(session, pipe)
                await self._read_looked(pipe)
                pause = await self._read_on(session, pipe)
                if pause:
                    await self._rest(pause)
        finally:
            await pipe.close()

    # -- the lists --------------------------------------------------------------------------------------

    async def _read_lists(self, session: ZkSession, pipe: Pipe) -> None:
        if TOPICS in self._lists:
            self._lists.discard(TOPICS)
            names = await self._children(session, TOPICS, "topics", watch=not self._is_told)
            if names is not None:
                new, gone = self._store.compare(names)
                self._remove(gone)
                await self._add(session, pipe, await in_order(list(new)))
        if DELETE_TOPICS in self._lists:
            self._lists.discard(DELETE_TOPICS)
            deleting = await self._children(session, DELETE_TOPICS, "deletions", watch=True)
            self._teller.tell(self._store.mark_deleting(deleting or ()))

    async def _children(self, session: ZkSession, path: str, what: str, *, watch: bool) -> list[str] | None:
        try:
            names = await session.children(path, watch=watch)
        except NotPermitted as error:
            self._report.fault(what, str(error))
            return None
        is_wanted = names is None and path == TOPICS
        self._report.fault(what, f"{path} does not exist: no Kafka cluster is here" if is_wanted else None)
        return names

    async def _add(self, session: ZkSession, pipe: Pipe, names: list[str]) -> None:
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
                await self._ask(pipe, question)
        await self._take_all(pipe)
        if names:
            self._lists.add(DELETE_TOPICS)

    def _remove(self, names: Collection[str]) -> None:
        self._store.remove(names)
        self._teller.tell((), names)

    # -- what the watch told of -------------------------------------------------------------------------

    async def _read_changed(self, session: ZkSession, pipe: Pipe) -> None:
        if not self._changed:
            return
        if not self._is_first_round:
            await asyncio.sleep(max(BURST_S, self._changes_read_at + GATHER_S - time.monotonic()))
            await self._members_read()
        self._changes_read_at = time.monotonic()
        rows = self._changed.take(NODES_AT_ONCE)
        for question in self._store.questions_of(rows):
            await self._ask(pipe, question)
        await self._take_all(pipe)
        await self._add(session, pipe, [name for name in rows if name not in self._store])
        if not self._is_first_round:
            self._tell_unreadable()
        if self._changed:
            self._wake.set()

    # -- the states -------------------------------------------------------------------------------------

    async def _read_on(self, session: ZkSession, pipe: Pipe) -> float:
        """Ask the next question of the round; gives the pause until the next one."""
        now = time.monotonic()
        period_s = SAFETY_S if self._is_told else self.period_s
        if self._round is None:
            if now < self._round_at + period_s:
                return self._round_at + period_s - now
            self._round = self._store.questions()
            self._round_at = now
            self._lists |= {TOPICS, DELETE_TOPICS} if self._is_told else set()
        question = next(self._round, None)
        if question is None:
            await self._take_all(pipe)
            self._end_round()
            await self._add(
                session, pipe, [name for name in self._store.unreadable if name not in self._store]
            )
            return max(0.0, self._round_at + period_s - time.monotonic())
        await self._ask(pipe, question)
        if self._is_first_round:
            return 0.0
        await self._take_all(pipe)
        is_hurried = now < self._hurry_until
        return (time.monotonic() - now) * (HURRIED_REST if is_hurried else REST)

    def _end_round(self) -> None:
        self._round = None
        self._is_first_round = False
        self._tell_unreadable()
        if self._report.reason("topics") is None:
            self._teller.is_complete = True
        self.whole.set()
        self._on_whole()

    def _tell_unreadable(self) -> None:
        self._report.fault("topic nodes", listed(self._store.unreadable, "topic nodes"))

    async def _read_looked(self, pipe: Pipe) -> None:
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
            await self._ask(pipe, question)
        await self._take_all(pipe)

    def _side_period_s(self) -> float | None:
        if self._is_told:
            return None
        if any(left > 0 for left in self._unsettled.values()):
            return UNSETTLED_S
        return self.period_s if self.looked and self._round is not None else None

    async def _ask(self, pipe: Pipe, question: Question) -> None:
        if pipe.is_full:
            self._take(*await pipe.answer())
        pipe.ask(question)

    async def _take_all(self, pipe: Pipe) -> None:
        while len(pipe):
            self._take(*await pipe.answer())

    def _take(self, question: Question, answer: bytes) -> None:
        outcome = self._store.take(question, answer)
        for record, _, _ in question.spans:
            if record.name in outcome.unsettled:
                self._unsettled.setdefault(record.name, UNSETTLED_TIMES)
            else:
                self._unsettled.pop(record.name, None)
        self._teller.tell_of(outcome)
        if self._is_told:
            for name, rows in outcome.missing.items():
                self._changed.add(name, rows)
        if outcome.vanished:
            if self._is_told:
                self._remove(outcome.vanished)
            else:
                self._lists.add(TOPICS)

    async def _rest(self, pause: float) -> None:
        side_period_s = self._side_period_s()
        try:
            async with asyncio.timeout(pause if side_period_s is None else min(pause, side_period_s)):
                await self._wake.wait()
        except TimeoutError:
            pass
