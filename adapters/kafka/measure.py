"""Rates over a stated time, for commands: every partition's end offset at the beginning and at the end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ktui.adapters.errors import AdapterError
from ktui.adapters.kafka.asks.log_dirs import describe_log_dirs
from ktui.adapters.kafka.error_codes import refusal
from ktui.adapters.kafka.link import Lane
from ktui.adapters.kafka.offsets_line import Line, Links, Request
from ktui.adapters.kafka.offsets_requests import requests_for
from ktui.adapters.kafka.offsets_table import EndOffsets, decode
from ktui.adapters.kafka.steps import in_steps
from ktui.adapters.model import BrokerState, ClusterSnapshot, Fault
from ktui.adapters.partitions import Column, column
from ktui.adapters.rates.keys import Method
from ktui.adapters.topics import Topic

LOG_DIRS_S: Final = 10.0

Place = tuple[float, int]
"""When (by the clock) and how much: an end offset or a size."""
Places = dict[str, dict[int, Place]]
"""By topic and partition index."""


@dataclass(frozen=True, slots=True)
class MeasuredRate:
    """Of one topic. None: not known, because a partition could not be sampled twice or was cut in between."""

    messages_per_s: float | None
    bytes_per_s: float | None
    bytes_method: Method | None


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured, and what could not be."""

    topics: Mapping[str, MeasuredRate] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


@dataclass(slots=True)
class _Look:
    """Offsets and leaders' sizes at about one moment."""

    offsets: Places = field(default_factory=dict)
    sizes: Places = field(default_factory=dict)
    faults: dict[tuple[str, str], Fault] = field(default_factory=dict)

    def fail(self, what: str, where: str, error: AdapterError) -> None:
        self.faults[what, where] = Fault(what, where, str(error), time.time())


async def measure_rates(pool: Links, snapshot: ClusterSnapshot, seconds: float) -> Measured:
    """Look, wait for so many seconds, and look again. What one broker does not answer, costs only its own topics."""
    topics = list(snapshot.topics)
    lines = {broker.id: Line(pool, broker.id, timeout_s=LOG_DIRS_S) for broker in snapshot.brokers}
    up = [broker.id for broker in snapshot.brokers if broker.state is BrokerState.UP]
    first = await _look(pool, lines, topics, up)
    await asyncio.sleep(seconds)
    second = await _look(pool, lines, topics, up)
    rates = {topic.name: _rate(topic, first, second) for topic in topics}
    return Measured(rates, tuple((first.faults | second.faults).values()))


async def _look(pool: Links, lines: Mapping[int, Line], topics: list[Topic], up: Iterable[int]) -> _Look:
    look = _Look()
    requests = await in_steps(requests_for(topics))
    sizes = asyncio.gather(*(_look_at_sizes(pool, broker, look) for broker in up))
    await asyncio.gather(
        *(_look_at_offsets(lines[b], entries, look) for b, entries in requests.items() if b in lines)
    )
    await sizes
    return look


async def _look_at_offsets(line: Line, requests: Iterable[Request], look: _Look) -> None:
    for request in requests:
        try:
            told = await line.ask(request)
            decoded = await in_steps(decode(told.version, told.data))
        except AdapterError as error:
            look.fail("throughput", f"broker {line.broker}", error)
            return
        _put(decoded.answer, told.at, line.broker, look)


def _put(answer: EndOffsets, at: float, broker: int, look: _Look) -> None:
    rows = answer.rows
    for name, first, end in rows.topics:
        known = look.offsets.setdefault(name, {})
        for row in range(first, end):
            if not rows.errors[row]:
                known[rows.indexes[row]] = (at, answer.offsets[row])
                continue
            error = refusal(rows.errors[row], needs=f"Describe on topic {name}")
            look.fail("throughput", f"{name} on broker {broker}", error)


async def _look_at_sizes(pool: Links, broker: int, look: _Look) -> None:
    try:
        answer = await describe_log_dirs(pool.link(broker, Lane.BULK, timeout_s=LOG_DIRS_S))
    except AdapterError as error:
        look.fail("log dirs", f"broker {broker}", error)
        return
    at = time.monotonic()
    for name, sizes in answer.replica_bytes.items():
        known = look.sizes.setdefault(name, {})
        known.update({_key(broker, index): (at, size) for index, size in sizes.items()})


def _key(broker: int, index: int) -> int:
    """One number for a replica: sizes are told by every broker that has one."""
    return broker << 32 | index


def _rate(topic: Topic, first: _Look, second: _Look) -> MeasuredRate:
    leaders = column(topic.table, Column.LEADER)
    led = [(index, leader) for index, leader in enumerate(leaders) if leader >= 0]
    before, after = first.offsets.get(topic.name, {}), second.offsets.get(topic.name, {})
    parts = [_growth(before.get(index), after.get(index)) for index, _ in led]
    if not led or None in parts:
        return MeasuredRate(None, None, None)
    messages = sum(rate for rate, _ in filter(None, parts))
    if not messages:
        return MeasuredRate(0.0, 0.0, Method.LOG_GROWTH)
    small, large = first.sizes.get(topic.name, {}), second.sizes.get(topic.name, {})
    keys = [_key(leader, index) for index, leader in led]
    sizes = [_growth(small.get(key), large.get(key)) for key in keys]
    return _with_bytes(messages, [part for part in parts if part is not None], sizes)


def _with_bytes(
    messages: float, parts: list[tuple[float, int]], sizes: list[tuple[float, int] | None]
) -> MeasuredRate:
    """A log that shrank is worth the mean record size of those that grew."""
    pairs = [(size[1], part[1]) for size, part in zip(sizes, parts, strict=True) if size and part[1]]
    grown = [(size, records) for size, records in pairs if size > 0]
    records = sum(records for _, records in grown)
    if not records:
        return MeasuredRate(messages, None, None)
    mean = sum(size for size, _ in grown) / records
    return MeasuredRate(messages, messages * mean, Method.LOG_GROWTH)


def _growth(before: Place | None, after: Place | None) -> tuple[float, int] | None:
    """By the second and in all; None when it is not known or became less."""
    if before is None or after is None or after[1] < before[1] or after[0] <= before[0]:
        return None
    return (after[1] - before[1]) / (after[0] - before[0]), after[1] - before[1]
