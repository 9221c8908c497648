"""A connected socket that is read in large pieces: answers come in small frames, and each would cost system calls."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Sequence
from select import POLLIN, POLLOUT, poll
from typing import Any, Final

PIECE: Final = 1 << 18


class ReadAhead:
    """As much of a socket as a session's thread uses. `pending` tells what can be had without waiting, as TLS does."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._tls = sock if isinstance(sock, ssl.SSLSocket) else None
        self._piece = b""
        self._at = 0

    def recv(self, most: int) -> bytes:
        """Up to so many bytes; b"" at the end. Raises what the socket raises when nothing is there."""
        if self._at == len(self._piece):
            self._piece, self._at = b"", 0
            self._piece = self._sock.recv(max(most, PIECE))
        taken = self._piece[self._at : self._at + most]
        self._at += len(taken)
        return taken

    def pending(self) -> int:
        """Bytes that were read already."""
        return len(self._piece) - self._at + (self._tls.pending() if self._tls else 0)

    def send(self, data: bytes) -> int:
        return self._sock.send(data)

    def setblocking(self, is_blocking: bool) -> None:
        self._sock.setblocking(is_blocking)

    def fileno(self) -> int:
        return self._sock.fileno()

    def close(self) -> None:
        self._sock.close()


def ready(
    readers: Sequence[Any], writers: Sequence[Any], timeout_s: float | None
) -> tuple[list[Any], list[Any]]:
    """Which of them can be used now, by one system call; bytes that were read ahead count as readable."""
    ahead = [reader for reader in readers if isinstance(reader, ReadAhead) and reader.pending()]
    poller = poll()
    for reader in readers:
        poller.register(reader, POLLIN)
    for writer in writers:
        poller.register(writer, POLLOUT)
    numbers = {number for number, _ in poller.poll(0 if ahead else timeout_s and timeout_s * 1000)}
    return (
        [reader for reader in readers if reader in ahead or reader.fileno() in numbers],
        [writer for writer in writers if writer.fileno() in numbers],
    )
