"""What the source asks of a session with ZooKeeper: reading only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Protocol

from ktui.adapters.errors import ConnectFailed
from ktui.adapters.zookeeper.ensemble import Ensemble
from ktui.adapters.zookeeper.wire import Node
from ktui.adapters.zookeeper.zk_config import ZkConfig


class SessionState(StrEnum):
    """From a session's birth to its end."""

    CONNECTING = "connecting"
    """Not connected yet; `failure` says what went wrong so far."""
    CONNECTED = "connected"
    SUSPENDED = "suspended"
    """The connection broke; the same session may come back. Watches are gone."""
    LOST = "lost"
    """The session expired; a new one is being made by itself."""
    ENDED = "ended"
    """Nothing comes any more: closed, or the login was refused."""


class ZkSession(Protocol):
    """One session. Every method that reads raises `NoAnswer` when the connection breaks or is not there.

    Watches fire once; `get` and `children` set them again. A `watch_tree` stays, and tells of every change.
    After SUSPENDED and LOST all are gone.
    """

    @property
    def state(self) -> SessionState: ...

    @property
    def failure(self) -> ConnectFailed | None:
        """Why the last attempt to connect failed; None while connected."""

    @property
    def failed_rounds(self) -> int:
        """How often all addresses have failed since there was a connection."""

    def under_way(self) -> ConnectFailed:
        """What a stuck attempt to connect waits for, as the failure it would be now."""

    @property
    def heard_at(self) -> float | None:
        """`time.monotonic()` of the last answer."""

    def start(self) -> None:
        """Begin to connect, and go on for ever. No I/O on the caller's thread."""

    async def close(self) -> None:
        """End the session; returns in less than 0.5 s whatever the server does."""

    def waiting_since(self) -> float | None:
        """`time.monotonic()` of the oldest question, or of the attempt to connect, that has no answer yet."""

    async def get(self, path: str, *, watch: bool = False) -> Node | None:
        """A node, None when there is none. NotPermitted when an ACL hides it."""

    async def children(self, path: str, *, watch: bool = False) -> list[str] | None:
        """The names below a node, None when there is no such node. NotPermitted when an ACL hides it."""

    async def read_many(self, paths: Sequence[str]) -> bytes:
        """Data of at most some 1,000 nodes in the form that `wire.nodes_of` decodes."""

    async def watch_tree(self, path: str) -> bool:
        """Be told of every change at a path and below; False: this server is older than 3.6 and cannot.

        On this very path no other watch may be set: servers before 3.9 forget the first one then.
        """


OpenSession = Callable[[Ensemble, ZkConfig, Callable[[SessionState], None], Callable[[str], None]], ZkSession]
"""Makes a session that is not started yet; the callbacks tell of states and of the paths of watches that fired."""
