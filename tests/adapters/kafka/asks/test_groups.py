from __future__ import annotations

import random
import struct
from typing import Any

import pytest
from kio.index import load_response_schema
from kio.schema.consumer_protocol_assignment.v3 import data as assignment_v3
from kio.serial import entity_reader, entity_writer

from ktui.adapters.errors import BadAnswer, NotPermitted, Refused
from ktui.adapters.groups.model import GroupSeen, GroupType, Member
from ktui.adapters.kafka.asks.describe_groups import describe_groups, read_assignment
from ktui.adapters.kafka.asks.group_offsets import fetch_offsets, fetch_share_offsets
from ktui.adapters.kafka.asks.list_groups import decode_groups, list_groups
from ktui.adapters.kafka.steps import at_once
from tests.adapters.kafka.scripted_link import response, scripted

LIST, DESCRIBE, OFFSETS, CONSUMER, SHARE, SHARE_OFFSETS, STREAMS = 16, 15, 9, 69, 77, 90, 89


def row(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "group_id": name,
        "protocol_type": "consumer",
        "group_state": "Stable",
        "group_type": "share",
    } | changes


@pytest.mark.parametrize("version", range(6))
async def test_a_list_of_groups(version: int) -> None:
    told = await list_groups(scripted(LIST, version, {"groups": [row("a"), row("b", group_state="")]}), 7)
    assert [(group.name, group.coordinator, group.protocol) for group in told] == [
        ("a", 7, "consumer"),
        ("b", 7, "consumer"),
    ]
    assert [group.state for group in told] == (["Stable", None] if version >= 4 else [None, None])
    assert told[0].type is (GroupType.SHARE if version >= 5 else GroupType.CLASSIC)


async def test_a_kind_of_group_that_is_newer_than_we_are() -> None:
    (told,) = await list_groups(scripted(LIST, 5, {"groups": [row("a", group_type="Dance")]}), 1)
    assert told.type is None


async def test_a_coordinator_that_is_loading() -> None:
    with pytest.raises(Refused, match="still loading"):
        await list_groups(scripted(LIST, 5, {"error_code": 14}), 1)


@pytest.mark.parametrize("version", range(6))
def test_broken_lists_are_refused_or_read_as_kio_reads_them(version: int) -> None:
    rng = random.Random(version)
    data = response(LIST, version, {"groups": [row(f"group-{n}" * n) for n in range(6)]})
    for end in range(len(data)):
        with pytest.raises(BadAnswer):
            at_once(decode_groups(data[:end], version, 1))
    for _ in range(300):
        broken = bytearray(data)
        broken[rng.randrange(len(broken))] ^= 1 << rng.randrange(8)
        try:
            told = at_once(decode_groups(bytes(broken), version, 1))
            oracle, _ = entity_reader(load_response_schema(LIST, version))(bytes(broken), 0)
        except (BadAnswer, Refused, ValueError):
            continue
        assert [(g.name, g.protocol) for g in told] == [(g.group_id, g.protocol_type) for g in oracle.groups]


def assignment(*topics: tuple[str, tuple[int, ...]]) -> bytes:
    import io

    stream = io.BytesIO()
    made = assignment_v3.ConsumerProtocolAssignment(
        assigned_partitions=tuple(
            assignment_v3.TopicPartition(topic=topic, partitions=parts)  # type: ignore[arg-type]
            for topic, parts in topics
        ),
        user_data=None,
    )
    entity_writer(assignment_v3.ConsumerProtocolAssignment)(stream, made)
    return struct.pack(">h", 3) + stream.getvalue()


def test_assignments_of_classic_members() -> None:
    data = assignment(("orders", (0, 2)), ("payments", ()))
    assert read_assignment(data) == {"orders": (0, 2), "payments": ()}
    assert read_assignment(b"") == {}
    assert read_assignment(b"\0") is None
    rng = random.Random(1)
    for _ in range(500):
        broken = bytearray(data)
        broken[rng.randrange(len(broken))] = rng.randrange(256)
        told = read_assignment(bytes(broken[: rng.randrange(len(broken) + 1)]))
        assert told is None or isinstance(told, dict)


