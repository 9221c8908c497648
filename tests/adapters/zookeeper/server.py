"""A small ZooKeeper on loopback: the protocol as far as a reading client uses it, and ways to misbehave."""

from __future__ import annotations

import asyncio
import ssl
import struct
from types import TracebackType
from typing import Self

from ktui.adapters.addresses import Address
from ktui.adapters.zookeeper.ensemble import Ensemble
from ktui.adapters.zookeeper.wire import NO_AUTH, NO_NODE, Node
from tests.adapters.zookeeper.raw import got_data, got_many, got_names, stat
from tests.adapters.zookeeper.tree import Tree

UNIMPLEMENTED = -6
SRVR = int.from_bytes(b"srvr", "big")
WATCHED = {4: "data", 3: "data", 12: "children"}
EVENTS = {"data": 3, "children": 4}


class FakeServer:
    """Serves a tree. Attributes may be changed while it runs."""

    def __init__(self, tree: Tree, tls: ssl.SSLContext | None = None) -> None:
        self.tree = tree
        self._tls = tls
        self.version: str | None = "3.8.4"
        """What `srvr` says; None: the word is not allowed."""
        self.has_multi_read = True
        self.is_silent = False
        self.expires_sessions = False
        self.opcodes: list[int] = []
        self.auth: list[bytes] = []
        self.connections: list[asyncio.StreamWriter] = []
        self._sessions = 0
        self._serving: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._tls)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        self.drop()
        await asyncio.gather(*self._serving)

    @property
    def ensemble(self) -> Ensemble:
        return Ensemble((Address("127.0.0.1", self._server.sockets[0].getsockname()[1]),))

    def drop(self) -> None:
        """Break every connection."""
        for writer in self.connections:
            writer.close()
        self.connections.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections.append(writer)
        if task := asyncio.current_task():
            self._serving.add(task)
        try:
            (length,) = struct.unpack("!i", await reader.readexactly(4))
            if self.is_silent:
                await reader.read()
            elif length == SRVR:
                writer.write(self._srvr())
            else:
                await self._session(await reader.readexactly(length), reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _srvr(self) -> bytes:
        if self.version is None:
            return b"srvr is not executed because it is not in the whitelist.\n"
        return f"Zookeeper version: {self.version}-9316c2a, built on 2024-02-12\nLatency min/avg/max: 0/0/0\n".encode()

    async def _session(
        self, hello: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        timeout, session = struct.unpack_from("!iq", hello, 12)
        is_expired = self.expires_sessions and session != 0
        self._sessions += 1
        body = struct.pack(
            "!iiqi16sB", 0, 0 if is_expired else timeout, session or self._sessions, 16, b"", 0
        )
        writer.write(struct.pack("!i", len(body)) + body)
        watches: set[tuple[str, str]] = set()

        def fired(kind: str, path: str) -> None:
            trees = [path_of_tree for watched, path_of_tree in watches if watched == "tree"]
            is_in_tree = kind == "data" and any(f"{path}/".startswith(f"{tree}/") for tree in trees)
            if (is_in_tree or (kind, path) in watches) and not writer.is_closing():
                watches.discard((kind, path))
                event = EVENTS[kind] if kind == "children" or path in self.tree.nodes else 2
                encoded = path.encode()
                self._reply(writer, -1, struct.pack("!iii", event, 3, len(encoded)) + encoded)

        self.tree.listeners.append(fired)
        while True:
            (length,) = struct.unpack("!i", await reader.readexactly(4))
            request = await reader.readexactly(length)
            if self.is_silent:
                continue
            if not self._answer(writer, request, watches):
                return

    def _answer(self, writer: asyncio.StreamWriter, request: bytes, watches: set[tuple[str, str]]) -> bool:
        xid, opcode = struct.unpack_from("!ii", request)
        body = request[8:]
        if opcode != 11:
            self.opcodes.append(opcode)
        if opcode == 100:
            self.auth.append(body)
        if opcode in (11, 100, -11):
            self._reply(writer, xid)
            return bool(opcode != -11)
        if opcode == 22:
            self._reply(writer, xid, self._many(body) if self.has_multi_read else b"", self._multi_error)
            return self.has_multi_read
        (length,) = struct.unpack_from("!i", body)
        path = body[4 : 4 + length].decode()
        if opcode == 106:
            watches.add(("tree", path))
            self._reply(writer, xid, struct.pack("!i", 0) if self.has_multi_read else b"", self._multi_error)
            return self.has_multi_read
        watch = body[4 + length]
        found = self._find(path)
        if watch and (not isinstance(found, int) or opcode == 3):
            watches.add((WATCHED[opcode], path))
        if isinstance(found, int):
            self._reply(writer, xid, error=found)
        elif opcode == 12:
            self._reply(writer, xid, got_names(self.tree.names(path)))
        else:
            self._reply(writer, xid, stat(found) if opcode == 3 else got_data(found))
        return True

    @property
    def _multi_error(self) -> int:
        return 0 if self.has_multi_read else UNIMPLEMENTED

    def _find(self, path: str) -> Node | int:
        if path in self.tree.hidden:
            return NO_AUTH
        return self.tree.nodes.get(path, Node(b"", 0, 0, 0) if path == "/" else NO_NODE)

    def _many(self, body: bytes) -> bytes:
        answers: list[Node | int] = []
        offset = 0
        while body[offset + 4] == 0:
            (length,) = struct.unpack_from("!i", body, offset + 9)
            answers.append(self._find(body[offset + 13 : offset + 13 + length].decode()))
            offset += 13 + length + 1
        return got_many(answers)

    def _reply(self, writer: asyncio.StreamWriter, xid: int, body: bytes = b"", error: int = 0) -> None:
        answer = struct.pack("!iqi", xid, self.tree.zxid, error) + body
        writer.write(struct.pack("!i", len(answer)) + answer)
