"""ListOffsets answers of any version, as kio writes and reads them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from kio.index import load_response_schema
from kio.serial import entity_reader

from ktui.adapters.kafka.answer_check import check_lengths
from ktui.adapters.kafka.offsets_table import EndOffsets
from tests.adapters.kafka.scripted_link import response

LIST_OFFSETS = 2
VERSIONS = range(1, 12)


class Row(NamedTuple):
    """One partition of an answer."""

    index: int
    offset: int = 0
    error: int = 0
    epoch: int = 0


Topics = Sequence[tuple[str, Sequence[Row]]]


def answer(version: int, topics: Topics, *, throttle_ms: int = 0) -> bytes:
    rows = [
        {
            "name": name,
            "partitions": [
                {
                    "partition_index": row.index,
                    "error_code": row.error,
                    "timestamp": -1,
                    "offset": row.offset,
                    "leader_epoch": row.epoch,
                }
                for row in partitions
            ],
        }
        for name, partitions in topics
    ]
    return response(
        LIST_OFFSETS, version, {"throttle_time": timedelta(milliseconds=throttle_ms), "topics": rows}
    )


def random_topics(rng: random.Random, count: int) -> Topics:
    def row(index: int) -> Row:
        error = rng.choice((0, 0, 0, 0, 6, 29, 78))
        return Row(index, -1 if error else rng.randrange(2**40), error, -1 if error else rng.randrange(9))

    def rows() -> list[Row]:
        indexes = list(range(rng.choice((1, 1, 3, 20, 130))))
        rng.shuffle(indexes)
        return [row(index) for index in indexes]

    return [(f"topic-{number}" + "x" * rng.choice((0, 0, 120)), rows()) for number in range(count)]


def read_by_kio(version: int, data: bytes) -> Any:
    schema = load_response_schema(LIST_OFFSETS, version)
    check_lengths(schema, data)
    entity, size = entity_reader(schema)(data, 0)
    assert size == len(data)
    return entity


def as_kio_has_it(version: int, entity: Any) -> list[tuple[str, int, int, int, int]]:
    return [
        (str(t.name), p.partition_index, int(p.error_code), p.offset, p.leader_epoch if version >= 4 else -1)
        for t in entity.topics
        for p in t.partitions
    ]


def as_rows(decoded: EndOffsets) -> list[tuple[str, int, int, int, int]]:
    rows = decoded.rows
    return [
        (name, rows.indexes[i], rows.errors[i], decoded.offsets[i], rows.epochs[i])
        for name, first, end in rows.topics
        for i in range(first, end)
    ]
