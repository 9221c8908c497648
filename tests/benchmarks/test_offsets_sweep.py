"""A sweep over the end offsets of 200,000 partitions, against aiokafka's classes on the same bytes."""

from __future__ import annotations

import gc
import random
import struct
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any, Final

import pytest
from aiokafka.protocol.offset import OffsetRequest_v3, OffsetResponse_v3

from ktui.adapters.kafka.offsets_line import Request
from ktui.adapters.kafka.offsets_table import EndOffsets, decode
from ktui.adapters.kafka.offsets_template import RepeatedAnswers
from ktui.adapters.kafka.offsets_wire import MOST_PARTITIONS, form_of
from ktui.adapters.kafka.steps import Steps, at_once
from ktui.adapters.kafka.wire import uvarint_bytes
from tests.figures import Report

pytestmark = pytest.mark.bench

PARTITIONS: Final = 200_000
REQUESTS: Final = PARTITIONS // MOST_PARTITIONS
ROUNDS: Final = 5
LIMIT_MS: Final = 40.0
FASTER_THAN_AIOKAFKA: Final = 20
LONGEST_STEP_S: Final = 0.010
NEWEST: Final = 11
AIOKAFKAS: Final = 3
"""The newest version that aiokafka has."""

Topics = list[tuple[str, range]]


def topics_of(request: int, per_topic: int) -> Topics:
    return [
        (f"topic-{request:03}-{number:05}", range(per_topic))
        for number in range(MOST_PARTITIONS // per_topic)
    ]


def answer(version: int, topics: Topics, rng: random.Random) -> bytes:
    form = form_of(version)
    row = struct.Struct(">" + form.fields)
    end = (7,) * form.has_epoch + (0,) * form.is_flexible
    tags = b"\0" * form.is_flexible
    parts = [bytes(4), _count(version, len(topics))]
    for name, indexes in topics:
        raw = name.encode()
        head = uvarint_bytes(len(raw) + 1) if form.is_flexible else struct.pack(">h", len(raw))
        parts += (head, raw, _count(version, len(indexes)))
        parts += (row.pack(index, 0, -1, rng.randrange(10**10), *end) for index in indexes)
        parts.append(tags)
    return b"".join((*parts, tags))


def _count(version: int, count: int) -> bytes:
    return uvarint_bytes(count + 1) if form_of(version).is_flexible else struct.pack(">i", count)


def cpu_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The least of some rounds."""
    times = []
    for _ in range(rounds):
        gc.collect()
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times) * 1000


def longest_step(steps: Steps[Any]) -> float:
    """CPU seconds."""
    longest = 0.0
    while True:
        start = time.thread_time()
        try:
            next(steps)
        except StopIteration:
            return max(longest, time.thread_time() - start)
        longest = max(longest, time.thread_time() - start)


class Sweep:
    """Every request of a cluster, made once, and its answers."""

    def __init__(self, version: int, per_topic: int) -> None:
        rng = random.Random(1)
        self.version = version
        self.topics = [topics_of(number, per_topic) for number in range(REQUESTS)]
        self.answers = [answer(version, topics, rng) for topics in self.topics]
        self._requests = [Request(tuple(topics)) for topics in self.topics]
        self._decoders = [RepeatedAnswers(version) for _ in self.topics]

    def run(self) -> list[EndOffsets]:
        """What is done once a second."""
        found = []
        for request, decoder, data in zip(self._requests, self._decoders, self.answers, strict=True):
            request.body(self.version)
            found.append(at_once(decoder.decode(data)))
        return found

    def by_aiokafka(self) -> None:
        for topics, data in zip(self.topics, self.answers, strict=True):
            request = OffsetRequest_v3(
                -1, 0, [(name, [(i, -1) for i in indexes]) for name, indexes in topics]
            )
            request.encode()
            OffsetResponse_v3.decode(BytesIO(data))


@pytest.mark.parametrize("per_topic", [2, 20, 100])
def test_sweep_of_200_000_partitions(per_topic: int, report: Report) -> None:
    what = f"sweep of {PARTITIONS:,} partitions, {per_topic} a topic"
    newest, same = Sweep(NEWEST, per_topic), Sweep(AIOKAFKAS, per_topic)
    first = cpu_ms(newest.run, rounds=1)
    for sweep in (newest, same):
        sweep.run()
        sweep.run()
    mine, on_same, aiokafka = cpu_ms(newest.run), cpu_ms(same.run), cpu_ms(same.by_aiokafka, rounds=1)
    assert sum(len(told.offsets) for told in newest.run()) == PARTITIONS
    steps = max(longest_step(decode(NEWEST, data)) for data in newest.answers)
    learning = [RepeatedAnswers(NEWEST) for _ in newest.answers]
    for decoder, data in zip(learning, newest.answers, strict=True):
        at_once(decoder.decode(data))
    steps = max(
        steps, *(longest_step(d.decode(data)) for d, data in zip(learning, newest.answers, strict=True))
    )
    report(what, f"{mine:.1f} ms", f"< {LIMIT_MS:.0f} ms")
    report(f"{what}: the first time", f"{first:.0f} ms")
    report(
        f"{what}: version 3", f"{on_same:.1f} ms", f"aiokafka {aiokafka:.0f} ms, {aiokafka / on_same:.0f}x"
    )
    report(f"{what}: longest step", f"{steps * 1000:.1f} ms", f"< {LONGEST_STEP_S * 1000:.0f} ms")
    assert mine < LIMIT_MS
    assert on_same * FASTER_THAN_AIOKAFKA < aiokafka
    assert steps < LONGEST_STEP_S
