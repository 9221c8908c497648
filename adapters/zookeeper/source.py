"""The source that learns of a ZooKeeper-mode cluster from its ZooKeeper. It only reads.

Watches stand on the few fixed nodes and on whole trees; what they tell of is read in bulk.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Coroutine
from typing import Any, Final, NoReturn, Protocol

from ktui.adapters.errors import AdapterError, NoAnswer
from ktui.adapters.events import Gap, SourceName
from ktui.adapters.ports import Sink
from ktui.adapters.zookeeper.acl_branch import AclBranch
from ktui.adapters.zookeeper.branch_follower import BranchFollower
from ktui.adapters.zookeeper.config_branch import ConfigBranch
from ktui.adapters.zookeeper.decode import DELETE_TOPICS
from ktui.adapters.zookeeper.ensemble import Ensemble
from ktui.adapters.zookeeper.feature_branch import FeatureBranch
from ktui.adapters.zookeeper.members_follower import MembersFollower
from ktui.adapters.zookeeper.port import OpenSession, SessionState, ZkSession
from ktui.adapters.zookeeper.report import Report, stamp
from ktui.adapters.zookeeper.session import KazooSession
from ktui.adapters.zookeeper.topics_follower import TopicsFollower
from ktui.adapters.zookeeper.zk_config import NO_ZK_CONFIG, ZkConfig

CONNECTION: Final = "connection"
SILENT_S: Final = 3.0
"""So long a question may be open before its silence is a fault."""
LOOK_S: Final = 0.25
AGAIN_S: Final = 1.0
PERIOD_S: Final = 1.0


class Follower(Protocol):
    """One part of the cluster."""

    async def follow(self, session: ZkSession) -> None: ...

    def path_changed(self, path: str) -> None: ...

    def refresh(self) -> None: ...


class _Link:
    """Whether there is a connection, and the work that ends with it."""

    def __init__(self) -> None:
        self.connected = asyncio.Event()
        self.following: set[asyncio.Task[None]] = set()

    def set(self, is_connected: bool) -> None:
        if is_connected:
            self.connected.set()
            return
        self.connected.clear()
        for task in self.following:
            task.cancel()


class ZooKeeperSource:
    """A `Source`; `run` goes on through dead servers, lost sessions and refusals."""

    name = SourceName.ZOOKEEPER

    def __init__(
        self,
        ensemble: Ensemble,
        config: ZkConfig = NO_ZK_CONFIG,
        *,
        security_protocol: str = "PLAINTEXT",
        open_session: OpenSession = KazooSession,
    ) -> None:
        """No I/O. `security_protocol` is the one for brokers: it chooses which of their listeners is shown."""
        self._ensemble = ensemble
        self._config = config
        self._protocol = security_protocol
        self._open_session = open_session
        self._session: ZkSession | None = None
        self._report: Report | None = None
        self._followers: tuple[Follower, ...] = ()
        self._topics: TopicsFollower | None = None
        self._looked: Collection[str] = ()
        self._period_s = PERIOD_S
        self._heard_at: float | None = None
        self._must_reread: set[str] = set()
        self._was_lost = False
        self._has_read = False
        """Whether anything was told that can be stale."""

    # -- ports.Source -----------------------------------------------------------------------------------

    async def run(self, sink: Sink) -> None:
        """Tell of the cluster until cancelled."""
        self._report = Report(sink)
        members = MembersFollower(
            self._report, self._protocol, self._hurry, lambda: self._is_whole("members")
        )
        topics = TopicsFollower(
            self._report, self._period_s, lambda: self._is_whole("topics"), members.have_been_read
        )
        topics.looked, self._topics = self._looked, topics
        branches = (ConfigBranch(), AclBranch(), FeatureBranch())
        others = (BranchFollower(self._report, branch, topics.whole) for branch in branches)
        self._followers = (members, topics, *others)
        while True:
            await self._one_session(self._report)
            await asyncio.sleep(AGAIN_S)

    def look_at(self, topics: Collection[str]) -> None:
        """These are read every period, however long a round of all topics takes."""
        self._looked = tuple(topics)
        if self._topics is not None:
            self._topics.looked = self._looked

    def refresh(self) -> None:
        """Read everything now."""
        for follower in self._followers:
            follower.refresh()

    def pace(self, factor: float) -> None:
        """Stretch (above 1) or shorten (below 1) the period of reading."""
        self._period_s = PERIOD_S * factor
        if self._topics is not None:
            self._topics.period_s = self._period_s

    def heard_at(self) -> float | None:
        """`time.monotonic()` of the last answer."""
        if self._session is not None and self._session.heard_at is not None:
            self._heard_at = self._session.heard_at
        return self._heard_at

    def last_error(self) -> str | None:
        """One sentence while ZooKeeper does not answer."""
        return self._report.reason(CONNECTION) if self._report is not None else None

    async def pending_deletions(self) -> Collection[str] | None:
        """Topics that are marked for deletion now; None while that cannot be read."""
        try:
            return None if self._session is None else await self._session.children(DELETE_TOPICS) or []
        except AdapterError:
            return None

    # -- one session ------------------------------------------------------------------------------------

    async def _one_session(self, report: Report) -> None:
        """Until a session ends for good: kazoo makes new ones itself, except after a refused login."""
        link = _Link()
        ended = asyncio.Event()

        def on_state(state: SessionState) -> None:
            link.set(state is SessionState.CONNECTED)
            if state is SessionState.ENDED:
                ended.set()
            self._note_state(state)

        session = self._open_session(self._ensemble, self._config, on_state, self._path_changed)
        self._session = session
        session.start()
        parts: list[Coroutine[Any, Any, object]] = [self._keep(f, session, link) for f in self._followers]
        tasks = [asyncio.create_task(part) for part in (*parts, self._watch_over(session), ended.wait())]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            self.heard_at()
            await session.close()
            await asyncio.gather(*tasks, return_exceptions=True)
        self._judge(session)

    async def _keep(self, follower: Follower, session: ZkSession, link: _Link) -> NoReturn:
        """Follow as long as there is a connection, and begin again with the next: its watches are gone."""
        while True:
            await link.connected.wait()
            task = asyncio.create_task(follower.follow(session))
            link.following.add(task)
            try:
                await asyncio.wait([task])
            finally:
                link.following.discard(task)
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            error = None if task.cancelled() else task.exception()
            if isinstance(error, NoAnswer):
                await asyncio.sleep(LOOK_S)
            elif isinstance(error, AdapterError) and self._report is not None:
                self._report.fault("answers", str(error))
                await asyncio.sleep(AGAIN_S)
            elif error is not None:
                raise error

    async def _watch_over(self, session: ZkSession) -> NoReturn:
        while True:
            self._judge(session)
            await asyncio.sleep(LOOK_S)

    def _hurry(self) -> None:
        if self._topics is not None:
            self._topics.hurry()

    def _path_changed(self, path: str) -> None:
        for follower in self._followers:
            follower.path_changed(path)

    def _note_state(self, state: SessionState) -> None:
        if state in (SessionState.SUSPENDED, SessionState.LOST, SessionState.ENDED):
            self._must_reread |= {"members", "topics"} if self._has_read else set()
        if state is SessionState.LOST:
            self._was_lost = True
        if self._session is not None:
            self._judge(self._session)

    def _is_whole(self, part: str) -> None:
        """A follower has read all of its part since the connection is there."""
        self._has_read = True
        self._must_reread.discard(part)
        if self._report is None or self._must_reread:
            return
        if self._session is not None:
            self._judge(self._session)
        self._report.fault("answers", None)
        if self._was_lost:
            self._was_lost = False
            self._report.tell(
                Gap(stamp(), "the session with ZooKeeper was lost and everything was read again")
            )

    def _judge(self, session: ZkSession) -> None:
        """The fault of the connection as it is now; it blocks: whatever this source told is stale meanwhile."""
        if self._report is not None:
            self._report.fault(CONNECTION, self._connection_reason(session), blocks=True)

    def _connection_reason(self, session: ZkSession) -> str | None:
        since = session.waiting_since()
        is_silent = since is not None and time.monotonic() - since > SILENT_S
        if session.state is SessionState.CONNECTED:
            if is_silent:
                return "ZooKeeper does not answer; its values are stale"
            held = self._report.reason(CONNECTION) if self._report else None
            return held if self._must_reread else None
        failure = str(session.failure) if session.failure else None
        if self._has_read:
            return "ZooKeeper does not answer; its values are stale" + (f" ({failure})" if failure else "")
        if failure is None and is_silent:
            return str(session.under_way())
        return failure
