"""One lane to one address: a connection that is opened when needed, and one request at a time on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from ktui.adapters.addresses import Address
from ktui.adapters.errors import ConnectFailed, ConnectionBroke, NoAnswer, NotSupported
from ktui.adapters.kafka.backoff import BackOff
from ktui.adapters.kafka.connection import Connection
from ktui.adapters.kafka.frames import RawRequest
from ktui.adapters.kafka.link import Lane, VersionRange

Open = Callable[[Address, float], Awaitable[Connection]]

_FAIR_CHANCE_S: Final = 0.2
"""An attempt that had less time says nothing about the node."""


@dataclass(slots=True)
class Traffic:
    """What went over the connections of a lane, to all nodes together."""

    connections: int = 0
    requests: int = 0
    bytes_sent: int = 0
    """Request bodies, without headers; so with `bytes_received`."""
    bytes_received: int = 0


@dataclass(frozen=True, slots=True)
class Call:
    """One request and the terms on which it is made."""

    api_key: int
    version: int
    body: bytes
    is_flexible: bool
    deadline: float
    """Loop time."""
    is_urgent: bool = False


class LaneConnection:
    """Opens, uses, renews and closes the connection of one lane."""

    def __init__(
        self, address: Address, lane: Lane, open_: Open, back_off: BackOff, *, traffic: Traffic, idle_s: float
    ) -> None:
        self._address = address
        self._lane = lane
        self._open = open_
        self._back_off = back_off
        self._traffic = traffic
        self._idle_s = idle_s
        self._lock = asyncio.Lock()
        self._connection: Connection | None = None
        self._last_used = 0.0
        self._idle_timer: asyncio.TimerHandle | None = None

    @property
    def is_connected(self) -> bool:
        connection = self._connection
        return connection is not None and connection.is_open and not _is_to_be_renewed(connection)

    async def connect(self, deadline: float, *, is_urgent: bool = False) -> Mapping[int, VersionRange]:
        """The versions of a connection that is there now. Raises ConnectFailed, or NoAnswer when the lane is busy."""
        if self.is_connected and self._connection is not None:
            return self._connection.versions
        async with self._held(deadline):
            return (await self._ready(deadline, is_urgent=is_urgent)).versions

    async def request(self, call: Call) -> bytes:
        """Send and wait; once more when a connection that had been open before turns out to be closed."""
        async with self._held(call.deadline):
            was_open = self.is_connected
            try:
                return await self._exchange(call)
            except ConnectionBroke:
                is_late = asyncio.get_running_loop().time() >= call.deadline
                if is_late or not was_open or self._lane is Lane.ADMIN:
                    raise
            return await self._exchange(call)

    def close(self) -> list[Connection]:
        """Close at once; returns what was open."""
        connection, self._connection = self._connection, None
        if self._idle_timer is not None:
            self._idle_timer.cancel()
            self._idle_timer = None
        if connection is None:
            return []
        connection.abort()
        return [connection]

    @asynccontextmanager
    async def _held(self, deadline: float) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout_at(deadline):
                await self._lock.acquire()
        except TimeoutError:
            raise NoAnswer(f"{self._address}: still busy with an earlier request") from None
        try:
            yield
        finally:
            self._lock.release()

    async def _exchange(self, call: Call) -> bytes:
        connection = await self._ready(call.deadline, is_urgent=call.is_urgent)
        _check_version(connection, call)
        started = asyncio.get_running_loop().time()
        request = RawRequest(call.api_key, call.version, call.body, is_flexible=call.is_flexible)
        is_answered = False
        try:
            async with asyncio.timeout_at(call.deadline):
                answer = await connection.exchange(request)
            is_answered = True
        except TimeoutError:
            waited = asyncio.get_running_loop().time() - started
            raise ConnectionBroke(f"{self._address}: no answer within {waited:.3g} s") from None
        finally:
            self._last_used = asyncio.get_running_loop().time()
            if not is_answered:
                self.close()
        self._traffic.requests += 1
        self._traffic.bytes_sent += len(call.body)
        self._traffic.bytes_received += len(answer)
        return answer

    async def _ready(self, deadline: float, *, is_urgent: bool) -> Connection:
        if self._connection is not None and self.is_connected:
            return self._connection
        self.close()
        if not is_urgent and (error := self._back_off.holds()) is not None:
            raise ConnectFailed(error.address, error.step, error.reason)
        loop = asyncio.get_running_loop()
        left = deadline - loop.time()
        if left <= 0:
            raise NoAnswer(f"{self._address}: no time left to connect")
        try:
            connection = await self._open(self._address, left)
        except ConnectFailed as error:
            if left >= _FAIR_CHANCE_S:
                self._back_off.failed(error)
            raise
        self._back_off.reset()
        self._traffic.connections += 1
        self._connection = connection
        self._last_used = loop.time()
        self._idle_timer = loop.call_later(self._idle_s, self._close_when_idle)
        return connection

    def _close_when_idle(self) -> None:
        loop = asyncio.get_running_loop()
        idle_s = loop.time() - self._last_used
        if self._lock.locked() or idle_s < self._idle_s:
            left = self._idle_s if self._lock.locked() else self._idle_s - idle_s
            self._idle_timer = loop.call_later(left, self._close_when_idle)
        else:
            self.close()


def _is_to_be_renewed(connection: Connection) -> bool:
    return connection.renew_at is not None and asyncio.get_running_loop().time() > connection.renew_at


def _check_version(connection: Connection, call: Call) -> None:
    offered = connection.versions.get(call.api_key)
    if offered is None:
        raise NotSupported(f"{connection.address}: does not know request {call.api_key}")
    if not offered.lowest <= call.version <= offered.highest:
        raise NotSupported(
            f"{connection.address}: takes request {call.api_key} in versions {offered.lowest} to {offered.highest},"
            f" not {call.version}"
        )
