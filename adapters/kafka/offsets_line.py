"""End offsets of one broker: one request at a time, each answer with the moment at which it came."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

from ktui.adapters.addresses import Address
from ktui.adapters.errors import AdapterError
from ktui.adapters.kafka.link import Lane, Link
from ktui.adapters.kafka.offsets_wire import API_KEY, Entry, encode, form_of, version_for

ANSWER_S: Final = 2.0
REMEMBERED_S: Final = 15.0
"""So long a failure counts when nothing else is asked."""


class Links(Protocol):
    """The part of `BrokerPool` that is used here."""

    def link(self, node: int | Address, lane: Lane, *, timeout_s: float) -> Link: ...


class Told(NamedTuple):
    """An answer, not read yet."""

    data: bytes
    version: int
    at: float
    """`time.monotonic()` when it came."""


@dataclass(slots=True)
class Request:
    """Partitions of one leader; the bytes are made once for each version that is needed."""

    entries: tuple[Entry, ...]
    _bodies: dict[int, bytes] = field(default_factory=dict)

    def body(self, version: int) -> bytes:
        body = self._bodies.get(version)
        if body is None:
            body = self._bodies[version] = encode(version, self.entries)
        return body


class Line:
    """Requests to one broker wait for each other. What it does not answer, costs only its own partitions."""

    def __init__(self, pool: Links, broker: int, *, timeout_s: float = ANSWER_S) -> None:
        self.broker = broker
        self.error: AdapterError | None = None
        """Why the last request had no answer; None: it had."""
        self.bytes = 0
        """Requests and answers together."""
        self._link = pool.link(broker, Lane.OFFSETS, timeout_s=timeout_s)
        self._lock = asyncio.Lock()
        self._quiet_until = 0.0
        self._failed_at = 0.0

    @property
    def is_throttled(self) -> bool:
        """Whether the broker asked to be left alone for a while."""
        return time.monotonic() < self._quiet_until

    @property
    def has_failed(self) -> bool:
        """Whether the last request had no answer, a short while ago."""
        return self.error is not None and time.monotonic() - self._failed_at < REMEMBERED_S

    def forgive(self) -> None:
        """The broker is known to be gone: what it did not answer says nothing about its return."""
        self.error = None

    async def ask(self, request: Request) -> Told:
        """AdapterError, which is kept as well."""
        async with self._lock:
            try:
                version = version_for((await self._link.versions()).get(API_KEY))
                body = request.body(version)
                data = await self._link.request(
                    API_KEY, version, body, is_flexible=form_of(version).is_flexible
                )
            except AdapterError as error:
                self.error, self._failed_at = error, time.monotonic()
                raise
            at = time.monotonic()
        self.error = None
        self.bytes += len(body) + len(data)
        return Told(data, version, at)

    def wait(self, throttle_ms: int) -> None:
        """The broker asks to be left alone for so long."""
        if throttle_ms > 0:
            self._quiet_until = time.monotonic() + throttle_ms / 1000


class Lines:
    """One for each broker, made when it is first used."""

    def __init__(self, pool: Links) -> None:
        self._pool = pool
        self._lines: dict[int, Line] = {}

    def to(self, broker: int) -> Line:
        line = self._lines.get(broker)
        if line is None:
            line = self._lines[broker] = Line(self._pool, broker)
        return line

    @property
    def known(self) -> Mapping[int, Line]:
        return self._lines
