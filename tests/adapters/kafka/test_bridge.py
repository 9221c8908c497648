"""Requests through kio: the version that is agreed on, and bytes that are no answer."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

import ktui
from ktui.adapters.errors import BadAnswer, NotSupported
from ktui.adapters.kafka.answer_check import check_lengths
from ktui.adapters.kafka.bridge import Api, agreed_version, codec_of, exchange, supports
from ktui.adapters.kafka.link import VersionRange
from tests.adapters.kafka.scripted_link import ScriptedLink, response, scripted


def link(lowest: int, highest: int, api: Api = Api.DESCRIBE_CLUSTER) -> ScriptedLink:
    return ScriptedLink({api: VersionRange(lowest, highest)}, [])


@pytest.mark.parametrize(
    ("offered", "bounds", "agreed"), [((0, 9), (0, None), 2), ((0, 1), (0, None), 1), ((0, 9), (0, 1), 1)]
)
async def test_the_highest_common_version(
    offered: tuple[int, int], bounds: tuple[int, int | None], agreed: int
) -> None:
    lowest, highest = bounds
    version = await agreed_version(link(*offered), Api.DESCRIBE_CLUSTER, lowest=lowest, highest=highest)
    assert version == agreed


async def test_no_common_version_is_said_in_numbers() -> None:
    with pytest.raises(NotSupported, match="takes versions 7 to 9, needed is one of 0 to 2"):
        await agreed_version(link(7, 9), Api.DESCRIBE_CLUSTER)
    with pytest.raises(NotSupported):
        await agreed_version(link(0, 1), Api.DESCRIBE_CLUSTER, lowest=2)


async def test_an_unknown_request() -> None:
    with pytest.raises(NotSupported, match="does not know DescribeQuorum"):
        await agreed_version(link(0, 1), Api.DESCRIBE_QUORUM)
    assert not await supports(link(0, 1), Api.DESCRIBE_QUORUM)
    assert await supports(link(0, 1), Api.DESCRIBE_CLUSTER, 1)
    assert not await supports(link(0, 1), Api.DESCRIBE_CLUSTER, 2)


async def test_fields_that_a_version_lacks_are_left_out() -> None:
    peer = scripted(60, 0, {"cluster_id": "c"})
    answer = await exchange(peer, Api.DESCRIBE_CLUSTER, {"include_fenced_brokers": True, **_WITHOUT_RIGHTS})
    assert answer.cluster_id == "c"
    assert peer.sent[0].is_flexible
    assert not hasattr(peer.sent[0].read(), "include_fenced_brokers")


_WITHOUT_RIGHTS = {"include_cluster_authorized_operations": False}
SAMPLES = [
    (
        18,
        4,
        {
            "api_keys": [{"api_key": 1, "max_version": 3}],
            "supported_features": [{"name": "f", "max_version": 2}],
        },
    ),
    (20, 4, {"responses": [{"name": "a"}]}),
    (32, 2, {"results": [{"resource_name": "a", "configs": [{"name": "k", "value": "v"}]}]}),
    (32, 4, {"results": [{"resource_name": "a", "configs": [{"name": "k", "value": None}]}]}),
    (46, 0, {"topics": [{"name": "t", "partitions": [{"replicas": (1, 2)}]}]}),
    (
        55,
        2,
        {
            "topics": [{"partitions": [{"current_voters": [{"replica_id": 1}]}]}],
            "nodes": [{"listeners": [{}]}],
        },
    ),
    (75, 0, {"topics": [{"partitions": [{"isr_nodes": (1,)}]}], "next_cursor": {"topic_name": "t"}}),
]


@pytest.mark.parametrize(("api_key", "version", "values"), SAMPLES)
def test_true_answers_pass_and_cut_off_ones_do_not(
    api_key: int, version: int, values: dict[str, object]
) -> None:
    codec, data = codec_of(Api(api_key), version), response(api_key, version, values)
    codec.decode(data)
    for end in range(len(data)):
        with pytest.raises(BadAnswer):
            codec.decode(data[:end])
    with pytest.raises(BadAnswer, match="left over"):
        codec.decode(data + b"\0")


@pytest.mark.parametrize(("api_key", "version", "values"), SAMPLES)
def test_broken_answers_are_refused_or_read(api_key: int, version: int, values: dict[str, object]) -> None:
    codec, data = codec_of(Api(api_key), version), response(api_key, version, values)
    rng = random.Random(api_key)
    for _ in range(400):
        broken = bytearray(data)
        broken[rng.randrange(len(broken))] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        with suppress(BadAnswer):
            codec.decode(bytes(broken))


def test_a_count_that_cannot_be_does_not_end_the_process() -> None:
    codec = codec_of(Api.DELETE_TOPICS, 1)
    with pytest.raises(BadAnswer, match="cut off"):
        codec.decode(bytes(4) + b"\x7f\xff\xff\xff")


def test_lengths_are_checked_against_the_class() -> None:
    from kio.schema.delete_topics.v1.response import DeleteTopicsResponse

    check_lengths(DeleteTopicsResponse, bytes(8))
    with pytest.raises(ValueError, match="left over"):
        check_lengths(DeleteTopicsResponse, bytes(9))


def test_kio_is_imported_when_needed_only() -> None:
    code = "import sys, ktui.adapters.kafka.asks.describe_quorum; print('kio' in sys.modules)"
    path = os.environ | {"PYTHONPATH": str(Path(ktui.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=path)
    assert done.stdout.strip() == "False"
