"""The bulk decoders and the image against the plain ones: the same bytes, the same rows."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest

from ktui.adapters.events import BrokersChanged, ClusterEvent, SourceName, Stamp, TopicsReplaced, TopicState
from ktui.adapters.kafka.log.batches import Batch, Damaged, batches
from ktui.adapters.kafka.log.decode import decode
from ktui.adapters.kafka.log.image import MetadataImage
from ktui.adapters.kafka.log.records import Unreadable
from ktui.adapters.kafka.steps import at_once
from tests.adapters.kafka.log.plain_log import (
    SCHEMAS,
    Broken,
    PlainReader,
    Record,
    batch_bytes,
    batch_of,
    read_value,
    value_of,
)
from tests.adapters.kafka.log.plain_state import PlainState, told_by
from tests.adapters.kafka.log.workload import Workload

NOW = 5.0
PASSED_OVER = [bytes([kind]) for kind in (10, 15, 20, 26, 28)]
"""Types of records whose fields nobody looks at."""
MOST_PARTITIONS = 1_000_000


def folded(events: list[ClusterEvent], topics: dict[str, TopicState]) -> None:
    """What somebody knows who only hears the events."""
    for event in events:
        if isinstance(event, TopicsReplaced):
            for name in event.removed:
                del topics[name]
            topics.update({state.name: state for state in event.topics})


@pytest.mark.parametrize("seed", range(8))
def test_events_add_up_to_the_state_record_by_record(seed: int) -> None:
    work, plain, image = Workload(seed), PlainState(), MetadataImage()
    topics: dict[str, TopicState] = {}
    base = 0
    for records in [work.registrations(), *work.steps(60)]:
        if not records:
            continue
        batch = next(batches(batch_of(records, base)))
        assert batch.last_offset == base + len(records) - 1
        base += len(records)
        plain.replay(records)
        events = image.take(batch, seen_at=NOW)
        assert {(event.stamp.batch, event.stamp.position) for event in events} <= {
            (batch.base_offset, batch.last_offset)
        }
        folded(events, topics)
        assert told_by(topics.values()) == plain.told()
        assert {name: state.moving for name, state in topics.items() if state.moving} == plain.moving()
    assert told_by(image.state.topics.by_id.values()) == plain.told()
    assert image.state.is_exact
    assert image.state.topics.strays == 0
    assert not image.state.unreadable


def test_a_snapshot_is_the_same_state_however_it_is_cut_into_batches() -> None:
    work = Workload(99)
    records = [*work.registrations(), *(one for _ in range(40) for one in work.topic())]
    plain = PlainState()
    plain.replay(records)
    for size in (1, 7, 100, len(records)):
        image = MetadataImage()
        for at in range(0, len(records), size):
            for batch in batches(batch_of(records[at : at + size], at)):
                at_once(image.loading(batch))
        events = at_once(image.whole(Stamp(SourceName.METADATA_LOG, NOW)))
        topics: dict[str, TopicState] = {}
        folded(events, topics)
        assert told_by(topics.values()) == plain.told()
        assert any(isinstance(event, BrokersChanged) for event in events)
        assert any(isinstance(event, TopicsReplaced) and event.is_complete for event in events)


def plainly(batch: bytes) -> tuple[list[Record], int]:
    """The records of a batch whose frame is whole, and how many cannot be read; Broken: none can be trusted."""
    reader = PlainReader(batch)
    reader.take(57)
    count = int.from_bytes(reader.take(4), "big", signed=True)
    records, unreadable = [], 0
    for number in range(count):
        try:
            length = reader.varint()
        except Broken:
            return records, unreadable + count - number
        end = reader.at + length
        if length <= 0 or end > len(batch):
            return records, unreadable + count - number
        try:
            value = _value(batch, reader, end)
            if not (value[:1] == b"\x01" and value[1:2] in PASSED_OVER and value[2:3] == b"\0"):
                records.append(_possible(read_value(value)))
        except Broken:
            unreadable += 1
        reader.at = end
    return records, unreadable


def _possible(record: Record) -> Record:
    if not 0 <= record.fields.get("partition", 0) < MOST_PARTITIONS:
        raise Broken
    return record


def _value(batch: bytes, reader: PlainReader, end: int) -> bytes:
    reader.take(1)
    for _ in range(2):
        while reader.take(1)[0] > 0x7F:
            pass
    size = reader.varint()
    reader.take(max(0, size))
    value = reader.take(reader.varint())
    if reader.at + 1 != end or batch[reader.at]:
        raise Broken
    return value


@pytest.mark.parametrize("seed", range(4))
def test_broken_records_are_counted_and_never_make_a_wrong_row(seed: int) -> None:
    """Bytes inside a batch are changed and its checksum made right again."""
    rng, work = random.Random(seed), Workload(seed)
    start = work.registrations()
    body = [*work.topic(70), *work.topic(20), *work.changes(), *work.noise()]
    values = [value_of(record) for record in body]
    for _ in range(100):
        broken = list(values)
        for _ in range(rng.choice((1, 1, 3))):
            at = rng.randrange(len(broken))
            broken[at] = mutated(rng, broken[at])
        raw = batch_bytes(broken, len(start))
        records, unreadable = plainly(raw)
        image, plain = MetadataImage(), PlainState()
        for part in (batch_of(start), raw):
            for batch in batches(part):
                image.take(batch, seen_at=NOW)
        plain.replay(start)
        plain.replay(records)
        told = told_by(image.state.topics.by_id.values())
        assert told == plain.told()
        assert image.state.malformed + image.state.unreadable.total() == unreadable


@pytest.mark.parametrize("seed", range(4))
def test_broken_bytes_of_batches_are_an_error_with_a_place_and_never_a_crash(seed: int) -> None:
    rng, work = random.Random(seed), Workload(seed)
    whole = batch_of(work.registrations()) + batch_of(work.topic(20), 12) + batch_of(work.noise(), 33)
    for _ in range(300):
        data = mutated(rng, whole)
        read = readable(data)
        for batch in read:
            at_once(decode(batch))
        assert {batch.records for batch in read} <= {batch.records for batch in batches(whole)}


def test_random_bytes_are_no_batches() -> None:
    rng = random.Random(1)
    for size in range(0, 400, 3):
        assert readable(rng.randbytes(size)) == []


def readable(data: bytes) -> list[Batch]:
    """The batches before the first that is damaged."""
    read: list[Batch] = []
    with suppress(Damaged):
        read.extend(batches(data))
    return read


def test_every_version_of_every_type_is_read() -> None:
    for kind, version in every_version():
        change = at_once(decode(next(iter(batches(batch_of([Record(kind, made_up(kind), version)]))))))
        assert not any(isinstance(one, Unreadable) for one in change), (kind, version)


def every_version() -> list[tuple[int, int]]:
    return [(kind, version) for kind, (newest, _) in SCHEMAS.items() for version in range(newest + 1)]


def made_up(kind: int) -> dict[str, object]:
    """A value for every field."""
    values: dict[str, object] = {
        "i8": 1, "i16": 2, "u16": 40_000, "i32": 3, "i64": 4, "f64": 5.5, "bool": True, "str": "text",
        "str?": "more", "uuid": bytes(16), "bytes": b"raw", "[i32]": [1, 2], "[i32]?": [1],
        "[uuid]": [bytes(16)], "[uuid]?": [bytes(16)], "[str]": ["a"],
        "[endpoint]": [{"name": "A", "host": "h", "port": 9, "protocol": 0}],
        "[feature]": [{"name": "f", "least": 0, "most": 1}], "[entity]": [{"type": "user", "name": None}],
    }  # fmt: skip
    return {field.name: values[field.type] for field in SCHEMAS[kind][1]}


def mutated(rng: random.Random, data: bytes) -> bytes:
    parts = bytearray(data)
    kind = rng.random()
    at = rng.randrange(len(parts))
    if kind < 0.6:
        parts[at] = rng.choice((0, 1, 2, 3, 5, 0x7F, 0x80, 0xFF, rng.randrange(256)))
    elif kind < 0.75:
        del parts[at : at + rng.randint(1, 8)]
    elif kind < 0.9:
        parts[at:at] = rng.randbytes(rng.randint(1, 8))
    else:
        del parts[max(1, at) :]
    return bytes(parts)
