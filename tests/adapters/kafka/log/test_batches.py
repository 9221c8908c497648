"""Batches: frames, checksums, compression; what is cut off and what is damaged."""

from __future__ import annotations

import struct
import zlib

import cramjam
import pytest
from crc32c import crc32c

from ktui.adapters.kafka.log.batches import Damaged, batch_at, batches
from tests.adapters.kafka.log.plain_log import (
    Record,
    batch_bytes,
    batch_of,
    leader_change,
    record_bytes,
    value_of,
)

VALUES = [value_of(Record(12, {"name": "metadata.version", "level": level})) for level in (30, 31)]


def test_the_checksum_is_castagnolis() -> None:
    assert crc32c(b"123456789") == 0xE3069283


def test_a_batch_says_what_its_header_says() -> None:
    (batch,) = batches(batch_bytes(VALUES, 40, epoch=7, at_ms=1_234))
    assert (batch.base_offset, batch.last_offset, batch.epoch, batch.timestamp_ms) == (40, 41, 7, 1_234)
    assert (batch.is_control, batch.count) == (False, 2)


def test_an_election_is_a_control_batch() -> None:
    (batch,) = batches(leader_change(101, 5, epoch=3))
    assert batch.is_control


def test_what_is_cut_off_at_the_end_is_left_out() -> None:
    whole = batch_bytes(VALUES)
    for size in range(len(whole)):
        assert batch_at(whole[:size], 0) == (None, 0)
        assert [b.base_offset for b in batches(batch_bytes(VALUES, 9) + whole[:size])] == [9]


def test_a_wrong_checksum_names_the_place_and_the_next_one() -> None:
    first, second = batch_bytes(VALUES), bytearray(batch_bytes(VALUES, 2))
    second[-3] ^= 1
    with pytest.raises(Damaged, match="batch 2: the checksum is wrong") as caught:
        list(batches(first + bytes(second) + first))
    assert (caught.value.position, caught.value.next_position) == (len(first), len(first) + len(second))


def test_a_length_that_cannot_be_is_damage_without_a_next_place() -> None:
    with pytest.raises(Damaged, match="there is no batch here") as caught:
        list(batches(struct.pack(">qi", 0, -5) + bytes(100)))
    assert caught.value.next_position is None


@pytest.mark.parametrize(
    ("codec", "pack"),
    [
        (1, lambda raw: _gzip(raw)),
        (2, lambda raw: bytes(cramjam.snappy.compress_raw(raw))),
        (2, lambda raw: _xerial(raw)),
        (3, lambda raw: bytes(cramjam.lz4.compress(raw))),
        (4, lambda raw: bytes(cramjam.zstd.compress(raw))),
    ],
    ids=["gzip", "snappy", "snappy in blocks", "lz4", "zstd"],
)
def test_compressed_records_are_unpacked(codec: int, pack) -> None:  # type: ignore[no-untyped-def]
    (plain,) = batches(batch_bytes(VALUES))
    (batch,) = batches(batch_bytes(VALUES, packed=(codec, pack(plain.records))))
    assert batch.records == plain.records


@pytest.mark.parametrize("codec", [1, 2, 3, 4, 5])
def test_what_cannot_be_unpacked_is_damage(codec: int) -> None:
    with pytest.raises(Damaged, match="batch 0: "):
        list(batches(batch_bytes(VALUES, packed=(codec, b"\x82SNAPPY\x00 nonsense that is long enough"))))


def test_counts_that_cannot_be_are_damage() -> None:
    with pytest.raises(Damaged, match="its counts cannot be"):
        list(batches(batch_bytes(VALUES, packed=(0, record_bytes(b"", 0)[:5]))))


def test_batches_follow_each_other() -> None:
    data = b"".join(batch_of([Record(20, {})] * 3, base) for base in (0, 3, 6))
    assert [(b.base_offset, b.last_offset) for b in batches(data)] == [(0, 2), (3, 5), (6, 8)]


def _gzip(raw: bytes) -> bytes:
    packer = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    return packer.compress(raw) + packer.flush()


def _xerial(raw: bytes) -> bytes:
    half = len(raw) // 2
    blocks = [bytes(cramjam.snappy.compress_raw(part)) for part in (raw[:half], raw[half:])]
    return (
        b"\x82SNAPPY\x00" + struct.pack(">ii", 1, 1) + b"".join(struct.pack(">i", len(b)) + b for b in blocks)
    )
