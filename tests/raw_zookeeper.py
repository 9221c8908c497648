"""A writing client of ZooKeeper on a plain blocking socket, for servers of the tests only.

Run as `python -m tests.raw_zookeeper PORT SECONDS EPOCH TOPICS PARTITIONS WRITES` it plays a controller: evenly over so
many seconds it writes so many partition states, each in a transaction of its own.
"""

from __future__ import annotations

import json
import socket
import struct
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from types import TracebackType
from typing import Final, Self

CREATE, SET_DATA, MULTI, PING, CLOSE = 1, 5, 14, 11, -11
ANYONE: Final = struct.pack("!ii", 1, 31) + struct.pack("!i5si6s", 5, b"world", 6, b"anyone")
SESSION_MS: Final = 30_000
NODES_A_MULTI: Final = 1_000
WINDOW: Final = 200


class RawZooKeeper:
    """One session."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 30)
        self._reader = self._socket.makefile("rb")
        self._xid = 0
        self._sent: list[int] = []
        hello = struct.pack("!iqiqi16s", 0, 0, SESSION_MS, 0, 16, bytes(16))
        self._socket.sendall(_framed(hello))
        self._frame()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def create(self, nodes: Iterable[tuple[str, bytes]]) -> None:
        """Make nodes, parents first, many in one transaction."""
        ahead = iter(nodes)
        while some := list(islice(ahead, NODES_A_MULTI)):
            parts: list[bytes] = []
            for path, data in some:
                parts += (struct.pack("!iBi", CREATE, 0, -1), _text(path), _buffer(data), ANYONE, bytes(4))
            self._send(MULTI, b"".join([*parts, struct.pack("!iBi", -1, 1, -1)]))
            self._receive_all()

    def write(self, nodes: Sequence[tuple[str, bytes]]) -> None:
        """Change the data of nodes, each by itself, some hundreds under way."""
        for path, data in nodes:
            self._send(SET_DATA, _text(path) + _buffer(data) + struct.pack("!i", -1))
            if len(self._sent) >= WINDOW:
                self._receive()
        self._receive_all()

    def ping_time(self) -> float:
        """Seconds that the server takes to answer now."""
        start = time.monotonic()
        self._send(4, _text("/") + b"\0")
        self._receive()
        return time.monotonic() - start

    def _send(self, opcode: int, body: bytes) -> None:
        self._xid += 1
        self._sent.append(self._xid)
        self._socket.sendall(_framed(struct.pack("!ii", self._xid, opcode) + body))

    def _receive_all(self) -> None:
        while self._sent:
            self._receive()

    def _receive(self) -> None:
        xid, _, error = struct.unpack_from("!iqi", self._frame())
        if xid != self._sent.pop(0) or error:
            raise AssertionError(f"ZooKeeper answered {xid} with the error {error}")

    def _frame(self) -> bytes:
        (length,) = struct.unpack("!i", self._reader.read(4))
        return self._reader.read(int(length))


def state(leader: int, isr: Sequence[int], epoch: int) -> bytes:
    """A partition's state as a controller writes it."""
    held = {"controller_epoch": 1, "leader": leader, "version": 1, "leader_epoch": epoch, "isr": list(isr)}
    return json.dumps(held, separators=(",", ":")).encode()


def replicas_of(topic: int, partition: int, brokers: int = 30) -> list[int]:
    first = topic * 7 + partition
    return [1 + (first + step) % brokers for step in range(3)]


def topic_name(number: int) -> str:
    return f"topic-{number:05}"


def state_path(topic: int, partition: int) -> str:
    return f"/brokers/topics/{topic_name(topic)}/partitions/{partition}/state"


def states_to_write(topics: int, partitions: int, writes: int, epoch: int) -> Iterator[tuple[str, bytes]]:
    """States of `writes` partitions spread over all topics: the second replica leads, the first one is out."""
    for number in range(writes):
        topic, partition = number % topics, number // topics % partitions
        replicas = replicas_of(topic, partition)
        yield state_path(topic, partition), state(replicas[1], replicas[1:], epoch)


def _framed(body: bytes) -> bytes:
    return struct.pack("!i", len(body)) + body


def _text(text: str) -> bytes:
    return _buffer(text.encode())


def _buffer(data: bytes) -> bytes:
    return struct.pack("!i", len(data)) + data


def main() -> None:
    port, seconds, epoch, topics, partitions, writes = (int(float(word)) for word in sys.argv[1:])
    nodes = list(states_to_write(topics, partitions, writes, epoch))
    with RawZooKeeper(port) as client:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        start, steps = time.monotonic(), 20 * seconds
        for step in range(steps):
            client.write(nodes[step * writes // steps : (step + 1) * writes // steps])
            time.sleep(max(0.0, start + (step + 1) * seconds / steps - time.monotonic()))
        sys.stdout.write(json.dumps({"seconds": time.monotonic() - start, "ended_at": time.time()}))


if __name__ == "__main__":
    main()
