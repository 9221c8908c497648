from __future__ import annotations

import random

import pytest
from confluent_kafka import cimpl

from ktui.adapters.tail.learner import Learner
from ktui.adapters.tail.partitioners import (
    PARTITIONERS,
    fnv1a,
    java_bytes,
    java_string,
    murmur2,
    murmur2_kafkajs,
    partition_of,
)


@pytest.mark.parametrize(
    ("key", "signed"),
    [
        (b"21", -973932308),
        (b"foobar", -790332482),
        (b"a-little-bit-long-string", -985981536),
        (b"a-little-bit-longer-string", -1486304829),
        (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
        (b"abc", 479470107),
    ],
)
def test_murmur2_of_kafkas_own_tests(key: bytes, signed: int) -> None:
    assert murmur2(key) == signed & 0xFFFFFFFF


@pytest.mark.parametrize(
    ("key", "signed"),
    [
        (b"0", 272173970),
        (b"128", 2053105854),
        (b"2187", -2081355488),
        (b"16384", 204404061),
        (b"279936", -622460209),
        (b"2097152", 944683677),
        (b"19487171", -518311627),
        (b"105413504", -109398538),
    ],
)
def test_murmur2_of_kafkajs_own_tests(key: bytes, signed: int) -> None:
    assert murmur2_kafkajs(key) == signed & 0xFFFFFFFF


def test_java_hashes() -> None:
    assert java_string(b"hello") == 99162322
    assert java_bytes(b"\x01\xff") == 31 * (31 + 1) - 1
    assert fnv1a(b"") == 0x811C9DC5
    assert fnv1a(b"foobar") == 0xBF9CF968


@pytest.mark.skipif(not hasattr(cimpl, "murmur2"), reason="this wheel does not tell its hashes")
def test_as_librdkafka() -> None:
    chance = random.Random(3)
    for _ in range(500):
        key = chance.randbytes(chance.randint(1, 40))
        assert cimpl.murmur2(key, 12) == partition_of("murmur2", key, 12)
        assert cimpl.consistent(key, 12) == partition_of("crc32", key, 12)
        assert cimpl.fnv1a(key, 12) in {
            partition_of(name, key, 12) for name in PARTITIONERS if "fnv1a" in name
        }


def keys(number: int) -> list[bytes]:
    return [f"customer-{index}".encode() for index in range(number)]


@pytest.mark.parametrize("name", PARTITIONERS)
@pytest.mark.parametrize("count", [2, 12, 64])
def test_every_partitioner_is_learned(name: str, count: int) -> None:
    learner = Learner(count)
    for key in keys(600):
        learner.hear(partition_of(name, key, count), key)
    found = learner.evidence(b"wanted")
    if found.partition is None:
        assert found.why_all is not None
        assert "both explain" in found.why_all
    else:
        assert found.partition == partition_of(name, b"wanted", count)
        assert found.partitioner is not None
    assert (found.samples, found.keys) == (600, 600)


def test_of_one_partition_nothing_is_learned() -> None:
    assert Learner(1).evidence(b"x").partition is None


def test_few_keys_are_no_evidence() -> None:
    learner = Learner(12)
    for key in keys(5) * 100:
        learner.hear(partition_of("murmur2", key, 12), key)
    found = learner.evidence(b"x")
    assert found.partition is None
    assert found.why_all == "5 different keys in 500 samples are too few to tell the partitioner"
    learner.hear(3, None)
    assert learner.samples == 500


def test_a_minority_is_seen() -> None:
    learner = Learner(12)
    for number, key in enumerate(keys(600)):
        learner.hear(partition_of("crc32" if number % 10 == 0 else "murmur2", key, 12), key)
    found = learner.evidence(b"x")
    assert found.partition is None
    assert found.partitioner is None
    assert found.why_all is not None
    assert found.why_all.startswith("murmur2 explains 5")
    assert "more than one partitioner" in found.why_all


def test_an_expanded_topic_is_named() -> None:
    learner = Learner(12)
    for number, key in enumerate(keys(600)):
        learner.hear(partition_of("murmur2", key, 6 if number < 300 else 12), key)
    found = learner.evidence(b"x")
    assert found.partition is None
    assert found.why_all is not None
    assert "among 6 partitions: the topic was expanded" in found.why_all


def test_random_places_fit_nothing() -> None:
    learner, chance = Learner(12), random.Random(5)
    for key in keys(600):
        learner.hear(chance.randrange(12), key)
    assert learner.evidence(b"x").why_all == "no known partitioner explains the 600 keys that were looked at"


def test_looking_while_reading_gets_rarer() -> None:
    learner = Learner(12)
    assert [learner.looks(3), learner.looks(100)] == [3, 8]
    taken = sum(learner.looks(100) for _ in range(10_000))
    assert 500 + 1_000_000 / 64 - 20 <= taken <= 500 + 1_000_000 / 64 + 20


def test_a_contradiction_while_reading_widens() -> None:
    learner = Learner(12)
    for key in keys(300):
        learner.hear(partition_of("murmur2", key, 12), key)
    assert learner.evidence(b"x").partition is not None
    learner.hear((partition_of("murmur2", b"odd", 12) + 1) % 12, b"odd")
    assert learner.evidence(b"x").partition is None
