"""Stub brokers that coordinate any number of groups, each with offsets on one topic, and count what they are asked."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from kio.index import load_request_schema
from kio.serial import entity_reader

from ktui.adapters.addresses import Address
from ktui.adapters.kafka.pool import BrokerPool
from ktui.adapters.model import Broker, BrokerState, ClusterSnapshot
from ktui.adapters.partitions import Partition, table_of
from ktui.adapters.topics import Topic, TopicMap
from tests.adapters.kafka.scripted_link import response
from tests.adapters.kafka.stub import Asked, Stub

LIST_OFFSETS, OFFSET_FETCH, DESCRIBE, LIST = 2, 9, 15, 16
RANGES: Final = {LIST_OFFSETS: (1, 7), OFFSET_FETCH: (1, 8), DESCRIBE: (0, 5), LIST: (0, 5)}
TOPIC: Final = "orders"
PARTITIONS: Final = 3
COMMITTED: Final = 40
END: Final = 100
LAG: Final = (END - COMMITTED) * PARTITIONS
NO_TAGS: Final = b"\0"


class Coordinator(Stub):
    """One broker. `asked_about` counts the groups that it was asked for members and offsets of."""

    def __init__(self, names: list[str], *, readers: frozenset[str] | None = None) -> None:
        super().__init__(versions=RANGES)
        self.names = names
        self.readers = frozenset(names) if readers is None else readers
        """Those that have offsets on the topic."""
        self.described: Counter[str] = Counter()
        self.fetched: Counter[str] = Counter()
        self._list = NO_TAGS + response(LIST, 5, {"groups": [_listed(name) for name in names]})
        self.answers |= {
            LIST: lambda asked: self._list,
            DESCRIBE: self._describe,
            OFFSET_FETCH: self._fetch,
            LIST_OFFSETS: self._ends,
        }

    def _describe(self, asked: Asked) -> bytes:
        names = [str(name) for name in read(asked).groups]
        self.described.update(names)
        groups = [{"group_id": name, "group_state": "Empty", "protocol_type": ""} for name in names]
        return NO_TAGS + response(DESCRIBE, asked.version, {"groups": groups})

    def _fetch(self, asked: Asked) -> bytes:
        names = [str(group.group_id) for group in read(asked).groups]
        self.fetched.update(names)
        return NO_TAGS + response(
            OFFSET_FETCH, asked.version, {"groups": [self._offsets(name) for name in names]}
        )

    def _offsets(self, name: str) -> Mapping[str, Any]:
        offset = COMMITTED if name in self.readers else -1
        parts = [{"partition_index": i, "committed_offset": offset} for i in range(PARTITIONS)]
        return {"group_id": name, "topics": [{"name": TOPIC, "partitions": parts}]}

    def _ends(self, asked: Asked) -> bytes:
        topics = [
            {
                "name": topic.name,
                "partitions": [
                    {"partition_index": p.partition_index, "offset": END} for p in topic.partitions
                ],
            }
            for topic in read(asked).topics
        ]
        return NO_TAGS + response(LIST_OFFSETS, asked.version, {"topics": topics})


def _listed(name: str) -> dict[str, str]:
    return {"group_id": name, "protocol_type": "consumer", "group_state": "Empty", "group_type": "classic"}


def read(asked: Asked) -> Any:
    """The request; all that are asked here have flexible headers."""
    (length,) = struct.unpack_from(">h", asked.tail)
    body = asked.tail[2 + max(0, length) + 1 :]
    return entity_reader(load_request_schema(asked.api_key, asked.version))(body, 0)[0]


def pool_of(brokers: Mapping[int, Address]) -> BrokerPool:
    pool = BrokerPool(list(brokers.values()))
    pool.learn(brokers)
    return pool


def snapshot_of(brokers: Mapping[int, Address], leader: int = 1) -> ClusterSnapshot:
    """All of them up; one topic, led by one of them."""
    rows = [Partition(i, leader, 1, (leader,), (leader,), (), -1) for i in range(PARTITIONS)]
    return ClusterSnapshot(
        brokers=tuple(Broker(b, a.host, a.port, None, BrokerState.UP) for b, a in brokers.items()),
        topics=TopicMap.of([Topic(TOPIC, None, False, table_of(rows))]),
        is_loaded=True,
        brokers_loaded=True,
    )
