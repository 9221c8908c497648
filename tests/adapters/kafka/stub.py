"""A node that speaks just enough Kafka for tests: ApiVersions, and canned answers by api key."""

from __future__ import annotations

import asyncio
import ssl
import struct
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from ktui.adapters.addresses import Address
from ktui.adapters.kafka.frames import API_VERSIONS

METADATA = 3
CREATE_TOPICS = 19
DESCRIBE_QUORUM = 55
VERSIONS = {
    METADATA: (0, 13),
    1: (4, 18),
    CREATE_TOPICS: (2, 7),
    DESCRIBE_QUORUM: (0, 2),
    17: (0, 1),
    36: (0, 2),
}


@dataclass(frozen=True)
class Asked:
    """One request as it came; `tail` is everything after the correlation id: client id, tags, body."""

    api_key: int
    version: int
    tail: bytes
    connection: int


Answer = Callable[[Asked], bytes | None]
"""The answer after the correlation id; None: be silent."""


@dataclass
class Stub:
    """One listening node; `answers` may be changed while it runs."""

    answers: dict[int, Answer | bytes] = field(default_factory=dict)
    versions: Mapping[int, tuple[int, int]] = field(default_factory=lambda: dict(VERSIONS))
    tls: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)
    address: Address = field(default=Address("127.0.0.1", 1))
    connections: int = 0
    is_hung: bool = False
    """Silent to everything, ApiVersions included."""
    closes_at: int | None = None
    """The api key at which it closes the connection instead of answering."""
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _server: asyncio.Server | None = None

    async def start(self, port: int = 0) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port, ssl=self.tls)
        self.address = Address("127.0.0.1", self._server.sockets[0].getsockname()[1])

    def cut(self) -> None:
        """Close all connections, as a broker does with expired logins."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def stop(self) -> None:
        """Gone: connections closed, port refused."""
        if self._server is not None:
            self._server.close()
        self.cut()
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await asyncio.sleep(0)

    async def restart(self) -> None:
        """Back at the same port."""
        await self.start(self.address.port)

    @property
    def open_connections(self) -> int:
        return len(self._writers)

    def keys(self) -> list[int]:
        """The api keys asked for, ApiVersions left out."""
        return [asked.api_key for asked in self.asked if asked.api_key != API_VERSIONS]

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        task = asyncio.ensure_future(self._serve(reader, writer, self.connections))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int
    ) -> None:
        try:
            while True:
                (size,) = struct.unpack(">i", await reader.readexactly(4))
                frame = await reader.readexactly(size)
                api_key, version, correlation_id = struct.unpack_from(">hhi", frame)
                asked = Asked(api_key, version, frame[8:], connection)
                self.asked.append(asked)
                if api_key == self.closes_at:
                    return
                answer = self._answer(asked)
                if answer is not None:
                    writer.write(struct.pack(">ii", len(answer) + 4, correlation_id) + answer)
                    await writer.drain()
        except (OSError, EOFError):
            pass
        finally:
            self._writers.discard(writer)
            writer.transport.abort()

    def _answer(self, asked: Asked) -> bytes | None:
        if self.is_hung:
            return None
        answer = self.answers.get(asked.api_key)
        if answer is None and asked.api_key == API_VERSIONS:
            return versions_body({API_VERSIONS: (0, 4), **self.versions})
        return answer(asked) if callable(answer) else answer


def versions_body(versions: Mapping[int, tuple[int, int]], error: int = 0) -> bytes:
    """An ApiVersions v0 answer."""
    rows = b"".join(struct.pack(">hhh", key, low, high) for key, (low, high) in versions.items())
    return struct.pack(">hi", error, len(versions)) + rows


@asynccontextmanager
async def running(*stubs: Stub) -> AsyncIterator[None]:
    """Start the stubs, and stop them at the end."""
    for stub in stubs:
        await stub.start()
    try:
        yield
    finally:
        for stub in stubs:
            await stub.stop()


@asynccontextmanager
async def speaking(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], object], tls: ssl.SSLContext | None = None
) -> AsyncIterator[Address]:
    """A port that speaks whatever `serve` does; it closes when that ends."""
    tasks: set[asyncio.Task[None]] = set()

    async def run(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            outcome = serve(reader, writer)
            if asyncio.iscoroutine(outcome):
                await outcome
            await writer.drain()
        except (OSError, EOFError):
            pass
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(run(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls)
    try:
        yield Address("127.0.0.1", server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        await asyncio.sleep(0)
