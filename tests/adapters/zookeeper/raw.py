"""Answers of ZooKeeper as bytes, packed by hand field by field."""

from __future__ import annotations

import struct
from collections.abc import Iterable

from ktui.adapters.zookeeper.wire import Node


def stat(node: Node) -> bytes:
    return struct.pack(
        "!qqqqiiiqiiq",
        node.czxid, node.mzxid, 1_700_000_000_000, node.mtime, node.version, 3, 4, 5, len(node.data), 6, node.pzxid,
    )  # fmt: skip


def got_data(node: Node) -> bytes:
    return struct.pack("!i", len(node.data)) + node.data + stat(node)


def got_names(names: Iterable[str]) -> bytes:
    encoded = [name.encode() for name in names]
    parts = [struct.pack("!i", len(name)) + name for name in encoded]
    return struct.pack("!i", len(encoded)) + b"".join(parts) + stat(Node(b"", 0, 1, 1))


def got_many(answers: Iterable[Node | int]) -> bytes:
    """A MultiRead's answer: nodes and error codes."""
    parts = [
        struct.pack("!iBii", -1, 0, answer, answer)
        if isinstance(answer, int)
        else struct.pack("!iBi", 4, 0, 0) + got_data(answer)
        for answer in answers
    ]
    return b"".join(parts) + struct.pack("!iBi", -1, 1, -1)
