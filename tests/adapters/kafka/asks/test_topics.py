from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from ktui.adapters.errors import BadAnswer, NotPermitted, NotSupported, Refused
from ktui.adapters.kafka.asks.create_topics import NewTopic, create_topics
from ktui.adapters.kafka.asks.delete_topics import OldTopic, delete_topics
from ktui.adapters.kafka.asks.list_offsets import At, list_offsets
from ktui.adapters.kafka.asks.reassignments import Reassignment, list_reassignments
from ktui.adapters.kafka.asks.topic_partitions import describe_topic_partitions
from ktui.adapters.kafka.operations import Operation
from tests.adapters.kafka.scripted_link import scripted

ID = uuid.UUID(int=5)


async def test_each_topic_has_its_own_outcome() -> None:
    made = {
        "name": "a",
        "topic_id": ID,
        "num_partitions": 3,
        "replication_factor": 2,
        "configs": [{"name": "k", "value": "v"}],
    }
    refused = {"name": "b", "error_code": 36, "error_message": "Topic 'b' already exists."}
    hidden = {"name": "c", "topic_config_error_code": 29, "configs": None}
    link = scripted(19, 7, {"topics": [made, refused, hidden], "throttle_time": timedelta(milliseconds=250)})
    topics = [
        NewTopic("a", 3, 2, {"k": "v"}),
        NewTopic("b"),
        NewTopic("c", None, None, {}, {0: [1, 2], 1: [2, 3]}),
    ]
    told = await create_topics(link, topics, validate_only=False, timeout_s=2.5)
    assert told.throttled_s == 0.25
    a, b, c = (told.outcomes[name] for name in "abc")
    assert (a.code, a.topic_id, a.partitions, a.replication_factor, a.configs) == (
        0,
        ID.bytes,
        3,
        2,
        {"k": "v"},
    )
    assert (b.code, b.code_name, b.configs) == (36, "TOPIC_ALREADY_EXISTS", None)
    assert b.message == "Topic 'b' already exists."
    assert (c.code, c.configs, c.config_error_code) == (0, None, 29)
    sent = link.sent[0].read()
    assert (sent.timeout, sent.validate_only) == (timedelta(seconds=2.5), False)
    assert [(t.name, t.num_partitions, t.replication_factor) for t in sent.topics] == [
        ("a", 3, 2),
        ("b", -1, -1),
        ("c", -1, -1),
    ]
    assert [(one.partition_index, one.broker_ids) for one in sent.topics[2].assignments] == [
        (0, (1, 2)),
        (1, (2, 3)),
    ]
    assert [(one.name, one.value) for one in sent.topics[0].configs] == [("k", "v")]


async def test_a_dry_run_has_no_id() -> None:
    link = scripted(19, 7, {"topics": [{"name": "a", "topic_id": ID, "configs": []}]})
    told = await create_topics(link, [NewTopic("a", 1, 1)], validate_only=True, timeout_s=1)
    assert told.outcomes["a"].topic_id is None
    assert link.sent[0].read().validate_only is True


async def test_numbers_left_to_the_cluster_need_a_cluster_that_chooses() -> None:
    with pytest.raises(NotSupported):
        await create_topics(scripted(19, 3), [NewTopic("a")], validate_only=False, timeout_s=1)
    link = scripted(19, 3, {"topics": [{"name": "a"}]})
    told = await create_topics(link, [NewTopic("a", 1, 1)], validate_only=False, timeout_s=1)
    assert (told.outcomes["a"].code, told.outcomes["a"].partitions) == (0, None)


async def test_deletion_by_id_and_by_name() -> None:
    other = uuid.UUID(int=6)
    results = [
        {"name": "b", "error_code": 73, "error_message": "Topic deletion is disabled."},
        {"name": None, "topic_id": ID},
        {"name": "c", "topic_id": other, "error_code": 100},
    ]
    link = scripted(20, 6, {"responses": results})
    asked = [OldTopic("a", ID.bytes), OldTopic("b"), OldTopic("c", other.bytes)]
    told = await delete_topics(link, asked, timeout_s=1)
    assert [(o.name, o.code, o.code_name) for o in told.outcomes] == [
        ("a", 0, "NONE"),
        ("b", 73, "TOPIC_DELETION_DISABLED"),
        ("c", 100, "UNKNOWN_TOPIC_ID"),
    ]
    sent = [(t.name, t.topic_id) for t in link.sent[0].read().topics]
    assert sent == [(None, ID), ("b", None), (None, other)]


