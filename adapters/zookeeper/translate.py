"""ZooKeeper's error codes to the errors of this program.

Source: `KeeperException.Code` of ZooKeeper.
"""

from __future__ import annotations

from typing import Final

from ktui.adapters.errors import AdapterError, BadAnswer, NoAnswer, NotPermitted, NotSupported, Refused
from ktui.adapters.zookeeper.wire import NO_AUTH, UNIMPLEMENTED

CONNECTION_CODES: Final = frozenset({-4, -7, -112, -115, -116, -118, -119})
"""Connection loss, time-out, session expired, login failed, closing, session moved, not read-only."""


def translated(error: Exception, path: str, *, is_zookeepers: bool) -> AdapterError:
    """`error` has a `code` when a server sent it; else it is the client's own, or a bug met in an answer."""
    code: int | None = getattr(error, "code", None)
    if code == NO_AUTH:
        return NotPermitted(NO_AUTH, "NO_AUTH", f"{path} is hidden by an ACL of ZooKeeper")
    if code == UNIMPLEMENTED:
        return NotSupported("this ZooKeeper does not know the request")
    if code is None and not is_zookeepers:
        return BadAnswer(f"ZooKeeper's answer is not what its protocol says: {error!r}")
    if code is None or code in CONNECTION_CODES:
        return NoAnswer("the connection to ZooKeeper broke")
    return Refused(code, type(error).__name__, f"ZooKeeper answered {type(error).__name__} for {path}")
