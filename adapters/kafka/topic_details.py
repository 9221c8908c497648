"""What is asked about a topic only when somebody looks at it: offsets, eligible leaders, configuration."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ktui.adapters.addresses import Address
from ktui.adapters.errors import AdapterError, NotSupported, Refused
from ktui.adapters.kafka.asks.config_values import ConfigSource, ConfigValue
from ktui.adapters.kafka.asks.list_offsets import At, list_offsets
from ktui.adapters.kafka.asks.topic_configs import describe_topic_configs_all
from ktui.adapters.kafka.asks.topic_partitions import describe_topic_partitions
from ktui.adapters.kafka.link import Lane, Link
from ktui.adapters.model import Fault
from ktui.adapters.partitions import Partition, partitions
from ktui.adapters.topics import Topic


class Links(Protocol):
    """The part of `BrokerPool` that is used here."""

    def link(self, node: int | Address, lane: Lane, *, timeout_s: float) -> Link: ...

    def bootstrap_link(self, lane: Lane, *, timeout_s: float) -> Link: ...


@dataclass(frozen=True, slots=True)
class TopicDetails:
    """Beside the partitions of a snapshot. What is absent or None is not known, and a fault says why."""

    earliest: Mapping[int, int] = field(default_factory=dict)
    """First offset by partition index."""
    latest: Mapping[int, int] = field(default_factory=dict)
    """End offset (that of the next record) by partition index."""
    eligible_leaders: Mapping[int, tuple[int, ...]] | None = None
    """Eligible leader replicas by partition index; None: the cluster does not tell of them."""
    configs: tuple[ConfigValue, ...] | None = None
    """By name."""
    faults: tuple[Fault, ...] = ()

    @property
    def overrides(self) -> tuple[ConfigValue, ...]:
        """Configuration set on the topic itself."""
        return tuple(value for value in self.configs or () if value.source is ConfigSource.TOPIC)


async def fetch_topic_details(pool: Links, topic: Topic, *, timeout_s: float) -> TopicDetails:
    """Ask everybody concerned at once; one broker that does not answer costs only its own partitions."""
    rows = [row for row in partitions(topic.table) if row.leader >= 0]
    (earliest, early_faults), (latest, late_faults), eligible, configs = await asyncio.gather(
        _offsets(pool, topic.name, rows, At.EARLIEST, timeout_s),
        _offsets(pool, topic.name, rows, At.LATEST, timeout_s),
        _eligible(pool, topic.name, timeout_s),
        _configs(pool, topic.name, timeout_s),
    )
    faults = list({(f.what, f.where): f for f in (*early_faults, *late_faults)}.values())
    faults += [told for told in (eligible, configs) if isinstance(told, Fault)]
    return TopicDetails(
        earliest,
        latest,
        None if isinstance(eligible, Fault) else eligible,
        None if isinstance(configs, Fault) else configs,
        tuple(faults),
    )


async def _offsets(
    pool: Links, name: str, rows: list[Partition], at: At, timeout_s: float
) -> tuple[dict[int, int], list[Fault]]:
    by_leader: defaultdict[int, list[int]] = defaultdict(list)
    for row in rows:
        by_leader[row.leader].append(row.index)
    answers = await asyncio.gather(
        *(_offsets_at(pool, name, leader, indexes, at, timeout_s) for leader, indexes in by_leader.items())
    )
    offsets: dict[int, int] = {}
    faults: list[Fault] = []
    for found, fault in answers:
        offsets |= found
        faults += [fault] if fault is not None else []
    return offsets, faults


async def _offsets_at(
    pool: Links, name: str, leader: int, indexes: list[int], at: At, timeout_s: float
) -> tuple[dict[int, int], Fault | None]:
    try:
        link = pool.link(leader, Lane.READ, timeout_s=timeout_s)
        told = (await list_offsets(link, {name: indexes}, at)).get(name, {})
    except AdapterError as error:
        return {}, _fault("offsets", f"{name}, broker {leader}", error)
    refused = [value for value in told.values() if isinstance(value, Refused)]
    found = {index: value for index, value in told.items() if isinstance(value, int)}
    return found, _fault("offsets", f"{name}, broker {leader}", refused[0]) if refused else None


async def _eligible(pool: Links, name: str, timeout_s: float) -> Mapping[int, tuple[int, ...]] | Fault | None:
    try:
        told = await describe_topic_partitions(pool.bootstrap_link(Lane.READ, timeout_s=timeout_s), name)
    except NotSupported:
        return None
    except AdapterError as error:
        return _fault("eligible leaders", name, error)
    return {row.index: tuple(row.eligible) for row in told.partitions if row.eligible is not None}


async def _configs(pool: Links, name: str, timeout_s: float) -> tuple[ConfigValue, ...] | Fault:
    try:
        told = await describe_topic_configs_all(pool.bootstrap_link(Lane.BULK, timeout_s=timeout_s), name)
    except AdapterError as error:
        return _fault("configuration", name, error)
    return tuple(told[key] for key in sorted(told))


def _fault(what: str, where: str, error: AdapterError) -> Fault:
    return Fault(what, where, str(error), time.time())
