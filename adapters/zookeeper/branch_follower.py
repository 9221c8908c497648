"""Follows a branch: by watches on its trees where the server has such watches, else by what brokers announce there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Final

from ktui.adapters.errors import AdapterError, NoAnswer, NotPermitted
from ktui.adapters.zookeeper.branch import Branch
from ktui.adapters.zookeeper.decode import UnreadableNode
from ktui.adapters.zookeeper.port import ZkSession
from ktui.adapters.zookeeper.report import Report, listed
from ktui.adapters.zookeeper.wire import NO_AUTH, Node, nodes_of

AT_ONCE: Final = 500
REST: Final = 4.0
"""Pause after a question while everything is read, in durations of that question."""
GATHER_S: Final = 0.02
FORGOTTEN_S: Final = 300.0
"""Everything is read again this often where brokers announce nothing."""


class BranchFollower:
    """Used by one task of the source. What is there at the first look is no change and is not told."""

    def __init__(self, report: Report, branch: Branch, after: asyncio.Event) -> None:
        """`after`: there is something more urgent, which is read first."""
        self._report = report
        self._branch = branch
        self._after = after
        self._wake = asyncio.Event()
        self._is_told = False
        self._must_read_all = True
        self._has_read = False
        self._changed: dict[str, None] = {}
        self._hidden: dict[str, None] = {}
        self._unreadable: dict[str, str] = {}

    def path_changed(self, path: str) -> None:
        """A watch fired."""
        if self._is_told and self._branch.covers(path):
            self._changed[path] = None
            self._wake.set()
        elif path in self._branch.announced_at:
            self._must_read_all = True
            self._wake.set()

    def refresh(self) -> None:
        """Read everything now."""
        self._must_read_all = True
        self._wake.set()

    async def follow(self, session: ZkSession) -> None:
        """Read everything, then what changes. Ends with NoAnswer when the connection breaks."""
        self._is_told = all([await session.watch_tree(root) for root in self._branch.roots])
        self._must_read_all = True
        await self._after.wait()
        while True:
            self._wake.clear()
            try:
                await self._read(session)
                reason = self._reason()
            except NoAnswer:
                raise
            except AdapterError as error:
                reason = str(error)
            self._report.fault(self._branch.what, reason)
            try:
                async with asyncio.timeout(None if self._is_told else FORGOTTEN_S):
                    await self._wake.wait()
            except TimeoutError:
                self._must_read_all = True
            await asyncio.sleep(GATHER_S)

    async def _read(self, session: ZkSession) -> None:
        if not self._is_told:
            for path in self._branch.announced_at:
                await session.children(path, watch=True)
        if self._must_read_all:
            self._must_read_all = False
            await self._read_all(session)
        changed, self._changed = list(self._changed), {}
        await self._read_some(session, changed)

    async def _read_all(self, session: ZkSession) -> None:
        self._hidden.clear()

        async def names(path: str) -> Iterable[str]:
            try:
                return await session.children(path) or ()
            except NotPermitted:
                self._hidden[path] = None
                return ()

        paths = dict.fromkeys(await self._branch.paths(names))
        gone = [path for path in self._branch.held() if path not in paths]
        every = [*paths, *gone]
        for first in range(0, len(every), AT_ONCE):
            began = time.monotonic()
            await self._read_some(session, every[first : first + AT_ONCE])
            await asyncio.sleep((time.monotonic() - began) * REST)
        self._has_read = True

    async def _read_some(self, session: ZkSession, paths: list[str]) -> None:
        if not paths:
            return
        answers = zip(paths, nodes_of(await session.read_many(paths)), strict=True)
        for path, node in sorted(answers, key=lambda answer: answer[1].mzxid):
            self._take(path, node)

    def _take(self, path: str, node: Node) -> None:
        self._unreadable.pop(path, None)
        if node.error == NO_AUTH:
            self._hidden[path.rpartition("/")[0]] = None
            return
        try:
            events = self._branch.take(path, node)
        except UnreadableNode as error:
            self._unreadable[path] = str(error)
            return
        if events and self._has_read:
            self._report.tell(*events)

    def _reason(self) -> str | None:
        if self._hidden:
            return f"changes are not seen: an ACL of ZooKeeper hides {', '.join(self._hidden)}"
        return listed(self._unreadable, "nodes")
