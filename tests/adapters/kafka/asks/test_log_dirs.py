from __future__ import annotations

import random
from typing import Any

import pytest
from kio.index import load_response_schema
from kio.serial import entity_reader

from ktui.adapters.errors import BadAnswer, NotPermitted, Refused
from ktui.adapters.kafka.asks.log_dirs import LogDirs, decode_log_dirs, describe_log_dirs
from ktui.adapters.kafka.steps import at_once
from tests.adapters.kafka.scripted_link import response, scripted

VERSIONS = range(1, 6)


def replica(index: int, size: int, **changes: Any) -> dict[str, Any]:
    return {"partition_index": index, "partition_size": size} | changes


def directory(path: str, topics: dict[str, list[dict[str, Any]]], **changes: Any) -> dict[str, Any]:
    return {
        "log_dir": path,
        "topics": [{"name": name, "partitions": parts} for name, parts in topics.items()],
    } | changes


def decoded(data: bytes, version: int) -> LogDirs:
    return at_once(decode_log_dirs(data, version))


@pytest.mark.parametrize("version", VERSIONS)
async def test_sizes_by_topic_and_partition(version: int) -> None:
    answer = {
        "results": [
            directory("/a", {"t": [replica(0, 10), replica(2, 2**40)], "u": [replica(0, 7)]}),
            directory("/b", {"t": [replica(1, 5), replica(0, 3, is_future_key=True)]}, error_code=0),
            directory("/bad", {}, error_code=56),
        ]
    }
    link = scripted(35, version, answer)
    told = await describe_log_dirs(link)
    assert told.replica_bytes == {"t": {0: 10, 1: 5, 2: 2**40}, "u": {0: 7}}
    assert [(d.path, d.error) for d in told.directories] == [
        ("/a", None),
        ("/b", None),
        ("/bad", "the disk of the log directory failed"),
    ]
    assert link.sent[0].read().topics is None


async def test_volumes_are_told_from_version_4_on() -> None:
    volumes = directory("/a", {}, total_bytes=100, usable_bytes=40)
    (told,) = (await describe_log_dirs(scripted(35, 4, {"results": [volumes]}))).directories
    assert (told.total_bytes, told.usable_bytes, told.is_cordoned) == (100, 40, False)
    unknown = directory("/a", {}, total_bytes=-1, usable_bytes=-1, is_cordoned=True)
    (told,) = (await describe_log_dirs(scripted(35, 5, {"results": [unknown]}))).directories
    assert (told.total_bytes, told.usable_bytes, told.is_cordoned) == (None, None, True)
    (told,) = (await describe_log_dirs(scripted(35, 3, {"results": [directory("/a", {})]}))).directories
    assert (told.total_bytes, told.usable_bytes) == (None, None)


@pytest.mark.parametrize(
    ("version", "answer"), [(2, {"results": []}), (3, {"error_code": 31}), (5, {"error_code": 31})]
)
async def test_a_missing_right(version: int, answer: dict[str, Any]) -> None:
    with pytest.raises(NotPermitted, match="needs Describe on Cluster"):
        await describe_log_dirs(scripted(35, version, answer))


def test_a_replica_with_tagged_fields() -> None:
    data = response(35, 2, {"results": [directory("/a", {"t": [replica(0, 10), replica(1, 20)]})]})
    plain = (10).to_bytes(8, "big") + bytes(8) + b"\0" + b"\0"
    assert plain in data
    tagged = data.replace(plain, plain[:-1] + b"\x01\x05\x02xy")
    assert decoded(tagged, 2).replica_bytes == {"t": {0: 10, 1: 20}}


@pytest.mark.parametrize("version", VERSIONS)
def test_broken_answers_are_refused_or_read_as_kio_reads_them(version: int) -> None:
    rng = random.Random(version)
    topics = {f"t{n}": [replica(i, rng.randrange(2**33)) for i in range(n)] for n in range(6)}
    data = response(35, version, {"results": [directory("/a", topics), directory("/b", {})]})
    for end in range(len(data)):
        with pytest.raises(BadAnswer):
            decoded(data[:end], version)
    for _ in range(300):
        broken = bytearray(data)
        broken[rng.randrange(len(broken))] ^= 1 << rng.randrange(8)
        try:
            told = decoded(bytes(broken), version)
            oracle, _ = entity_reader(load_response_schema(35, version))(bytes(broken), 0)
        except (BadAnswer, Refused, ValueError):
            continue
        expected: dict[str, dict[int, int]] = {}
        for one in oracle.results:
            for topic in one.topics:
                sizes = {p.partition_index: p.partition_size for p in topic.partitions if not p.is_future_key}
                if sizes:
                    expected.setdefault(topic.name, {}).update(sizes)
        assert told.replica_bytes == expected
