"""Every question to real servers of both kinds, against what independent clients say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from confluent_kafka import Producer

from ktui.adapters.addresses import Address, parse_addresses
from ktui.adapters.errors import NotSupported, Refused
from ktui.adapters.events import TopicState
from ktui.adapters.kafka.asks.api_versions import api_versions
from ktui.adapters.kafka.asks.broker_configs import describe_broker_configs
from ktui.adapters.kafka.asks.config_values import ConfigSource, ConfigType
from ktui.adapters.kafka.asks.create_topics import NewTopic, create_topics
from ktui.adapters.kafka.asks.delete_topics import OldTopic, delete_topics
from ktui.adapters.kafka.asks.describe_cluster import describe_cluster
from ktui.adapters.kafka.asks.describe_quorum import NotQuorumLeader, describe_quorum
from ktui.adapters.kafka.asks.list_offsets import At, list_offsets
from ktui.adapters.kafka.asks.log_dirs import describe_log_dirs
from ktui.adapters.kafka.asks.reassignments import list_reassignments
from ktui.adapters.kafka.asks.topic_configs import describe_topic_configs, describe_topic_configs_all
from ktui.adapters.kafka.asks.topic_partitions import describe_topic_partitions
from ktui.adapters.kafka.link import Lane, Link
from ktui.adapters.kafka.metadata import API_KEY, RawMetadata, encode_metadata, fetch_metadata
from ktui.adapters.kafka.metadata_decoder import MetadataDecoder, NamedMetadata, WholeMetadata, in_steps
from ktui.adapters.kafka.metadata_layout import HIGHEST, LOWEST, layout_of
from ktui.adapters.kafka.operations import Operation
from ktui.adapters.kafka.pool import BrokerPool
from ktui.adapters.kafka.releases import METADATA_VERSION, metadata_version_text, mode_of, release_of
from ktui.adapters.model import Mode
from ktui.adapters.partitions import partitions
from ktui.adapters.sandbox.cluster import Sandbox
from tests.independent import Librdkafka, PartitionSeen, quorum_leader, wait_until

TIMEOUT_S = 10.0
SEEN_WITHIN_S = 20.0
PAUSE_S = 0.05


@pytest.fixture
async def pool(cluster: Sandbox) -> AsyncIterator[BrokerPool]:
    """Connections, knowing the addresses of all brokers."""
    made = BrokerPool(parse_addresses(cluster.bootstrap_servers, "bootstrap"))
    told = await describe_cluster(made.bootstrap_link(Lane.READ, timeout_s=TIMEOUT_S))
    made.learn({broker.id: Address(broker.host, broker.port) for broker in told.brokers})
    yield made
    await made.close()


@pytest.fixture
async def topic(cluster: Sandbox, pool: BrokerPool) -> AsyncIterator[str]:
    """Six partitions on three brokers each, which every broker knows of."""
    name = f"asks-{uuid4().hex[:8]}"
    client = Librdkafka(cluster.bootstrap_servers)
    client.create(name, 6, 3, settings={"min.insync.replicas": "2"})
    for broker_id in pool.known():
        await until_there(broker(pool, broker_id), name)
    yield name
    client.delete(name)


def any_broker(pool: BrokerPool, lane: Lane = Lane.READ) -> Link:
    return pool.bootstrap_link(lane, timeout_s=TIMEOUT_S)


def broker(pool: BrokerPool, broker_id: int, lane: Lane = Lane.READ) -> Link:
    return pool.link(broker_id, lane, timeout_s=TIMEOUT_S)


async def controller(pool: BrokerPool) -> Link:
    """Who takes changes: in KRaft mode the id is that of any broker, and any broker forwards."""
    header = (await whole(pool, MetadataDecoder())).header
    assert header.controller_id is not None
    return broker(pool, header.controller_id, Lane.ADMIN)


async def whole(pool: BrokerPool, decoder: MetadataDecoder) -> WholeMetadata:
    return await in_steps(decoder.whole(await fetch_metadata(any_broker(pool), None)))


async def named(link: Link, *names: str, operations: bool = False) -> NamedMetadata:
    raw = await fetch_metadata(link, names, include_operations=operations)
    return await in_steps(MetadataDecoder().named(raw))


async def until_there(link: Link, name: str) -> TopicState:
    async with asyncio.timeout(SEEN_WITHIN_S):
        while True:
            told = await named(link, name)
            if told.topics and all(row.leader >= 0 for row in partitions(told.topics[0].table)):
                return told.topics[0]
            await asyncio.sleep(PAUSE_S)


async def until_told(pool: BrokerPool, decoder: MetadataDecoder, name: str) -> set[str]:
    """What whole answers tell as changed or removed until this topic is among it."""
    told: set[str] = set()
    async with asyncio.timeout(SEEN_WITHIN_S):
        while name not in told:
            answer = await whole(pool, decoder)
            told |= {state.name for state in answer.changed} | set(answer.removed)
            await asyncio.sleep(PAUSE_S)
    return told


def seen_partitions(answer: WholeMetadata) -> dict[tuple[str, int], PartitionSeen]:
    return {
        (state.name, row.index): PartitionSeen(row.leader, row.replicas, frozenset(row.isr))
        for state in answer.changed
        for row in partitions(state.table)
    }


async def test_metadata_equals_librdkafkas_at_every_version(
    cluster: Sandbox, pool: BrokerPool, topic: str
) -> None:
    link = any_broker(pool)
    offered = (await link.versions())[API_KEY]
    look = Librdkafka(cluster.bootstrap_servers).look()
    versions = range(max(LOWEST, offered.lowest), min(HIGHEST, offered.highest) + 1)
    assert len(versions) >= 12
    for version in versions:
        body = encode_metadata(version, None)
        data = await link.request(API_KEY, version, body, is_flexible=layout_of(version).is_flexible)
        told = await in_steps(MetadataDecoder().whole(RawMetadata(version, data)))
        assert seen_partitions(told) == dict(look.partitions)
        assert {b.id: f"{b.host}:{b.port}" for b in told.header.brokers} == dict(look.brokers)
        assert (topic, 5) in seen_partitions(told)


async def test_repeated_answers_tell_only_what_changed(
    cluster: Sandbox, pool: BrokerPool, topic: str
) -> None:
    decoder, other = MetadataDecoder(), f"{topic}-2"
    await whole(pool, decoder)
    assert (await whole(pool, decoder)).changed == []
    client = Librdkafka(cluster.bootstrap_servers)
    client.create(other, 1, 1)
    assert await until_told(pool, decoder, other) == {other}
    client.delete(other)
    assert await until_told(pool, decoder, other) == {other}
    assert other not in {state.name for state in (await whole(pool, decoder)).changed}


async def test_named_topics_with_rights(pool: BrokerPool, topic: str) -> None:
    absent = f"{topic}-absent"
    told = await named(any_broker(pool), topic, absent, operations=True)
    assert [state.name for state in told.topics] == [topic]
    assert told.topic_errors == {absent: 3}
    assert {Operation.DELETE, Operation.ALTER_CONFIGS} <= told.operations[topic]
    assert (await named(any_broker(pool), absent)).topic_errors == {absent: 3}


async def test_the_cluster_and_its_kind(cluster: Sandbox, pool: BrokerPool) -> None:
    told = await describe_cluster(any_broker(pool), include_operations=True)
    assert {b.id: f"{b.host}:{b.port}" for b in told.brokers} == dict(
        Librdkafka(cluster.bootstrap_servers).look().brokers
    )
    assert Operation.CREATE in (told.operations or ())
    versions = await api_versions(any_broker(pool))
    if cluster.zookeeper is None:
        assert (mode_of(versions), release_of(versions.ranges), told.tells_fenced) == (
            Mode.KRAFT,
            "4.4",
            True,
        )
        assert metadata_version_text(versions.finalized_features[METADATA_VERSION]) == "4.4-IV2"
    else:
        expected = (Mode.ZOOKEEPER, "3.9", False)
        assert (mode_of(versions), release_of(versions.ranges), told.tells_fenced) == expected
        assert METADATA_VERSION not in versions.finalized_features


@pytest.mark.kraft
async def test_the_quorum_by_a_broker_and_by_the_controllers(cluster: Sandbox, pool: BrokerPool) -> None:
    assert cluster.bootstrap_controllers is not None
    told = await describe_quorum(any_broker(pool, Lane.FORWARD))
    leader = quorum_leader(cluster.bootstrap_controllers)
    assert (told.quorum.leader_id, told.quorum.leader_epoch) == (leader.id, leader.epoch)
    assert {voter.id for voter in told.quorum.voters} == {101, 102, 103}
    assert {observer.id for observer in told.quorum.observers} == {1, 2, 3}
    ages = [replica.caught_up_age_s for replica in (*told.quorum.voters, *told.quorum.observers)]
    assert all(age is not None and 0 <= age < TIMEOUT_S for age in ages)
    addresses = parse_addresses(cluster.bootstrap_controllers, "controllers")
    assert {next(iter(by_name.values())) for by_name in told.listeners.values()} == set(addresses)
    controllers = BrokerPool(addresses)
    try:
        for address in addresses:
            link = controllers.link(address, Lane.READ, timeout_s=TIMEOUT_S)
            assert release_of((await api_versions(link)).ranges) == "4.4"
            if address in told.listeners[leader.id].values():
                assert (await describe_quorum(link)).quorum.leader_id == leader.id
            else:
                with pytest.raises(NotQuorumLeader):
                    await describe_quorum(link)
    finally:
        await controllers.close()


@pytest.mark.zookeeper
async def test_what_zookeeper_brokers_do_not_know(pool: BrokerPool, topic: str) -> None:
    with pytest.raises(NotSupported, match="does not know DescribeQuorum"):
        await describe_quorum(any_broker(pool))
    with pytest.raises(NotSupported):
        await describe_topic_partitions(any_broker(pool), topic)


@pytest.mark.kraft
async def test_eligible_leaders(cluster: Sandbox, pool: BrokerPool, topic: str) -> None:
    told = await describe_topic_partitions(any_broker(pool), topic)
    rows = {row.index: PartitionSeen(row.leader, row.replicas, frozenset(row.isr)) for row in told.partitions}
    assert rows == Librdkafka(cluster.bootstrap_servers).topic(topic)
    assert all(row.eligible == () for row in told.partitions)
    assert told.id == (await until_there(any_broker(pool), topic)).id
    with pytest.raises(Refused, match="no such topic"):
        await describe_topic_partitions(any_broker(pool), f"{topic}-absent")


async def test_configurations(cluster: Sandbox, pool: BrokerPool, topic: str) -> None:
    absent, key = f"{topic}-absent", "min.insync.replicas"
    told = await describe_topic_configs(any_broker(pool, Lane.BULK), [topic, absent], [key])
    assert isinstance(told[absent], Refused)
    values = told[topic]
    assert not isinstance(values, Refused)
    assert set(values) == {key}
    assert (values[key].value, values[key].source, values[key].type) == (
        "2",
        ConfigSource.TOPIC,
        ConfigType.INT,
    )
    everything = await describe_topic_configs_all(any_broker(pool), topic, include_documentation=True)
    own = {name: value.value for name, value in everything.items() if value.source is ConfigSource.TOPIC}
    assert own == Librdkafka(cluster.bootstrap_servers).settings(topic)
    assert everything["retention.ms"].documentation
    of_broker = await describe_broker_configs(broker(pool, 1, Lane.BULK), 1)
    assert of_broker["ssl.keystore.password"].is_sensitive
    assert of_broker["auto.create.topics.enable"].value in ("true", "false")


async def test_sizes_and_offsets(cluster: Sandbox, pool: BrokerPool, topic: str) -> None:
    producer = Producer({"bootstrap.servers": cluster.bootstrap_servers, "acks": "all"})
    for _ in range(20):
        producer.produce(topic, b"x" * 500, partition=2)
    assert producer.flush(TIMEOUT_S) == 0
    leader = Librdkafka(cluster.bootstrap_servers).topic(topic)[2].leader
    assert await list_offsets(broker(pool, leader), {topic: [2]}, At.LATEST) == {topic: {2: 20}}
    assert await list_offsets(broker(pool, leader), {topic: [2]}, At.EARLIEST) == {topic: {2: 0}}
    follower = next(number for number in (1, 2, 3) if number != leader)
    refused = (await list_offsets(broker(pool, follower), {topic: [2]}, At.LATEST))[topic][2]
    assert isinstance(refused, Refused)
    told = await describe_log_dirs(broker(pool, leader, Lane.BULK))
    assert told.replica_bytes[topic][2] > 10_000
    assert set(told.replica_bytes[topic]) == set(range(6))
    (directory,) = told.directories
    assert directory.error is None
    assert directory.total_bytes is not None
    assert directory.usable_bytes is not None
    assert 0 < directory.usable_bytes <= directory.total_bytes


async def test_creation_and_deletion(cluster: Sandbox, pool: BrokerPool) -> None:
    name, client = f"asks-{uuid4().hex[:8]}", Librdkafka(cluster.bootstrap_servers)
    new = NewTopic(name, 3, 2, {"retention.ms": "100000"})
    link = await controller(pool)
    dry = (await create_topics(link, [new], validate_only=True, timeout_s=5)).outcomes[name]
    assert (dry.code, dry.topic_id, client.topic(name)) == (0, None, {})
    made = (await create_topics(link, [new], validate_only=False, timeout_s=5)).outcomes[name]
    assert (made.code, made.partitions, made.replication_factor) == (0, 3, 2)
    assert (made.configs or {})["retention.ms"] == "100000"
    assert (await until_there(any_broker(pool), name)).id == made.topic_id
    wait_until(lambda: len(client.topic(name)) == 3, SEEN_WITHIN_S, f"{name} is there")
    assert client.settings(name) == {"retention.ms": "100000"}
    again = await create_topics(link, [new, NewTopic("a b", 1, 1)], validate_only=False, timeout_s=5)
    assert [again.outcomes[one].code_name for one in (name, "a b")] == [
        "TOPIC_ALREADY_EXISTS",
        "INVALID_TOPIC_EXCEPTION",
    ]
    wide = await create_topics(link, [NewTopic(f"{name}-2", 1, 9)], validate_only=True, timeout_s=5)
    assert wide.outcomes[f"{name}-2"].code_name == "INVALID_REPLICATION_FACTOR"
    assert wide.outcomes[f"{name}-2"].message
    (gone,) = (await delete_topics(link, [OldTopic(name, made.topic_id)], timeout_s=5)).outcomes
    assert gone.code == 0
    wait_until(lambda: not client.topic(name), SEEN_WITHIN_S, f"{name} is gone")
    (twice,) = (await delete_topics(link, [OldTopic(name, made.topic_id)], timeout_s=5)).outcomes
    assert twice.code_name in ("UNKNOWN_TOPIC_ID", "UNKNOWN_TOPIC_OR_PARTITION")


async def test_nothing_moves(pool: BrokerPool) -> None:
    assert await list_reassignments(await controller(pool)) == {}
