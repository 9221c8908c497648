"""Bytes of the requests and answers of ZooKeeper that are read in bulk. Pure.

Source: ZooKeeper's `zookeeper.jute` and `MultiOperationRecord`; multiRead (opcode 22) and addWatch (106) are there
from 3.6.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from struct import Struct
from struct import error as struct_error
from typing import ClassVar, Final, NamedTuple

from ktui.adapters.errors import BadAnswer

GET_DATA: Final = 4
EXISTS: Final = 3
GET_CHILDREN: Final = 12
MULTI_READ: Final = 22
ADD_WATCH: Final = 106
READ_REQUESTS: Final = frozenset({EXISTS, GET_DATA, GET_CHILDREN, MULTI_READ, ADD_WATCH})
RECURSIVE: Final = 1
"""Of addWatch: the watch stays after it fired, and stands on all that is below."""

NO_NODE: Final = -101
NO_AUTH: Final = -102
UNIMPLEMENTED: Final = -6

_INT: Final = Struct("!i")
_HEADER: Final = Struct("!iBi")
_FOUND: Final = Struct("!iBii")
"""The header of an answer and the length of its data."""
_STAT: Final = Struct("!qq8xqi24xq")
"""czxid, mzxid, mtime, version, pzxid; the rest of the 68 bytes is not needed."""
_EVENT: Final = Struct("!iii")
"""Type, state and the length of the path."""
_END: Final = _HEADER.pack(-1, 1, -1)
_ASK_DATA: Final = _HEADER.pack(GET_DATA, 0, -1)
_GOT_DATA: Final = _HEADER.pack(GET_DATA, 0, 0)


class Node(NamedTuple):
    """A node that was read. With an error (NO_NODE, NO_AUTH, …) everything else is empty."""

    data: bytes
    version: int = -1
    """Counts the changes of the data."""
    czxid: int = -1
    """The transaction that made the node: it tells a new node from an old one of the same name."""
    mzxid: int = -1
    """The transaction that wrote the data."""
    error: int = 0
    mtime: int = 0
    """When the data was written, in milliseconds since the epoch by the server's clock."""
    pzxid: int = -1
    """The transaction that made or removed a child last."""

    @property
    def written_at(self) -> float | None:
        """When the data was written, in seconds since the epoch."""
        return self.mtime / 1000 if self.mtime > 0 else None


@dataclass(frozen=True, slots=True)
class MultiRead:
    """Data of many nodes in one question: each answer is a node or an error of its own."""

    type: ClassVar[int] = MULTI_READ
    paths: Sequence[str]
    chroot: str = ""

    def serialize(self) -> bytes:
        """The request after its header."""
        parts: list[bytes] = []
        for path in self.paths:
            encoded = (self.chroot + path).encode()
            parts += (_ASK_DATA, _INT.pack(len(encoded)), encoded, b"\0")
        parts.append(_END)
        return b"".join(parts)

    def deserialize(self, answer: bytes, offset: int) -> bytes:
        """The answer after its header, as it came: `nodes_of` decodes it."""
        return answer[offset:]


@dataclass(frozen=True, slots=True)
class AddWatch:
    """A watch on a path and everything below it, whether it is there or not; needs no permission."""

    type: ClassVar[int] = ADD_WATCH
    path: str

    def serialize(self) -> bytes:
        """The request after its header."""
        encoded = self.path.encode()
        return _INT.pack(len(encoded)) + encoded + _INT.pack(RECURSIVE)

    def deserialize(self, answer: bytes, offset: int) -> bytes:
        """The answer after its header: it says nothing more."""
        return answer[offset:]


def changed_path(event: bytes, offset: int) -> str:
    """The path in a watch event after its header; BadAnswer for bytes that are not one."""
    try:
        _, _, length = _EVENT.unpack_from(event, offset)
        return event[offset + _EVENT.size : offset + _EVENT.size + length].decode(errors="replace")
    except struct_error as error:
        raise BadAnswer(f"ZooKeeper's watch event is not what its protocol says: {error}") from error


def nodes_of(answer: bytes) -> list[Node]:
    """The nodes of a MultiRead's answer, in the order that was asked; BadAnswer for bytes that are not one."""
    try:
        return _nodes(answer)
    except (ValueError, struct_error) as error:
        raise BadAnswer(f"ZooKeeper's answer is not what its protocol says: {error}") from error


def _nodes(answer: bytes) -> list[Node]:
    nodes: list[Node] = []
    make = tuple.__new__  # what Node's own constructor does, and half its time
    offset, end = 0, len(answer) - _FOUND.size
    while offset <= end:
        kind, done, error, length = _FOUND.unpack_from(answer, offset)
        if done:
            break
        offset += _FOUND.size
        if kind == GET_DATA:
            stop = offset + max(length, 0)
            created, modified, at, version, below = _STAT.unpack_from(answer, stop)
            nodes.append(make(Node, (answer[offset:stop], version, created, modified, 0, at, below)))
            offset = stop + _STAT.size
        elif kind == -1:
            nodes.append(Node(b"", error=length or error))
        else:
            raise ValueError(f"an answer of the unknown kind {kind} in a multiRead")
    return nodes


def node_of(answer: bytes) -> Node:
    """The node of a getData answer."""
    (length,) = _INT.unpack_from(answer, 0)
    stop = _INT.size + max(length, 0)
    created, modified, at, version, below = _STAT.unpack_from(answer, stop)
    return Node(answer[_INT.size : stop], version, created, modified, 0, at, below)


def joined(answers: Iterable[bytes | int]) -> bytes:
    """Answers to single getData requests (bytes, or an error code) in the form of one MultiRead's answer."""
    parts: list[bytes] = []
    for answer in answers:
        if isinstance(answer, int):
            parts += (_HEADER.pack(-1, 0, answer), _INT.pack(answer))
        else:
            parts += (_GOT_DATA, answer)
    parts.append(_END)
    return b"".join(parts)


def children_of(answer: bytes, offset: int = _INT.size, most: int = -1) -> tuple[list[str], int]:
    """Up to `most` names of a getChildren answer from this offset on, and the offset of the next one.

    After the last name only the 68 bytes of the node's own state are left.
    """
    names: list[str] = []
    end = len(answer) - _STAT.size
    while offset < end and len(names) != most:
        (length,) = _INT.unpack_from(answer, offset)
        offset += _INT.size
        names.append(answer[offset : offset + length].decode(errors="replace"))
        offset += length
    return names, offset
