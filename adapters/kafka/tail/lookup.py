"""Where a topic's partitions are, and the offsets at which they begin and end."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ktui.adapters.addresses import Address
from ktui.adapters.errors import AdapterError, Refused, WrongCluster
from ktui.adapters.kafka import error_codes
from ktui.adapters.kafka.asks.list_offsets import At, list_offsets
from ktui.adapters.kafka.error_code_list import Code
from ktui.adapters.kafka.link import Lane
from ktui.adapters.kafka.metadata import fetch_metadata
from ktui.adapters.kafka.metadata_decoder import MetadataDecoder
from ktui.adapters.kafka.pool import BrokerPool
from ktui.adapters.kafka.steps import in_steps
from ktui.adapters.partitions import Partition, partitions

GONE = frozenset({Code.UNKNOWN_TOPIC_OR_PARTITION, Code.UNKNOWN_TOPIC_ID, Code.INVALID_TOPIC_EXCEPTION})
"""Codes that say that there is no such topic."""


@dataclass(frozen=True, slots=True)
class TopicNow:
    """As a broker tells it."""

    id: bytes | None
    partitions: tuple[Partition, ...]


class Lookup:
    """Questions about one topic; the brokers that an answer names are learned."""

    def __init__(
        self, pool: BrokerPool, topic: str, *, timeout_s: float, expect_cluster_id: str | None = None
    ) -> None:
        self._pool = pool
        self._topic = topic
        self._timeout_s = timeout_s
        self._expected = expect_cluster_id

    async def find(self) -> TopicNow | None:
        """None: there is no such topic, or this principal may not see it. AdapterError."""
        link = self._pool.bootstrap_link(Lane.READ, timeout_s=self._timeout_s, is_urgent=True)
        raw = await fetch_metadata(link, [self._topic])
        answer = await in_steps(MetadataDecoder().named(raw))
        brokers, cluster_id = answer.header.brokers, answer.header.cluster_id
        if self._expected is not None and cluster_id != self._expected:
            raise WrongCluster(
                f"this is cluster {cluster_id}, not {self._expected} as --expect-cluster-id says"
            )
        self._pool.learn({broker.id: Address(broker.host, broker.port) for broker in brokers})
        code = answer.topic_errors.get(self._topic, 0)
        if code in GONE:
            return None
        error_codes.check(code, needs=f"Describe on topic {self._topic}")
        state = next((topic for topic in answer.topics if topic.name == self._topic), None)
        return None if state is None else TopicNow(state.id, tuple(partitions(state.table)))

    async def offsets(
        self, leaders: Mapping[int, int], at: At | int, *, reads_committed: bool = False
    ) -> dict[int, int | AdapterError]:
        """By partition, from the leaders that are given by partition; what one does not answer is its error."""
        by_leader: defaultdict[int, list[int]] = defaultdict(list)
        for partition, leader in leaders.items():
            by_leader[leader].append(partition)
        answers = await asyncio.gather(
            *(self._offsets_at(leader, of, at, reads_committed) for leader, of in by_leader.items())
        )
        return {partition: offset for answer in answers for partition, offset in answer.items()}

    async def _offsets_at(
        self, leader: int, wanted: Iterable[int], at: At | int, reads_committed: bool
    ) -> dict[int, int | AdapterError]:
        wanted = list(wanted)
        link = self._pool.link(leader, Lane.READ, timeout_s=self._timeout_s)
        try:
            told = await list_offsets(link, {self._topic: wanted}, at, reads_committed=reads_committed)
        except AdapterError as error:
            return dict.fromkeys(wanted, error)
        found: Mapping[int, int | Refused] = told.get(self._topic, {})
        return dict(found)
