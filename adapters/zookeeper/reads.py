"""The ways of reading nodes, on top of single questions and raw answers."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final

from ktui.adapters.errors import NoAnswer, NotPermitted, NotSupported
from ktui.adapters.zookeeper.ensemble import Ensemble
from ktui.adapters.zookeeper.port import SessionState
from ktui.adapters.zookeeper.wire import (
    NO_AUTH,
    NO_NODE,
    AddWatch,
    MultiRead,
    Node,
    children_of,
    joined,
    node_of,
)

SINGLE_WINDOW: Final = 100
"""Single reads under way at once where the server has no multiRead; its limit for all clients is 1,000."""
NAMES_AT_ONCE: Final = 10_000


class Reads(ABC):
    """Questions are futures of raw bytes, or of None where there is no such node; their paths are full paths."""

    def __init__(self, ensemble: Ensemble) -> None:
        self._ensemble = ensemble
        self._has_multi_read = False
        """Whether the server is of 3.6 or later, which has both requests that are not kazoo's."""
        self._was_refused = False
        """Whether a server has ended the session because of one of them."""
        self.state = SessionState.CONNECTING

    @abstractmethod
    def _ask_data(self, path: str, *, watch: bool) -> asyncio.Future[bytes | None]: ...

    @abstractmethod
    def _ask_names(self, path: str, *, watch: bool) -> asyncio.Future[bytes | None]: ...

    @abstractmethod
    def _ask_whether(self, path: str, *, watch: bool) -> asyncio.Future[object | None]: ...

    @abstractmethod
    def _ask_many(self, request: MultiRead | AddWatch) -> asyncio.Future[bytes | None]: ...

    async def get(self, path: str, *, watch: bool = False) -> Node | None:
        """A node, None when there is none (a watch then tells of its birth). NotPermitted, NoAnswer."""
        self._need_connection()
        full = self._ensemble.path(path)
        while True:
            answer = await self._ask_data(full, watch=watch)
            if answer is not None:
                return node_of(answer)
            if not watch or await self._ask_whether(full, watch=True) is None:
                return None

    async def children(self, path: str, *, watch: bool = False) -> list[str] | None:
        """The names below a node, None when there is no such node. NotPermitted, NoAnswer."""
        self._need_connection()
        full = self._ensemble.path(path)
        while True:
            answer = await self._ask_names(full, watch=watch)
            if answer is not None:
                return await _names(answer)
            if not watch or await self._ask_whether(full, watch=True) is None:
                return None

    async def read_many(self, paths: Sequence[str]) -> bytes:
        """Data of many nodes in the form of a MultiRead's answer, also from servers that have none. NoAnswer."""
        self._need_connection()
        if not paths:
            return joined(())
        if not self._has_multi_read:
            return await self._read_one_by_one(paths)
        return await self._ask_newer(MultiRead(paths, self._ensemble.chroot))

    async def watch_tree(self, path: str) -> bool:
        """Be told of every change at a path and below; False: this server cannot. NoAnswer."""
        self._need_connection()
        if not self._has_multi_read:
            return False
        await self._ask_newer(AddWatch(self._ensemble.path(path)))
        return True

    async def _ask_newer(self, request: MultiRead | AddWatch) -> bytes:
        try:
            return await self._ask_many(request) or b""
        except NotSupported:
            self._has_multi_read, self._was_refused = False, True
            raise NoAnswer(
                "this ZooKeeper is older than 3.6; its nodes are read one by one from now on"
            ) from None

    async def _read_one_by_one(self, paths: Sequence[str]) -> bytes:
        answers: list[bytes | int] = []
        for first in range(0, len(paths), SINGLE_WINDOW):
            window = paths[first : first + SINGLE_WINDOW]
            answers += await asyncio.gather(*(self._read_one(path) for path in window))
        return joined(answers)

    async def _read_one(self, path: str) -> bytes | int:
        try:
            answer = await self._ask_data(self._ensemble.path(path), watch=False)
        except NotPermitted:
            return NO_AUTH
        return NO_NODE if answer is None else answer

    def _need_connection(self) -> None:
        if self.state is not SessionState.CONNECTED:
            raise NoAnswer("there is no connection to ZooKeeper")


async def _names(answer: bytes) -> list[str]:
    names, offset = children_of(answer, most=NAMES_AT_ONCE)
    more = names
    while len(more) == NAMES_AT_ONCE:
        await asyncio.sleep(0)
        more, offset = children_of(answer, offset, NAMES_AT_ONCE)
        names = names + more
    return names
