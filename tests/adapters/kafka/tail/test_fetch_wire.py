from __future__ import annotations

import random
import uuid
from typing import Any

import pytest

from ktui.adapters.errors import BadAnswer, NotSupported
from ktui.adapters.kafka.link import VersionRange
from ktui.adapters.kafka.tail.fetch_wire import (
    HIGHEST,
    LAST_WITH_NAMES,
    LOWEST,
    Ask,
    Terms,
    decode,
    encode,
    is_flexible,
    version_for,
)
from tests.adapters.kafka.scripted_link import Sent, response

VERSIONS = range(LOWEST, HIGHEST + 1)
ID = uuid.UUID(int=7)


@pytest.mark.parametrize("version", VERSIONS)
def test_request_as_kio_reads_it(version: int) -> None:
    asks = [Ask(3, 1 << 40, 1 << 20, 9, 8), Ask(11, 0, 5)]
    body = encode(
        version, "orders", ID.bytes, asks, Terms(500, 1 << 22, reads_committed=True, rack="r1", min_bytes=2)
    )
    read: Any = Sent(1, version, body, is_flexible(version)).read()
    assert (read.min_bytes, read.max_bytes, read.isolation_level) == (2, 1 << 22, 1)
    assert read.max_wait.total_seconds() == 0.5
    if version < 15:
        assert read.replica_id == -1
    else:
        assert read.replica_state.replica_id == -1
    if version >= 7:
        assert (read.session_id, read.session_epoch) == (0, -1)
        assert read.forgotten_topics_data == ()
    if version >= 11:
        assert read.rack_id == "r1"
    (topic,) = read.topics
    assert (topic.topic if version <= LAST_WITH_NAMES else topic.topic_id) in ("orders", ID)
    assert [(p.partition, p.fetch_offset, p.partition_max_bytes) for p in topic.partitions] == [
        (3, 1 << 40, 1 << 20),
        (11, 0, 5),
    ]
    if version >= 9:
        assert [p.current_leader_epoch for p in topic.partitions] == [9, -1]
    if version >= 12:
        assert [p.last_fetched_epoch for p in topic.partitions] == [8, -1]


def answered(version: int, partitions: list[dict[str, Any]]) -> bytes:
    topic = {"topic": "orders", "topic_id": ID, "partitions": partitions}
    from datetime import timedelta

    return response(1, version, {"throttle_time": timedelta(milliseconds=70), "responses": [topic]})


def parts(chance: random.Random, version: int) -> list[dict[str, Any]]:
    made = []
    for index in range(chance.randint(0, 4)):
        part: dict[str, Any] = {
            "partition_index": index,
            "error_code": chance.choice([0, 1, 6, 29]),
            "high_watermark": chance.randint(0, 1 << 50),
            "last_stable_offset": chance.randint(-1, 1 << 50),
            "log_start_offset": chance.randint(-1, 1 << 50),
            "aborted_transactions": chance.choice(
                [None, [{"producer_id": n, "first_offset": 2 * n} for n in range(chance.randint(0, 3))]]
            ),
            "preferred_read_replica": chance.choice([-1, 2]),
            "records": chance.choice([None, b"", chance.randbytes(chance.randint(1, 400))]),
        }
        if version >= 12 and chance.random() < 0.5:
            part["diverging_epoch"] = {"epoch": 3, "end_offset": 77 + index}
            part["current_leader"] = {"leader_id": 2, "leader_epoch": 9}
        made.append(part)
    return made


@pytest.mark.parametrize("version", VERSIONS)
def test_answers_as_kio_writes_them(version: int) -> None:
    chance = random.Random(version)
    for _ in range(60):
        wanted = parts(chance, version)
        data = answered(version, wanted)
        fetched = decode(version, data)
        assert (fetched.throttle_ms, fetched.error) == (70, 0)
        assert len(fetched.parts) == len(wanted)
        for part, given in zip(fetched.parts, wanted, strict=True):
            assert (part.partition, part.error) == (given["partition_index"], given["error_code"])
            assert part.high_watermark == given["high_watermark"]
            assert part.last_stable == given["last_stable_offset"]
            assert part.log_start == (given["log_start_offset"] if version >= 5 else -1)
            assert part.preferred == (given["preferred_read_replica"] if version >= 11 else -1)
            listed = given["aborted_transactions"] or []
            assert part.aborted == tuple((one["producer_id"], one["first_offset"]) for one in listed)
            assert data[part.start : part.end] == (given["records"] or b"")
            diverged = given.get("diverging_epoch")
            assert part.diverged_at == (diverged["end_offset"] if diverged else -1)


@pytest.mark.parametrize("version", [4, 11, 12, 16])
def test_malformed_answers_are_bad_answers(version: int) -> None:
    chance = random.Random(version)
    for _ in range(300):
        data = bytearray(answered(version, parts(chance, version)))
        if chance.random() < 0.5:
            del data[chance.randrange(len(data)) :]
        else:
            for _ in range(chance.randint(1, 3)):
                data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            fetched = decode(version, bytes(data))
        except BadAnswer:
            continue
        assert all(0 <= part.start <= part.end <= len(data) for part in fetched.parts)


def test_versions() -> None:
    assert version_for(VersionRange(0, 11), has_topic_id=True) == 11
    assert version_for(VersionRange(4, 18), has_topic_id=True) == 16
    assert version_for(VersionRange(4, 18), has_topic_id=False) == 12
    with pytest.raises(NotSupported, match="does not know Fetch"):
        version_for(None, has_topic_id=True)
    with pytest.raises(NotSupported, match="versions 0 to 3"):
        version_for(VersionRange(0, 3), has_topic_id=True)
    with pytest.raises(NotSupported, match="versions 13 to 18"):
        version_for(VersionRange(13, 18), has_topic_id=False)