async def test_old_servers_delete_by_name_only() -> None:
    link = scripted(20, 4, {"responses": [{"name": "a"}]})
    (told,) = (await delete_topics(link, [OldTopic("a")], timeout_s=1)).outcomes
    assert (told.code, told.message) == (0, None)
    assert link.sent[0].read().topic_names == ("a",)
    with pytest.raises(NotSupported):
        await delete_topics(scripted(20, 5), [OldTopic("a", ID.bytes)], timeout_s=1)


async def test_an_answer_about_other_topics_is_none() -> None:
    with pytest.raises(BadAnswer):
        await delete_topics(scripted(20, 6, {"responses": [{"name": "b"}]}), [OldTopic("a")], timeout_s=1)


async def test_eligible_leaders_page_by_page() -> None:
    first = {
        "name": "t",
        "topic_id": ID,
        "is_internal": True,
        "topic_authorized_operations": 1 << 8,
        "partitions": [{"partition_index": 0, "leader_id": 1, "replica_nodes": (1, 2), "isr_nodes": (1,)}],
    }
    lost = {"partition_index": 1, "leader_id": -1, "error_code": 5, "eligible_leader_replicas": (2,)}
    cursor = {"topic_name": "t", "partition_index": 1}
    link = scripted(
        75, 0, {"topics": [first], "next_cursor": cursor}, {"topics": [first | {"partitions": [lost]}]}
    )
    told = await describe_topic_partitions(link, "t")
    assert (told.id, told.is_internal, told.operations) == (ID.bytes, True, {Operation.DESCRIBE})
    assert [(p.index, p.leader, p.eligible, p.error_code) for p in told.partitions] == [
        (0, 1, None, 0),
        (1, -1, (2,), 5),
    ]
    second = link.sent[1].read()
    assert (second.cursor.topic_name, second.cursor.partition_index) == ("t", 1)
    assert [topic.name for topic in second.topics] == ["t"]


async def test_a_topic_that_is_not_there_or_may_not_be_seen() -> None:
    with pytest.raises(Refused, match="no such topic"):
        await describe_topic_partitions(scripted(75, 0, {"topics": [{"name": "t", "error_code": 3}]}), "t")
    with pytest.raises(NotPermitted, match="needs Describe on topic t"):
        await describe_topic_partitions(scripted(75, 0, {"topics": [{"name": "t", "error_code": 29}]}), "t")
    with pytest.raises(BadAnswer):
        await describe_topic_partitions(scripted(75, 0, {"topics": []}), "t")


@pytest.mark.parametrize("version", [1, 2, 5, 6, 11])
async def test_offsets(version: int) -> None:
    told_partitions = [{"partition_index": 0, "offset": 42}, {"partition_index": 1, "error_code": 6}]
    link = scripted(2, version, {"topics": [{"name": "t", "partitions": told_partitions}]})
    told = await list_offsets(link, {"t": [0, 1]}, At.EARLIEST)
    assert told["t"][0] == 42
    refused = told["t"][1]
    assert isinstance(refused, Refused)
    assert refused.name == "NOT_LEADER_OR_FOLLOWER"
    sent = link.sent[0].read()
    assert sent.replica_id == -1
    assert [(p.partition_index, p.timestamp) for p in sent.topics[0].partitions] == [(0, -2), (1, -2)]


async def test_reassignments() -> None:
    part = {"partition_index": 3, "replicas": (1, 2, 3), "adding_replicas": (3,), "removing_replicas": (1,)}
    link = scripted(46, 0, {"topics": [{"name": "t", "partitions": [part]}]})
    assert await list_reassignments(link) == {"t": {3: Reassignment((3,), (1,), (1, 2, 3))}}
    assert link.sent[0].read().topics is None
    with pytest.raises(NotPermitted, match="needs Describe on Cluster"):
        await list_reassignments(scripted(46, 0, {"error_code": 31}))
