"""Things that listen on a port and are not what one hopes for."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

CERTIFICATE: Final = Path(__file__).parent / "adapters" / "kafka" / "certificates" / "server.pem"
FIRST_BYTES: Final = 256


class Stranger:
    """Accepts connections on a loopback port, each handed to `treat` on a thread of its own."""

    def __init__(self, treat: Callable[[socket.socket], None], port: int = 0) -> None:
        """`port` 0: any."""
        self._treat = treat
        self._listening = socket.create_server(("127.0.0.1", port))
        self._held: list[socket.socket] = []
        self.connected_at: list[float] = []
        """`time.monotonic()` of every connection."""
        threading.Thread(target=self._accept, name="stranger", daemon=True).start()

    @property
    def address(self) -> str:
        host, port = self._listening.getsockname()
        return f"{host}:{port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        for connection in (self._listening, *self._held):
            connection.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                self.connected_at.append(time.monotonic())
                self._held.append(connection)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            self._treat(connection)


def black_hole() -> Stranger:
    """Accepts and says nothing."""
    return Stranger(lambda connection: None)


def web_server() -> Stranger:
    """Answers as a web server answers what it does not understand."""

    def treat(connection: socket.socket) -> None:
        connection.recv(FIRST_BYTES)
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        connection.close()

    return Stranger(treat)


def tls_server() -> Stranger:
    """Speaks TLS only."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)

    def treat(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(FIRST_BYTES)

    return Stranger(treat)


def closed_port() -> str:
    """An address where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        host, port = listening.getsockname()
    return f"{host}:{port}"


class Forwarder(Stranger):
    """Hands every connection on to another address."""

    def __init__(self, address: str, *, port: int = 0) -> None:
        host, _, there = address.rpartition(":")
        self._there = (host, int(there))
        super().__init__(self._forward, port)

    def _forward(self, connection: socket.socket) -> None:
        onward = socket.create_connection(self._there)
        self._held.append(onward)
        threading.Thread(target=_pump, args=(onward, connection), daemon=True).start()
        _pump(connection, onward)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
    for end in (source, sink):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
