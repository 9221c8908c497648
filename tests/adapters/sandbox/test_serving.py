"""Whether a node serves, asked of servers that answer by the book and of others."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from ktui.adapters.sandbox.serving import accepts, brokers_known_to, zookeeper_serves


@contextlib.contextmanager
def server(answer: bytes, *, reads: int = 64) -> Iterator[int]:
    """Answers one connection with these bytes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer_one() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(reads)
                connection.sendall(answer)

        thread = threading.Thread(target=answer_one)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def text(value: str | None) -> bytes:
    return struct.pack(">h", -1) if value is None else struct.pack(">h", len(value)) + value.encode()


def metadata(controller: int, *brokers: tuple[int, str | None]) -> bytes:
    body = struct.pack(">ii", 4, len(brokers))
    for broker, rack in brokers:
        body += struct.pack(">i", broker) + text("127.0.0.1") + struct.pack(">i", 20_000) + text(rack)
    body += struct.pack(">ii", controller, 0)
    return struct.pack(">i", len(body)) + body


def test_a_broker_names_its_cluster() -> None:
    with server(metadata(2, (1, "r1"), (2, None), (3, "r3"))) as port:
        assert brokers_known_to(port) == {1, 2, 3}


@pytest.mark.parametrize(
    "answer", [metadata(-1, (1, None)), b"", b"HTTP/1.1 400 Bad Request\r\n", metadata(1, (1, "r"))[:20]]
)
def test_no_controller_or_no_broker_is_nobody(answer: bytes) -> None:
    with server(answer) as port:
        assert brokers_known_to(port) == frozenset()


@pytest.mark.parametrize(
    ("answer", "serves"),
    [
        (b"Zookeeper version: 3.8.4\nMode: standalone\n", True),
        (b"This ZooKeeper instance is not currently serving requests\n", False),
        (b"", False),
    ],
)
def test_zookeeper_serves_when_it_has_a_mode(answer: bytes, serves: bool) -> None:
    with server(answer) as port:
        assert zookeeper_serves(port) is serves


def test_nobody_there() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        port = bound.getsockname()[1]
        assert not accepts(port)
        assert brokers_known_to(port) == frozenset()
        assert not zookeeper_serves(port)
