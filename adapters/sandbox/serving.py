"""Whether a node serves, by the cheapest question its kind answers. Standard library only."""

from __future__ import annotations

import socket
import struct
from typing import Final

from ktui.adapters.sandbox.spec import HOST

_TIMEOUT_S: Final = 1.0
_METADATA_V1_OF_NO_TOPIC: Final = struct.pack(">hhih4si", 3, 1, 1, 4, b"ktui", 0)
"""Metadata (key 3), version 1: header v1 and an empty array of topics, which means none."""


def brokers_known_to(port: int) -> frozenset[int]:
    """The ids that a broker names as its cluster's; empty: no answer, or no controller yet."""
    try:
        answer = _ask(port, struct.pack(">i", len(_METADATA_V1_OF_NO_TOPIC)) + _METADATA_V1_OF_NO_TOPIC)
        return _brokers_in(answer)
    except (OSError, struct.error, EOFError):
        return frozenset()


def accepts(port: int) -> bool:
    """Whether something listens."""
    try:
        with socket.create_connection((HOST, port), _TIMEOUT_S):
            return True
    except OSError:
        return False


def zookeeper_serves(port: int) -> bool:
    """Whether a ZooKeeper server answers and is part of a quorum."""
    try:
        with socket.create_connection((HOST, port), _TIMEOUT_S) as connection:
            connection.sendall(b"srvr")
            said = b"".join(iter(lambda: connection.recv(4096), b""))
    except OSError:
        return False
    return b"Mode: " in said


def _ask(port: int, request: bytes) -> bytes:
    with socket.create_connection((HOST, port), _TIMEOUT_S) as connection:
        connection.sendall(request)
        (size,) = struct.unpack(">i", _exactly(connection, 4))
        return _exactly(connection, size)


def _exactly(connection: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        part = connection.recv(size - len(received))
        if not part:
            raise EOFError
        received += part
    return received


def _brokers_in(answer: bytes) -> frozenset[int]:
    """Correlation id, brokers (id, host, port, rack), controller id, topics."""
    brokers, at = [], 8
    (count,) = struct.unpack_from(">i", answer, 4)
    for _ in range(count):
        (broker,) = struct.unpack_from(">i", answer, at)
        brokers.append(broker)
        at = _after_string(answer, at + 4) + 4
        at = _after_string(answer, at)
    (controller,) = struct.unpack_from(">i", answer, at)
    return frozenset(brokers) if controller >= 0 else frozenset()


def _after_string(answer: bytes, at: int) -> int:
    """Where a string ends; a length of -1 is null."""
    (length,) = struct.unpack_from(">h", answer, at)
    return at + 2 + max(0, int(length))
