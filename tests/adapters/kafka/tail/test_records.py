"""The walk and the reader against aiokafka's own, on the same bytes."""

from __future__ import annotations

import random
import struct

import cramjam
import pytest

from ktui.adapters.errors import AdapterError, BadAnswer, NotSupported
from ktui.adapters.kafka.tail.batches import HEADER_BYTES, walk
from ktui.adapters.kafka.tail.codecs import decompress
from ktui.adapters.kafka.tail.plain_records import plain_records
from ktui.adapters.kafka.tail.records import CHUNK, body_of, chunks_of, first_keys, is_intact
from tests.adapters.kafka.tail.made_batches import Made, batch, legacy, oracle, signed, some_records

CODECS = range(5)


def read(data: bytes) -> list[Made]:
    found = []
    for one in walk(data, 0, len(data)):
        assert is_intact(data, one)
        if not one.is_control:
            for chunk in chunks_of(data, one):
                found += [
                    Made(
                        r.offset, -1 if r.timestamp is None else r.timestamp, r.key, r.value, list(r.headers)
                    )
                    for r in chunk
                ]
    return found


def some_set(chance: random.Random) -> bytes:
    data, offset = b"", chance.randint(0, 1 << 40)
    for _ in range(chance.randint(1, 5)):
        kind = chance.choice([0, 1, 2, 2, 2])
        records = some_records(chance, offset, chance.randint(1, 40), has_headers=kind == 2)
        if kind == 2:
            codec = chance.choice(CODECS)
            data += batch(
                records, codec=codec, attributes=chance.choice([0, 0x08, 0x10]), last=records[-1].offset + 3
            )
        else:
            dense = [one._replace(offset=offset + n) for n, one in enumerate(records)]
            data += legacy(dense, magic=kind, codec=chance.choice([0, 0, 1, 2, 3] if kind else [0]))
        offset = records[-1].offset + 10
    return data


@pytest.mark.parametrize("seed", range(40))
def test_as_the_oracle_reads_it(seed: int) -> None:
    data = some_set(random.Random(seed))
    assert read(data) == oracle(data)
    cut = data[: random.Random(seed).randrange(len(data))]
    assert read(cut) == oracle(cut)


@pytest.mark.parametrize("codec", CODECS)
def test_header_and_body(codec: int) -> None:
    records = some_records(random.Random(codec), 100, 5_001)
    data = batch(records, codec=codec, base=90, last=9_000_000)
    (one,) = walk(data, 0, len(data))
    assert (one.base_offset, one.last_offset, one.records, one.codec) == (90, 9_000_000, 5_001, codec)
    assert [len(chunk) for chunk in chunks_of(data, one)] == [CHUNK, CHUNK, 5_001 - 2 * CHUNK]
    assert first_keys(data, one, None, 7) == [record.key for record in records[:7]]
    if codec:
        plain = data[:HEADER_BYTES] + body_of(data, one)
        assert list(chunks_of(data, one, body_of(data, one)))
    else:
        plain = data
    slowly = [Made(*record[:2], *record[3:]) for record in plain_records(plain, one)]
    assert slowly == records


def test_a_multiple_of_the_chunk_ends() -> None:
    records = some_records(random.Random(1), 0, CHUNK)
    data = batch(records)
    (one,) = walk(data, 0, len(data))
    assert [len(chunk) for chunk in chunks_of(data, one)] == [CHUNK]


def test_a_header_that_is_not_text() -> None:
    records = [Made(n, 5, b"k%d" % n, b"v", [("name", b"x")] if n == 3 else []) for n in range(6)]
    data = bytearray(batch(records))
    at = data.index(b"name")
    data[at : at + 4] = b"\xff\xfen\x00"
    whole = signed(data)
    (one,) = walk(whole, 0, len(whole))
    found = [record for chunk in chunks_of(whole, one) for record in chunk]
    assert [record.offset for record in found] == list(range(6))
    ((name, value),) = found[3].headers
    assert (name.encode("utf-8", "surrogateescape"), value) == (b"\xff\xfen\x00", b"x")
    assert first_keys(whole, one, None, 6) == [b"k%d" % n for n in range(6)]


def test_a_flipped_bit_is_noticed() -> None:
    for made in (
        batch(some_records(random.Random(2), 0, 20)),
        legacy([Made(0, 1, b"k", b"v" * 50, [])], magic=1),
    ):
        (one,) = walk(made, 0, len(made))
        assert is_intact(made, one)
        broken = bytearray(made)
        broken[-3] ^= 0x10
        assert not is_intact(bytes(broken), one)


@pytest.mark.parametrize("seed", range(30))
def test_malformed_bytes_are_bad_answers(seed: int) -> None:
    chance = random.Random(1_000 + seed)
    for _ in range(20):
        data = bytearray(some_set(chance))
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            read_unchecked(bytes(data))
        except AdapterError:
            continue


def read_unchecked(data: bytes) -> int:
    return sum(
        len(chunk) for one in walk(data, 0, len(data)) if one.codec == 0 for chunk in chunks_of(data, one)
    )


def test_lengths_that_cannot_be() -> None:
    data = bytearray(batch(some_records(random.Random(3), 0, 2)))
    struct.pack_into(">i", data, 8, 3)
    with pytest.raises(BadAnswer):
        walk(bytes(data), 0, len(data))
    data = bytearray(batch(some_records(random.Random(3), 0, 2)))
    struct.pack_into(">i", data, 57, -2)
    with pytest.raises(BadAnswer):
        walk(bytes(data), 0, len(data))


def test_snappy_with_and_without_frames() -> None:
    text = b"some text " * 9_000
    header = b"\x82SNAPPY\0" + struct.pack(">ii", 1, 1)
    framed = header
    for start in range(0, len(text), 32_768):
        block = bytes(cramjam.snappy.compress_raw(text[start : start + 32_768]))
        framed += struct.pack(">i", len(block)) + block
    assert decompress(2, memoryview(framed)) == text
    assert decompress(2, memoryview(bytes(cramjam.snappy.compress_raw(text)))) == text
    for bad in (framed[:-5], header + struct.pack(">i", -3), b"\xff\xff\xff\xff\x0f\0\0", b""):
        with pytest.raises(BadAnswer):
            decompress(2, memoryview(bad))


def test_codecs_that_are_not_known() -> None:
    with pytest.raises(NotSupported, match="codec 6"):
        decompress(6, memoryview(b"x"))
    for codec in (1, 3, 4):
        with pytest.raises(BadAnswer):
            decompress(codec, memoryview(b"garbage"))
