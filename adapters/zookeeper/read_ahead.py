"""A connected socket that is read in large pieces: answers come in small frames, and each would cost system calls."""

from __future__ import annotations

import socket
import ssl
from typing import Final

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
