"""Record sets as producers write them, made with aiokafka's builders; the oracle reads them with its own walk."""

from __future__ import annotations

import random
import struct
from collections.abc import Sequence
from typing import Any, NamedTuple

from aiokafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder
from aiokafka.record.legacy_records import LegacyRecordBatchBuilder
from aiokafka.record.memory_records import _MemoryRecordsPy

Headers = list[tuple[str, bytes | None]]


class Made(NamedTuple):
    """What was put into a batch."""

    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: Headers


def batch(
    records: Sequence[Made],
    *,
    codec: int = 0,
    attributes: int = 0,
    producer_id: int = -1,
    base: int | None = None,
    last: int | None = None,
) -> bytes:
    """Of magic 2. `attributes` are bits beside the codec; `base` and `last` may leave gaps, as compaction does."""
    first = records[0].offset if base is None else base
    builder = DefaultRecordBatchBuilder(
        magic=2, compression_type=codec, is_transactional=0, producer_id=producer_id, producer_epoch=0,
        base_sequence=-1, batch_size=1 << 26,
    )  # fmt: skip
    for record in records:
        builder.append(record.offset - first, record.timestamp, record.key, record.value, record.headers)
    data = bytearray(builder.build())
    highest = records[-1].offset if last is None else last
    struct.pack_into(">q", data, 0, first)
    struct.pack_into(">h", data, 21, codec | attributes)
    struct.pack_into(">i", data, 23, highest - first)
    return signed(data)


def signed(data: bytearray) -> bytes:
    """With the right checksum."""
    from aiokafka.record.util import calc_crc32c

    struct.pack_into(">I", data, 17, calc_crc32c(bytes(data[21:])))
    return bytes(data)


def legacy(records: Sequence[Made], *, magic: int, codec: int = 0) -> bytes:
    """Messages of magic 0 or 1, compressed ones inside one that holds them."""
    builder = LegacyRecordBatchBuilder(magic=magic, compression_type=codec, batch_size=1 << 26)
    first = records[0].offset if codec and magic else 0
    for record in records:
        builder.append(record.offset - first, record.timestamp, record.key, record.value)
    data = bytearray(builder.build())
    if codec:
        struct.pack_into(">q", data, 0, records[-1].offset)
    return bytes(data)


def oracle(data: bytes) -> list[Made]:
    """As aiokafka reads it, checksums and control batches included."""
    found: list[Made] = []
    # The compiled walk takes the format of the first batch for that of all.
    memory = _MemoryRecordsPy(data)
    while memory.has_next():
        one: Any = memory.next_batch()
        assert one.validate_crc()
        if isinstance(one, DefaultRecordBatch) and one.is_control_batch:
            continue
        found += [
            Made(r.offset, -1 if r.timestamp is None else r.timestamp, r.key, r.value, list(r.headers))
            for r in one
        ]
    return found


def some_records(chance: random.Random, first: int, count: int, *, has_headers: bool = True) -> list[Made]:
    """With gaps, empty and absent keys and values."""
    found, offset = [], first
    for _ in range(count):
        headers: Headers = []
        if has_headers and chance.random() < 0.3:
            headers = [(f"h{i}", chance.choice([None, b"", b"value"])) for i in range(chance.randint(1, 3))]
        found.append(
            Made(
                offset,
                chance.randint(0, 2_000_000_000_000),
                chance.choice([None, b"", b"c42", b"key-%d" % chance.randint(0, 50)]),
                chance.choice([None, b"", chance.randbytes(chance.randint(0, 300)), b'{"a": 1}' * 20]),
                headers,
            )
        )
        offset += chance.choice([1, 1, 1, 2, 5])
    return found
