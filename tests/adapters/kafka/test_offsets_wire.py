"""Requests and answers of ListOffsets against kio, which knows the protocol from Kafka's own description of it."""

from __future__ import annotations

import random
from typing import Any

import pytest
from kio.index import load_request_schema
from kio.serial import entity_reader

from ktui.adapters.errors import BadAnswer, NotSupported
from ktui.adapters.kafka.link import VersionRange
from ktui.adapters.kafka.offsets_table import Decoded, decode
from ktui.adapters.kafka.offsets_template import RepeatedAnswers
from ktui.adapters.kafka.offsets_wire import encode, form_of, version_for
from ktui.adapters.kafka.steps import at_once
from tests.adapters.kafka.offset_answers import (
    LIST_OFFSETS,
    VERSIONS,
    Row,
    Topics,
    answer,
    as_kio_has_it,
    as_rows,
    random_topics,
    read_by_kio,
)
from tests.adapters.kafka.test_metadata_fuzz import mutated

MUTATIONS = 150


def decoded(version: int, data: bytes) -> Decoded | None:
    try:
        return at_once(decode(version, data))
    except BadAnswer:
        return None


def by_kio(version: int, data: bytes) -> Any:
    try:
        return read_by_kio(version, data)
    except Exception:  # noqa: BLE001 - whatever kio raises, it does not take the bytes for an answer
        return None


@pytest.mark.parametrize("version", VERSIONS)
def test_requests_are_what_kio_reads(version: int) -> None:
    entries = [("orders", (0, 2, 5)), ("ä" * 70, range(200)), ("none", ())]
    request, size = entity_reader(load_request_schema(LIST_OFFSETS, version))(encode(version, entries), 0)
    assert size == len(encode(version, entries))
    assert request.replica_id == -1
    asked = [(t.name, [p.partition_index for p in t.partitions]) for t in request.topics]
    assert asked == [(name, list(indexes)) for name, indexes in entries]
    assert {p.timestamp for t in request.topics for p in t.partitions} == {-1}
    if version >= 2:
        assert request.isolation_level == 0
    if version >= 4:
        assert {p.current_leader_epoch for t in request.topics for p in t.partitions} == {-1}


@pytest.mark.parametrize("version", VERSIONS)
def test_answers_are_read_as_kio_reads_them(version: int) -> None:
    rng = random.Random(version)
    for count in (0, 1, 2, 9, 150):
        topics = random_topics(rng, count)
        data = answer(version, topics, throttle_ms=77)
        told = decoded(version, data)
        assert told is not None
        assert as_rows(told.answer) == as_kio_has_it(version, read_by_kio(version, data))
        assert told.answer.throttle_ms == (77 if version >= 2 else 0)


@pytest.mark.parametrize("version", VERSIONS)
def test_broken_bytes_are_refused_or_read_as_kio_does(version: int) -> None:
    rng = random.Random(100 + version)
    read = 0
    for _ in range(4):
        data = answer(version, random_topics(rng, rng.choice((1, 2, 4))))
        for _ in range(MUTATIONS):
            broken = mutated(rng, data)
            told, oracle = decoded(version, broken), by_kio(version, broken)
            if told is not None and oracle is not None:
                read += 1
                assert as_rows(told.answer) == as_kio_has_it(version, oracle)
    assert read > MUTATIONS // 10


@pytest.mark.parametrize("version", [1, 3, 5, 6, 11])
def test_a_cut_off_answer_is_never_taken(version: int) -> None:
    data = answer(version, random_topics(random.Random(7), 3))
    assert all(decoded(version, data[:end]) is None for end in range(len(data)))
    assert decoded(version, data + b"\0") is None


def test_tagged_fields_are_passed_over() -> None:
    plain = answer(9, [("a", [Row(0, 5), Row(1, 6)])])
    first_entry_ends = plain.index(b"a") + 2 + form_of(9).width
    tagged = plain[: first_entry_ends - 1] + b"\x01\x00\x02hi" + plain[first_entry_ends:]
    told = decoded(9, tagged)
    assert told is not None
    assert told.has_tags
    assert [row[3] for row in as_rows(told.answer)] == [5, 6]


@pytest.mark.parametrize("version", VERSIONS)
def test_answers_that_differ_in_their_offsets_share_their_rows(version: int) -> None:
    rng, answers = random.Random(version), RepeatedAnswers(version)
    topics = random_topics(rng, 12)
    rows = []
    for number in range(5):
        moved = [
            (n, [row._replace(offset=row.offset + number * 3) for row in partitions])
            for n, partitions in topics
        ]
        data = answer(version, moved, throttle_ms=number)
        told = at_once(answers.decode(data))
        assert as_rows(told) == as_kio_has_it(version, read_by_kio(version, data))
        assert told.throttle_ms == (number if version >= 2 else 0)
        rows.append(told.rows)
    assert rows[1] is rows[2] is rows[3] is rows[4]


CHANGES: list[tuple[str, Topics]] = [
    ("an error", [("a", [Row(0, 1), Row(1, -1, 6)]), ("b", [Row(0, 1)])]),
    ("an epoch", [("a", [Row(0, 1), Row(1, 1, 0, 4)]), ("b", [Row(0, 1)])]),
    ("the order", [("a", [Row(1, 1), Row(0, 1)]), ("b", [Row(0, 1)])]),
    ("a name", [("a", [Row(0, 1), Row(1, 1)]), ("c", [Row(0, 1)])]),
    ("a topic less", [("a", [Row(0, 1), Row(1, 1)])]),
]


@pytest.mark.parametrize(("what", "other"), CHANGES)
def test_an_answer_that_differs_in_more_is_read_from_the_start(what: str, other: Topics) -> None:
    answers = RepeatedAnswers(9)
    usual = answer(9, [("a", [Row(0, 1), Row(1, 1)]), ("b", [Row(0, 1)])])
    for _ in range(3):
        first = at_once(answers.decode(usual))
    told = at_once(answers.decode(answer(9, other)))
    assert told.rows is not first.rows
    assert as_rows(told) == as_kio_has_it(9, read_by_kio(9, answer(9, other)))
    assert as_rows(at_once(answers.decode(usual))) == as_rows(first)


def test_the_highest_version_that_both_know() -> None:
    assert version_for(VersionRange(0, 9)) == 9
    assert version_for(VersionRange(1, 40)) == 11
    assert version_for(VersionRange(0, 1)) == 1
    with pytest.raises(NotSupported, match="0 to 0"):
        version_for(VersionRange(0, 0))
    with pytest.raises(NotSupported, match="12 to 13"):
        version_for(VersionRange(12, 13))
    with pytest.raises(NotSupported):
        version_for(None)
