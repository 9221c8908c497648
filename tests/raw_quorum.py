"""Who leads a KRaft quorum, asked with nothing but a socket.

DescribeQuorum (key 55) version 0 by hand, so that no line of code is shared with what is tested.
Layout: DescribeQuorumRequest.json and DescribeQuorumResponse.json of Apache Kafka, flexible since version 0.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import Final

TOPIC: Final = b"__cluster_metadata"
LONGEST_ANSWER: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Leader:
    """The leader of the quorum as a node said."""

    id: int
    epoch: int
    high_watermark: int
    voters: tuple[int, ...]


class RawQuorum:
    """One connection to a broker or a controller; made again when it breaks."""

    def __init__(self, host: str, port: int, *, timeout_s: float = 1.0) -> None:
        self.name = f"{host}:{port}"
        self._address = (host, port)
        self._timeout_s = timeout_s
        self._socket: socket.socket | None = None
        self._correlation = 0

    def ask(self) -> Leader | None:
        """The leader; None: no answer, or this node does not know it."""
        try:
            return _leader_in(self._exchange())
        except (OSError, EOFError, struct.error, IndexError):
            self.close()
            return None

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def __del__(self) -> None:
        self.close()

    def _exchange(self) -> bytes:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, self._timeout_s)
        self._correlation += 1
        header = struct.pack(">hhih", 55, 0, self._correlation, 5) + b"other" + b"\0"
        partitions = b"\x02" + struct.pack(">i", 0) + b"\0"
        body = b"\x02" + bytes([len(TOPIC) + 1]) + TOPIC + partitions + b"\0" + b"\0"
        self._socket.sendall(struct.pack(">i", len(header) + len(body)) + header + body)
        (length,) = struct.unpack(">i", self._receive(4))
        if not 0 < length < LONGEST_ANSWER:
            raise EOFError("not an answer of Kafka")
        answer = self._receive(length)
        if struct.unpack_from(">i", answer)[0] != self._correlation:
            raise EOFError("an answer to something else")
        return answer

    def _receive(self, count: int) -> bytes:
        assert self._socket is not None
        received = bytearray()
        while len(received) < count:
            part = self._socket.recv(count - len(received))
            if not part:
                raise EOFError("closed")
            received += part
        return bytes(received)


def _leader_in(answer: bytes) -> Leader | None:
    """Correlation id, tags, error, topics[name, partitions[index, error, leader, epoch, watermark, voters, …]]."""
    at = _skip_tags(answer, 4)
    (error,) = struct.unpack_from(">h", answer, at)
    topics, at = _varint(answer, at + 2)
    if error or topics != 2:
        return None
    name_length, at = _varint(answer, at)
    partitions, at = _varint(answer, at + name_length - 1)
    if partitions != 2:
        return None
    _, error, leader, epoch, watermark = struct.unpack_from(">ihiiq", answer, at)
    count, at = _varint(answer, at + 22)
    if error or leader < 0:
        return None
    voters = []
    for _ in range(count - 1):
        voters.append(struct.unpack_from(">i", answer, at)[0])
        at = _skip_tags(answer, at + 12)
    return Leader(leader, epoch, watermark, tuple(voters))


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7


def _skip_tags(data: bytes, at: int) -> int:
    count, at = _varint(data, at)
    for _ in range(count):
        _, at = _varint(data, at)
        size, at = _varint(data, at)
        at += size
    return at
