from __future__ import annotations

from typing import Any

import pytest

from ktui.adapters.addresses import Address
from ktui.adapters.errors import BadAnswer, NotPermitted, Refused
from ktui.adapters.kafka.asks.api_versions import api_versions
from ktui.adapters.kafka.asks.describe_cluster import DescribedBroker, describe_cluster
from ktui.adapters.kafka.asks.describe_quorum import NotQuorumLeader, describe_quorum
from ktui.adapters.kafka.link import VersionRange
from ktui.adapters.kafka.operations import Operation
from tests.adapters.kafka.metadata_answers import answer
from tests.adapters.kafka.scripted_link import ScriptedLink, scripted

KEYS = [{"api_key": 3, "min_version": 0, "max_version": 12}]


@pytest.mark.parametrize("version", [3, 4])
async def test_versions_and_features(version: int) -> None:
    link = scripted(
        18,
        version,
        {
            "api_keys": KEYS,
            "supported_features": [{"name": "metadata.version", "min_version": 1, "max_version": 33}],
            "finalized_features_epoch": 7,
            "finalized_features": [
                {"name": "metadata.version", "min_version_level": 30, "max_version_level": 30}
            ],
        },
    )
    told = await api_versions(link)
    assert told.ranges == {3: VersionRange(0, 12)}
    assert told.supported_features == {"metadata.version": VersionRange(1, 33)}
    assert (told.finalized_features, told.finalized_epoch) == ({"metadata.version": 30}, 7)
    assert link.sent[0].read().client_software_name == "kafka-ktui"


async def test_finalized_features_mean_nothing_without_an_epoch() -> None:
    features = [{"name": "metadata.version", "min_version_level": 30, "max_version_level": 30}]
    told = await api_versions(scripted(18, 3, {"api_keys": KEYS, "finalized_features": features}))
    assert (told.finalized_features, told.finalized_epoch) == ({}, None)


async def test_old_nodes_tell_versions_only() -> None:
    told = await api_versions(scripted(18, 2, {"api_keys": KEYS}))
    assert (told.ranges, told.finalized_features) == ({3: VersionRange(0, 12)}, {})


BROKERS = [
    {"broker_id": 1, "host": "one", "port": 9092},
    {"broker_id": 2, "host": "two", "port": 9093, "rack": "r"},
]


async def test_fenced_brokers_are_told_where_the_broker_can() -> None:
    described = [BROKERS[0], BROKERS[1] | {"is_fenced": True}]
    told = await describe_cluster(scripted(60, 2, {"cluster_id": "c", "brokers": described}))
    assert told.brokers == (DescribedBroker(1, "one", 9092, None), DescribedBroker(2, "two", 9093, "r", True))
    assert (told.cluster_id, told.tells_fenced, told.operations) == ("c", True, None)


@pytest.mark.parametrize("version", [0, 1])
async def test_older_brokers_do_not_tell_of_fenced_ones(version: int) -> None:
    rights = {"cluster_authorized_operations": 1 << 8}
    link = scripted(60, version, {"cluster_id": "c", "brokers": BROKERS, **rights})
    told = await describe_cluster(link, include_operations=True)
    assert [broker.id for broker in told.brokers] == [1, 2]
    assert (told.tells_fenced, told.operations) == (False, {Operation.DESCRIBE})


async def test_brokers_before_2_8_tell_by_metadata() -> None:
    link = ScriptedLink({3: VersionRange(0, 9)}, [answer(9, [])])
    told = await describe_cluster(link)
    assert told.brokers == (DescribedBroker(1, "one", 9092, None), DescribedBroker(2, "two", 9092, "r2"))
    assert told.cluster_id == "cluster"
    assert link.sent[0].read().topics == ()


def quorum_answer(version: int, **partition: Any) -> dict[str, Any]:
    leader = {"replica_id": 101, "log_end_offset": 50}
    follower = {"replica_id": 102, "log_end_offset": 47}
    lost = {"replica_id": 103, "log_end_offset": -1}
    if version >= 1:
        leader |= {"last_caught_up_timestamp": 10_000, "last_fetch_timestamp": 10_000}
        follower |= {"last_caught_up_timestamp": 9_500, "last_fetch_timestamp": 9_900}
        lost |= {"last_caught_up_timestamp": -1, "last_fetch_timestamp": -1}
    told = {
        "leader_id": 101,
        "leader_epoch": 9,
        "high_watermark": 48,
        "current_voters": [leader, follower, lost],
        "observers": [{**follower, "replica_id": 1, "log_end_offset": 50}],
    }
    answer: dict[str, Any] = {
        "topics": [{"topic_name": "__cluster_metadata", "partitions": [told | partition]}]
    }
    if version >= 2:
        answer["nodes"] = [{"node_id": 101, "listeners": [{"name": "C", "host": "::1", "port": 9093}]}]
    return answer


@pytest.mark.parametrize("version", [0, 1, 2])
async def test_the_quorum(version: int) -> None:
    link = scripted(55, version, quorum_answer(version))
    told = await describe_quorum(link)
    quorum = told.quorum
    assert (quorum.leader_id, quorum.leader_epoch, quorum.high_watermark) == (101, 9, 48)
    assert [(v.id, v.log_end_offset, v.lag_records) for v in quorum.voters] == [
        (101, 50, 0),
        (102, 47, 3),
        (103, None, None),
    ]
    ages = [v.caught_up_age_s for v in quorum.voters]
    assert ages == ([0, 0.5, None] if version else [None, None, None])
    assert [(o.id, o.lag_records) for o in quorum.observers] == [(1, 0)]
    assert told.listeners == ({101: {"C": Address("::1", 9093)}} if version == 2 else {})
    assert [v.endpoint for v in quorum.voters] == (["[::1]:9093", None, None] if version == 2 else [None] * 3)
    asked = link.sent[0].read().topics
    assert [(topic.topic_name, [p.partition_index for p in topic.partitions]) for topic in asked] == [
        ("__cluster_metadata", [0])
    ]


@pytest.mark.parametrize("version", [0, 2])
async def test_another_node_leads(version: int) -> None:
    with pytest.raises(NotQuorumLeader) as caught:
        await describe_quorum(scripted(55, version, quorum_answer(version, error_code=6, leader_id=102)))
    assert (caught.value.leader_id, caught.value.leader_epoch, caught.value.is_retriable) == (102, 9, True)


async def test_nobody_leads() -> None:
    with pytest.raises(NotQuorumLeader) as caught:
        await describe_quorum(scripted(55, 1, quorum_answer(1, leader_id=-1)))
    assert caught.value.leader_id is None
    with pytest.raises(NotQuorumLeader):
        await describe_quorum(scripted(55, 1, {"error_code": 41}))


async def test_the_right_that_is_missing_is_named() -> None:
    with pytest.raises(NotPermitted, match="needs Describe on Cluster"):
        await describe_quorum(
            scripted(55, 2, {"error_code": 31, "error_message": "Cluster authorization failed."})
        )
    with pytest.raises(Refused, match="time it was given"):
        await describe_quorum(scripted(55, 1, {"error_code": 7}))
    with pytest.raises(BadAnswer):
        await describe_quorum(scripted(55, 1, {}))