@pytest.mark.parametrize("version", range(7))
async def test_members_of_classic_groups(version: int) -> None:
    member = {
        "member_id": "m-1",
        "group_instance_id": "i-1",
        "client_id": "app",
        "client_host": "/10.0.0.1",
        "member_assignment": assignment(("orders", (0, 2))),
    }
    answer = {
        "groups": [
            {"group_id": "g", "group_state": "Stable", "protocol_type": "consumer", "protocol_data": "range",
             "members": [member]},
            {"group_id": "c", "group_state": "Stable", "protocol_type": "connect", "members": [member]},
            {"group_id": "no", "error_code": 30},
        ]
    }  # fmt: skip
    link = scripted(DESCRIBE, version, answer)
    told = await describe_groups(link, GroupType.CLASSIC, ["g", "c", "no"])
    instance = "i-1" if version >= 4 else None
    expected = Member("m-1", instance, "app", "10.0.0.1", {"orders": (0, 2)})
    assert told["g"] == GroupSeen("g", "Stable", (expected,), "range")
    connect = told["c"]
    assert isinstance(connect, GroupSeen)
    assert connect.members[0].assigned is None
    assert isinstance(told["no"], NotPermitted)
    assert "Describe on group no" in str(told["no"])
    assert list(link.sent[0].read().groups) == ["g", "c", "no"]


@pytest.mark.parametrize(
    ("kind", "api", "version"),
    [(GroupType.CONSUMER, CONSUMER, 0), (GroupType.CONSUMER, CONSUMER, 1), (GroupType.SHARE, SHARE, 1)],
)
async def test_members_of_newer_groups(kind: GroupType, api: int, version: int) -> None:
    parts = {"topic_partitions": [{"topic_name": "orders", "partitions": [1, 3]}]}
    member = {"member_id": "m", "client_id": "app", "client_host": "/h", "assignment": parts,
              "target_assignment": {"topic_partitions": []}}  # fmt: skip
    answer = {
        "groups": [
            {"group_id": "g", "group_state": "Stable", "assignor_name": "uniform", "members": [member]},
            {"group_id": "gone", "error_code": 69, "error_message": "Group gone not found."},
        ]
    }
    told = await describe_groups(scripted(api, version, answer), kind, ["g", "gone"])
    seen = told["g"]
    assert isinstance(seen, GroupSeen)
    assert (seen.assignor, seen.members[0].assigned) == ("uniform", {"orders": (1, 3)})
    assert seen.reads("orders")
    assert seen.owner(("orders", 3)) is seen.members[0]
    assert seen.owner(("orders", 2)) is None
    assert str(told["gone"]) == "Group gone not found."


async def test_streams_members_hold_tasks_of_which_the_topics_are_not_told() -> None:
    empty = {"active_tasks": [], "standby_tasks": [], "warmup_tasks": []}
    member = {"member_id": "m", "client_id": "app", "assignment": empty, "target_assignment": empty}
    answer = {"groups": [{"group_id": "g", "group_state": "Stable", "members": [member]}]}
    told = (await describe_groups(scripted(STREAMS, 0, answer), GroupType.STREAMS, ["g"]))["g"]
    assert isinstance(told, GroupSeen)
    assert told.members[0].assigned is None
    assert told.is_live


def offsets(name: str, *offsets: int) -> dict[str, Any]:
    parts = [{"partition_index": i, "committed_offset": offset} for i, offset in enumerate(offsets)]
    return {"topics": [{"name": name, "partitions": parts}]}


async def test_offsets_of_many_groups_in_one_request() -> None:
    answer = {"groups": [{"group_id": "a", **offsets("t", 5, -1)}, {"group_id": "b", "error_code": 30}]}
    link = scripted(OFFSETS, 9, answer)
    told = await fetch_offsets(link, ["a", "b"])
    assert told["a"] == {("t", 0): 5}
    assert isinstance(told["b"], NotPermitted)
    (sent,) = link.sent
    assert [(group.group_id, group.topics) for group in sent.read().groups] == [("a", None), ("b", None)]


@pytest.mark.parametrize("version", range(2, 8))
async def test_older_coordinators_are_asked_group_by_group(version: int) -> None:
    link = scripted(OFFSETS, version, offsets("t", 5), offsets("t", -1))
    told = await fetch_offsets(link, ["a", "b"], {"t": [0]})
    assert told == {"a": {("t", 0): 5}, "b": {}}
    assert [sent.read().group_id for sent in link.sent] == ["a", "b"]


async def test_start_offsets_of_share_groups() -> None:
    part = {"partition_index": 1, "start_offset": 12}
    absent = {"partition_index": 2, "start_offset": -1}
    groups = [{"group_id": "s", "topics": [{"topic_name": "t", "partitions": [part, absent]}]},
              {"group_id": "no", "error_code": 30}]  # fmt: skip
    told = await fetch_share_offsets(scripted(SHARE_OFFSETS, 0, {"groups": groups}), ["s", "no"])
    assert told["s"] == {("t", 1): 12}
    assert isinstance(told["no"], NotPermitted)
