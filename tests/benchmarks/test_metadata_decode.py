"""Decoding Metadata of 200,000 partitions, against kio and aiokafka on the same cluster in the same run."""

from __future__ import annotations

import gc
import random
import struct
import time
import tracemalloc
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from aiokafka.protocol.metadata import MetadataResponse_v5

from ktui.adapters.kafka.metadata import RawMetadata
from ktui.adapters.kafka.metadata_decoder import MetadataDecoder, WholeMetadata
from ktui.adapters.kafka.wire import uvarint_bytes
from tests.figures import Report

pytestmark = pytest.mark.bench

PARTITIONS = 200_000
BROKERS = 30
REPLICA_SETS = 3000
ROUNDS = 3
FASTER_THAN_AIOKAFKA = 3
FASTER_WHEN_UNCHANGED = 20


def sets() -> list[tuple[int, ...]]:
    rng = random.Random(1)
    return [tuple(rng.sample(range(BROKERS), 3)) for _ in range(REPLICA_SETS)]


def parts(per_topic: int, short_share: float) -> Iterator[tuple[int, list[tuple[tuple[int, ...], int]]]]:
    """Topic number, and the replicas of its partitions with the size of their ISR."""
    rng, all_sets = random.Random(2), sets()
    for topic in range(PARTITIONS // per_topic):
        yield (
            topic,
            [(rng.choice(all_sets), 2 if rng.random() < short_share else 3) for _ in range(per_topic)],
        )


def version_12(per_topic: int, short_share: float = 0.0) -> bytes:
    body = [
        bytes(4),
        b"\x01",
        b"\x08cluster",
        struct.pack(">i", 1),
        uvarint_bytes(PARTITIONS // per_topic + 1),
    ]
    for topic, partitions in parts(per_topic, short_share):
        name = f"topic-{topic:06}".encode()
        body += (b"\0\0", uvarint_bytes(len(name) + 1), name, struct.pack(">qq", 0, topic + 1), b"\0")
        body.append(uvarint_bytes(per_topic + 1))
        for index, (replicas, in_sync) in enumerate(partitions):
            isr = replicas[:in_sync]
            body.append(
                struct.pack(
                    f">hiiiB3iB{in_sync}iBB",
                    *(0, index, isr[0], 7, 4, *replicas, in_sync + 1, *isr, 1, 0),
                )
            )
        body += (struct.pack(">i", -(2**31)), b"\0")
    body.append(b"\0")
    return b"".join(body)


def version_5(per_topic: int) -> bytes:
    body = [bytes(4), bytes(4), struct.pack(">h", 7) + b"cluster", struct.pack(">i", 1)]
    body.append(struct.pack(">i", PARTITIONS // per_topic))
    for topic, partitions in parts(per_topic, 0.0):
        name = f"topic-{topic:06}".encode()
        body += (struct.pack(">hh", 0, len(name)), name, b"\0", struct.pack(">i", per_topic))
        body += [
            struct.pack(">hiii3ii3ii", 0, index, replicas[0], 3, *replicas, 3, *replicas, 0)
            for index, (replicas, _) in enumerate(partitions)
        ]
    return b"".join(body)


def cpu_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """The least of some rounds."""
    times = []
    for _ in range(rounds):
        gc.collect()
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times) * 1000


def decode(decoder: MetadataDecoder, data: bytes) -> tuple[WholeMetadata, float]:
    """The answer and the longest step in CPU seconds."""
    steps, longest = decoder.whole(RawMetadata(12, data)), 0.0
    while True:
        start = time.thread_time()
        try:
            next(steps)
        except StopIteration as stop:
            return stop.value, max(longest, time.thread_time() - start)
        longest = max(longest, time.thread_time() - start)


@pytest.mark.parametrize("per_topic", [3, 20, 100])
def test_decoding_against_other_libraries(per_topic: int, report: Report) -> None:
    data = version_12(per_topic)
    decoder = MetadataDecoder()
    first, longest_step = decode(decoder, data)
    assert len(first.changed) == PARTITIONS // per_topic
    whole = cpu_ms(lambda: decode(MetadataDecoder(), data))
    unchanged = cpu_ms(lambda: decode(decoder, data))
    mixed = version_12(per_topic, 0.2)
    storm = cpu_ms(lambda: decode(MetadataDecoder(), mixed))
    kio = cpu_ms(lambda: read_by_kio_without_check(data))
    body = version_5(per_topic)
    aiokafka = cpu_ms(lambda: MetadataResponse_v5.decode(BytesIO(body)), rounds=1)
    size = f"Metadata of {PARTITIONS:,} partitions, {per_topic} a topic"
    report(f"{size}: all new", f"{whole:.0f} ms", f"kio {kio:.0f} ms, aiokafka {aiokafka:.0f} ms")
    report(
        f"{size}: unchanged",
        f"{unchanged:.1f} ms",
        f"kio {kio / unchanged:.0f}x, aiokafka {aiokafka / unchanged:.0f}x",
    )
    report(f"{size}: every fifth ISR short", f"{storm:.0f} ms")
    report(f"{size}: longest step", f"{longest_step * 1000:.1f} ms", "the garbage collector included")
    assert whole * FASTER_THAN_AIOKAFKA < aiokafka
    assert unchanged * FASTER_WHEN_UNCHANGED < kio


def read_by_kio_without_check(data: bytes) -> object:
    from kio.schema.metadata.v12.response import MetadataResponse
    from kio.serial import entity_reader

    return entity_reader(MetadataResponse)(data, 0)


def test_memory_of_what_is_kept(report: Report) -> None:
    data = version_12(20)
    tracemalloc.start()
    decoder = MetadataDecoder()
    decode(decoder, data)
    gc.collect()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    report(
        f"Metadata of {PARTITIONS:,} partitions: kept",
        f"{kept / 1e6:.1f} MB",
        f"answer {len(data) / 1e6:.1f} MB",
    )
    assert kept < 2 * len(data)
