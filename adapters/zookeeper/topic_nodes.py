"""Bytes of `/brokers/topics/T` and of partition states to columns. Pure.

Source: Kafka's `TopicZNode` (version 1 to 2.3, 2 to 2.7 with reassignments, 3 with topic ids) and
`TopicPartitionStateZNode` in `kafka/zk/ZkData.scala`. The data version of a state node is the partition epoch.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ktui.adapters.partitions import NO_LEADER
from ktui.adapters.replica_sets import EMPTY, number_of
from ktui.adapters.zookeeper.decode import TOPICS, UnreadableNode, integer, object_of, topic_id_of

MOST_PARTITIONS: Final = 1_000_000
"""Of one topic: a node that claims more is taken for broken instead of filling the memory."""
MOST_KEPT: Final = 50_000
MOST_INT: Final = 2**31

INTERNAL_TOPICS: Final = frozenset({"__consumer_offsets", "__transaction_state"})


@dataclass(frozen=True, slots=True)
class TopicNode:
    """What the topic's own node says."""

    id: bytes | None
    replicas: array[int]
    """Numbers of `replica_sets`; row i is partition i."""
    moving: tuple[int, ...]


def topic_of(name: str, data: bytes) -> TopicNode:
    """One topic; UnreadableNode names it."""
    path = f"{TOPICS}/{name}"
    held = object_of(data, path)
    assigned = held.get("partitions")
    if not isinstance(assigned, dict):
        raise UnreadableNode(f"{path} has no partitions")
    moving = {
        _index(text, path)
        for key in ("adding_replicas", "removing_replicas")
        for text in _non_empty(held.get(key))
    }
    return TopicNode(topic_id_of(held.get("topic_id")), _replicas(assigned, path), tuple(sorted(moving)))


def _replicas(assigned: Mapping[str, object], path: str) -> array[int]:
    rows = {_index(text, path): _set_number(replicas, path) for text, replicas in assigned.items()}
    size = max(rows, default=-1) + 1
    if len(rows) == size:
        return array("i", map(rows.__getitem__, range(size)))
    return array("i", [rows.get(index, EMPTY) for index in range(size)])


def _non_empty(changes: object) -> Iterable[str]:
    return [text for text, brokers in changes.items() if brokers] if isinstance(changes, dict) else ()


def _index(text: str, path: str) -> int:
    try:
        index = int(text)
    except ValueError:
        index = -1
    if not 0 <= index < MOST_PARTITIONS:
        raise UnreadableNode(f"{path} has an impossible partition {text!r}")
    return index


_checked: dict[tuple[object, ...], int] = {}


def _set_number(written: object, path: str) -> int:
    """The number of a set of replicas; each distinct one is checked once."""
    if not isinstance(written, list):
        raise UnreadableNode(f"{path} has replicas that are no list")
    key = tuple(written)
    try:
        number = _checked.get(key)
    except TypeError:
        number = None
    if number is None:
        if not all(type(broker) is int and 0 <= broker < MOST_INT for broker in key):
            raise UnreadableNode(f"{path} has replicas that are no broker ids")
        if len(_checked) >= MOST_KEPT:
            _checked.clear()
        number = _checked[key] = number_of(key)
    return number


class StateDecoder:
    """Decodes states; equal bytes are decoded once, and a cluster has few distinct ones."""

    __slots__ = ("known",)

    def __init__(self) -> None:
        self.known: dict[bytes, tuple[int, int, int]] = {}

    def decode(self, data: bytes) -> tuple[int, int, int]:
        """Leader, leader epoch and the number of the in-sync set. UnreadableNode for bytes that are no state."""
        found = self.known.get(data)
        if found is None:
            if len(self.known) >= MOST_KEPT:
                self.known.clear()
            found = self.known[data] = _state(object_of(data, "a partition's state"))
        return found


def _state(held: Mapping[str, Any]) -> tuple[int, int, int]:
    path = "a partition's state"
    leader = integer(held.get("leader"), path, "leader")
    epoch = integer(held.get("leader_epoch"), path, "leader_epoch")
    isr = held.get("isr")
    if not (-MOST_INT <= leader < MOST_INT and 0 <= epoch < MOST_INT):
        raise UnreadableNode(f"{path} has impossible numbers")
    in_sync = EMPTY if isr is None else _set_number(isr, path)
    return max(leader, NO_LEADER), epoch, in_sync
