"""From a key's bytes to a partition, as the producers in the wild do it.

Sources: Utils.murmur2 and BuiltInPartitioner (Java clients; also librdkafka murmur2, franz-go, kafka-python);
rdkafka_msg.c (librdkafka: consistent_random is its default, fnv1a); partitioner.go (sarama); the first murmur2 of
kafkajs, which counts in floating point and reads the last bytes twice; ByteArrayPartitioner and String.hashCode
(Scala producers, Spring Cloud Stream, older kafka-node).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final
from zlib import crc32

Hash = Callable[[bytes], int]
Choose = Callable[[int, int], int]
"""From a hash (unsigned 32 bits) and the number of partitions to a partition."""

_MASK: Final = 0xFFFFFFFF
_SEED: Final = 0x9747B28C
_MULTIPLIER: Final = 0x5BD1E995


def murmur2(key: bytes) -> int:
    """As Kafka's Java client, unsigned."""
    length = len(key)
    state = _SEED ^ length
    whole = length & ~3
    for position in range(0, whole, 4):
        word = int.from_bytes(key[position : position + 4], "little") * _MULTIPLIER & _MASK
        word = (word ^ word >> 24) * _MULTIPLIER & _MASK
        state = state * _MULTIPLIER & _MASK ^ word
    rest = key[whole:]
    if rest:
        state = (state ^ int.from_bytes(rest, "little")) * _MULTIPLIER & _MASK
    state = (state ^ state >> 13) * _MULTIPLIER & _MASK
    return state ^ state >> 15


def murmur2_kafkajs(key: bytes) -> int:
    """As the default partitioner of kafkajs 1: in JavaScript's numbers, and with a last word that may be short."""
    state: float = float(_signed(_SEED ^ len(key)))
    for position in range(0, len(key), 4):
        four = key[position : position + 4]
        word = float(sum(four[:3][i] << 8 * i for i in range(len(four[:3]))))
        word += _signed(four[3] << 24) if len(four) > 3 else 0
        word *= _MULTIPLIER
        word = float(_signed(_int32(word) ^ _int32(word) >> 24))
        word *= _MULTIPLIER
        state = float(_signed(_int32(state * _MULTIPLIER) ^ _int32(word)))
    rest = key[len(key) & ~3 :]
    if rest:
        state = float(_signed(_int32(state) ^ int.from_bytes(rest, "little"))) * _MULTIPLIER
    state = float(_signed(_int32(state) ^ _int32(state) >> 13)) * _MULTIPLIER
    return _int32(state) ^ _int32(state) >> 15


def fnv1a(key: bytes) -> int:
    """FNV-1a of 32 bits."""
    state = 0x811C9DC5
    for byte in key:
        state = (state ^ byte) * 0x01000193 & _MASK
    return state


def java_string(key: bytes) -> int:
    """String.hashCode, for keys of plain ASCII."""
    state = 0
    for byte in key:
        state = state * 31 + byte & _MASK
    return state


def java_bytes(key: bytes) -> int:
    """Arrays.hashCode of a byte[]."""
    state = 1
    for byte in key:
        state = state * 31 + (byte - 256 if byte > 127 else byte) & _MASK
    return state


def _int32(number: float) -> int:
    """JavaScript's ToInt32, unsigned."""
    return int(number) & _MASK


def _signed(number: int) -> int:
    number &= _MASK
    return number - (1 << 32) if number >> 31 else number


def _masked(value: int, count: int) -> int:
    return (value & 0x7FFFFFFF) % count


def _unsigned(value: int, count: int) -> int:
    return value % count


def _absolute(value: int, count: int) -> int:
    """The remainder of a signed number, its sign left out (Go and Java round towards zero)."""
    return abs(_signed(value)) % count


PARTITIONERS: Final[Mapping[str, tuple[Hash, Choose]]] = {
    "murmur2": (murmur2, _masked),
    "crc32": (crc32, _unsigned),
    "fnv1a": (fnv1a, _absolute),
    "fnv1a-reference": (fnv1a, _masked),
    "fnv1a-unsigned": (fnv1a, _unsigned),
    "murmur2-kafkajs": (murmur2_kafkajs, _masked),
    "murmur2-absolute": (murmur2, _absolute),
    "murmur2-unsigned": (murmur2, _unsigned),
    "crc32-absolute": (crc32, _absolute),
    "crc32-masked": (crc32, _masked),
    "java-string": (java_string, _absolute),
    "java-string-masked": (java_string, _masked),
    "java-bytes": (java_bytes, _absolute),
    "java-bytes-masked": (java_bytes, _masked),
}
"""By name, the most common first: where several explain the same samples, the first one is named."""


def partition_of(name: str, key: bytes, count: int) -> int:
    """Where the partitioner of this name puts a key among so many partitions."""
    hashed, choose = PARTITIONERS[name]
    return choose(hashed(key), count)
