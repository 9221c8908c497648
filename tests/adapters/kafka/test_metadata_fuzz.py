"""Broken answers: BadAnswer, or exactly what kio reads from the same bytes; never anything else."""

from __future__ import annotations

import random
from typing import Any

import pytest

from ktui.adapters.errors import BadAnswer, Refused
from ktui.adapters.kafka.metadata import RawMetadata
from ktui.adapters.kafka.metadata_decoder import MetadataDecoder, WholeMetadata
from ktui.adapters.kafka.steps import at_once
from ktui.adapters.partitions import partitions
from tests.adapters.kafka.metadata_answers import answer, read_by_kio
from tests.adapters.kafka.test_metadata_decoder import expected_rows, random_topics

ANSWERS = 6
MUTATIONS = 60


def decoded(version: int, data: bytes) -> WholeMetadata | None:
    try:
        return at_once(MetadataDecoder().whole(RawMetadata(version, data)))
    except (BadAnswer, Refused):
        return None


def by_kio(version: int, data: bytes) -> Any:
    try:
        return read_by_kio(version, data)
    except Exception:  # noqa: BLE001 - whatever kio raises, it does not take the bytes for an answer
        return None


def mutated(rng: random.Random, data: bytes) -> bytes:
    parts = bytearray(data)
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        parts = parts or bytearray(1)
        at = rng.randrange(len(parts))
        kind = rng.random()
        if kind < 0.5:
            parts[at] = rng.choice((0, 1, 2, 4, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        elif kind < 0.65:
            del parts[at : at + rng.randint(1, 8)]
        elif kind < 0.8:
            parts[at:at] = rng.randbytes(rng.randint(1, 8))
        elif kind < 0.9:
            del parts[at:]
        else:
            other = rng.randrange(len(parts))
            parts[at : at + 4] = parts[other : other + 4]
    return bytes(parts)


@pytest.mark.parametrize("version", [1, 4, 5, 7, 8, 9, 10, 12, 13])
def test_broken_bytes_never_make_a_wrong_row(version: int) -> None:
    rng = random.Random(version)
    read = 0
    for _ in range(ANSWERS):
        data = answer(version, random_topics(rng, rng.choice((1, 3, 5))))
        for _ in range(MUTATIONS):
            broken = mutated(rng, data)
            told, oracle = decoded(version, broken), by_kio(version, broken)
            if told is None or oracle is None:
                continue
            read += 1
            expected: dict[str, Any] = {}
            for one in oracle.topics:
                if not int(one.error_code):
                    expected[one.name] = expected_rows(version, one)
            rows = {
                state.name: [row for row in partitions(state.table) if row.is_loaded]
                for state in told.changed
            }
            known = {name: [row for row in rows if row.is_loaded] for name, rows in expected.items()}
            assert rows == known
    assert read > ANSWERS * MUTATIONS // 20


@pytest.mark.parametrize("version", [1, 8, 12, 13])
def test_a_cut_off_answer_is_never_taken(version: int) -> None:
    data = answer(version, random_topics(random.Random(7), 3))
    for end in range(len(data)):
        assert decoded(version, data[:end]) is None
