"""What the image tells of each kind of record."""

from __future__ import annotations

from typing import Any

import pytest

from ktui.adapters.events import (
    SENSITIVE,
    AclsChanged,
    BrokersChanged,
    ClusterEvent,
    ClusterIdentified,
    ConfigsChanged,
    ControllerChanged,
    FeaturesChanged,
    SettingsChanged,
    SourceName,
    Stamp,
    TopicsReplaced,
)
from ktui.adapters.kafka.log.batches import batches
from ktui.adapters.kafka.log.image import MetadataImage
from ktui.adapters.kafka.steps import at_once
from ktui.adapters.model import BrokerState, Controller, Mode
from ktui.adapters.partitions import partition_at, partitions
from ktui.adapters.topics import TopicSettings
from tests.adapters.kafka.log.plain_log import Record, batch_bytes, batch_of, leader_change

ORDERS, OTHER = b"o" * 16, b"p" * 16


class Log:
    """Appends batches to an image."""

    def __init__(self, image: MetadataImage | None = None) -> None:
        self.image = image or MetadataImage()
        self.next = 0

    def append(self, *records: Record, at_ms: int = 1_000) -> list[ClusterEvent]:
        return self.raw(batch_of(records, self.next, at_ms=at_ms), len(records))

    def raw(self, data: bytes, records: int = 1) -> list[ClusterEvent]:
        self.next += records
        return [event for batch in batches(data) for event in self.image.take(batch, seen_at=9.0)]


def only(events: list[ClusterEvent], kind: type[Any]) -> Any:
    (event,) = [event for event in events if isinstance(event, kind)]
    return event


def topic(name: str = "orders", topic_id: bytes = ORDERS) -> Record:
    return Record(2, {"name": name, "id": topic_id})


def partition(index: int = 0, topic_id: bytes = ORDERS, **more: Any) -> Record:
    fields = {
        "partition": index, "topic": topic_id, "replicas": [1, 2, 3], "isr": [1, 2, 3], "removing": [],
        "adding": [], "leader": 1, "leader_epoch": 0, "epoch": 0, "dirs": [bytes(16)] * 3,
    }  # fmt: skip
    return Record(3, fields | more, 2)


def change(index: int = 0, topic_id: bytes = ORDERS, **more: Any) -> Record:
    return Record(5, {"partition": index, "topic": topic_id, **more}, 2)


def broker(broker_id: int, **more: Any) -> Record:
    fields = {
        "broker": broker_id, "migrating": False, "incarnation": bytes(16), "epoch": 100 + broker_id,
        "endpoints": [
            {"name": "INTERNAL", "host": "inside", "port": 9091, "protocol": 3},
            {"name": "PLAIN", "host": "outside", "port": 40_001, "protocol": 0},
        ],
        "features": [], "rack": "r1", "fenced": False, "shutting_down": False,
    }  # fmt: skip
    return Record(0, fields | more, 3)


def config(kind: int, resource: str, name: str, value: str | None) -> Record:
    return Record(4, {"type": kind, "resource": resource, "name": name, "value": value})


def test_events_are_stamped_with_offset_batch_and_time() -> None:
    log = Log()
    log.append(Record(20, {}))
    event = only(log.append(topic(), partition(), at_ms=5_500), TopicsReplaced)
    assert event.stamp == Stamp(SourceName.METADATA_LOG, 9.0, 5.5, position=2, batch=1)


def test_a_topic_that_changes_in_two_batches_is_in_two_events() -> None:
    log = Log()
    first = only(log.append(topic(), partition(0), partition(1)), TopicsReplaced)
    second = only(log.append(change(1, isr=[1, 2], leader=2)), TopicsReplaced)
    assert [len(list(partitions(event.topics[0].table))) for event in (first, second)] == [2, 2]
    row = partition_at(second.topics[0].table, 1)
    assert (row.leader, row.leader_epoch, row.isr, row.version) == (2, 1, (1, 2), 1)
    assert partition_at(first.topics[0].table, 1).isr == (1, 2, 3)


def test_a_leader_that_is_told_again_raises_its_epoch() -> None:
    log = Log()
    log.append(topic(), partition())
    event = only(log.append(change(leader=1)), TopicsReplaced)
    assert partition_at(event.topics[0].table, 0).leader_epoch == 1


def test_a_topic_that_is_made_again_in_one_batch_is_replaced_not_removed() -> None:
    log = Log()
    log.append(topic(), partition())
    event = only(
        log.append(Record(9, {"topic": ORDERS}), topic(topic_id=OTHER), partition(topic_id=OTHER)),
        TopicsReplaced,
    )
    assert [state.id for state in event.topics] == [OTHER]
    assert event.removed == []


def test_a_topic_that_came_and_went_in_one_batch_was_never_there() -> None:
    assert Log().append(topic(), partition(), Record(9, {"topic": ORDERS})) == []


def test_removal() -> None:
    log = Log()
    log.append(topic(), partition())
    assert only(log.append(Record(9, {"topic": ORDERS})), TopicsReplaced).removed == ["orders"]


def test_moving_and_unclean() -> None:
    log = Log()
    log.append(topic(), partition(0), partition(1))
    event = only(log.append(change(1, adding=[4], replicas=[1, 2, 3, 4])), TopicsReplaced)
    assert (event.topics[0].moving, event.unclean) == ((1,), [])
    event = only(log.append(change(1, adding=[], removing=[], leader=3, recovery=1)), TopicsReplaced)
    assert (event.topics[0].moving, event.unclean) == ((), [("orders", 1)])
    assert only(log.append(change(1, recovery=0)), TopicsReplaced).unclean == []


def test_brokers_fenced_shutting_down_gone_and_their_offline_replicas() -> None:
    log = Log()
    told = only(log.append(broker(1), broker(2), broker(3, fenced=True)), BrokersChanged).brokers
    assert [(b.id, b.state, b.epoch, b.rack, b.registered_at) for b in told] == [
        (1, BrokerState.UP, 101, "r1", 1.0),
        (2, BrokerState.UP, 102, "r1", 1.0),
        (3, BrokerState.FENCED, 103, "r1", 1.0),
    ]
    event = only(log.append(topic(), partition()), TopicsReplaced)
    assert partition_at(event.topics[0].table, 0).offline == (3,)
    events = log.append(Record(17, {"broker": 2, "epoch": 102, "shutting_down": 1}, 1))
    assert only(events, BrokersChanged).brokers[1].state is BrokerState.SHUTTING_DOWN
    assert not any(isinstance(event, TopicsReplaced) for event in events)
    events = log.append(change(isr=[1]), Record(17, {"broker": 2, "epoch": 102, "fenced": 1}, 1))
    assert only(events, BrokersChanged).brokers[1].state is BrokerState.FENCED
    row = partition_at(only(events, TopicsReplaced).topics[0].table, 0)
    assert (row.isr, row.offline) == ((1,), (2, 3))
    events = log.append(Record(1, {"broker": 3, "epoch": 103}))
    assert [b.id for b in only(events, BrokersChanged).brokers] == [1, 2]
    assert not any(isinstance(event, TopicsReplaced) for event in events)


def test_old_fencing_records() -> None:
    log = Log()
    log.append(broker(1))
    for kind, state in ((7, BrokerState.FENCED), (8, BrokerState.UP)):
        events = log.append(Record(kind, {"broker": 1, "epoch": 101}))
        assert only(events, BrokersChanged).brokers[0].state is state


@pytest.mark.parametrize(("protocol", "address"), [("PLAINTEXT", "outside:40001"), (None, "inside:9091")])
def test_the_address_is_that_of_the_listener_of_our_protocol(protocol: str | None, address: str) -> None:
    (told,) = only(Log(MetadataImage(protocol=protocol)).append(broker(1)), BrokersChanged).brokers
    assert f"{told.host}:{told.port}" == address


def test_an_election_names_the_controller_and_its_endpoint() -> None:
    log = Log()
    endpoint = {"name": "CONTROLLER", "host": "c1", "port": 9093, "protocol": 0}
    fields = {"controller": 101, "incarnation": bytes(16), "migration_ready": False}
    log.append(Record(27, {**fields, "endpoints": [endpoint], "features": []}))
    event = only(log.raw(leader_change(101, log.next, epoch=7)), ControllerChanged)
    assert event.controller == Controller(101, 7, "quorum", "c1:9093")
    log.append(Record(29, {"controller": 101}))
    event = only(log.raw(leader_change(101, log.next, epoch=8)), ControllerChanged)
    assert event.controller == Controller(101, 8, "quorum")


def test_features_and_the_kind_of_cluster() -> None:
    log = Log()
    events = log.append(Record(12, {"name": "metadata.version", "level": 33}))
    assert only(events, FeaturesChanged).levels == {"metadata.version": 33}
    assert only(events, ClusterIdentified).metadata_version == "4.4-IV2"
    assert only(log.append(Record(21, {"state": 1})), ClusterIdentified).mode is Mode.MIGRATING
    assert only(log.append(Record(21, {"state": 3})), ClusterIdentified).mode is Mode.KRAFT


def test_settings_come_from_the_topic_then_all_brokers_then_what_is_said_of_their_files() -> None:
    log = Log(MetadataImage(defaults=TopicSettings(1, 604_800_000, -1, "delete")))
    events = log.append(topic(), partition(), config(2, "orders", "min.insync.replicas", "2"))
    assert only(events, SettingsChanged).settings == {"orders": TopicSettings(2, 604_800_000, -1, "delete")}
    events = log.append(config(4, "", "log.retention.hours", "2"))
    assert only(events, SettingsChanged).settings["orders"].retention_ms == 7_200_000
    events = log.append(
        config(4, "", "log.retention.ms", "5"), config(2, "orders", "min.insync.replicas", None)
    )
    assert only(events, SettingsChanged).settings == {"orders": TopicSettings(1, 5, -1, "delete")}
    events = log.append(config(4, "2", "log.retention.ms", "7"))
    assert not any(isinstance(event, SettingsChanged) for event in events)
    (event,) = log.image.set_defaults(TopicSettings(3, 1, 2, "compact"), Stamp(SourceName.METADATA_LOG, 1.0))
    assert isinstance(event, SettingsChanged)
    assert event.settings == {"orders": TopicSettings(3, 5, 2, "compact")}


def test_a_topic_that_is_made_again_does_not_keep_its_settings() -> None:
    log = Log()
    log.append(topic(), partition(), config(2, "orders", "min.insync.replicas", "2"))
    log.append(Record(9, {"topic": ORDERS}))
    events = log.append(topic(topic_id=OTHER), partition(topic_id=OTHER))
    assert only(events, SettingsChanged).settings == {"orders": TopicSettings()}


def test_configuration_is_told_and_secrets_are_not() -> None:
    secret = "hunter2-in-clear"
    log = Log()
    events = log.append(
        config(2, "orders", "retention.ms", "5"),
        config(4, "1", "ssl.keystore.password", secret),
        config(4, "1", "listener.name.x.scram-sha-256.sasl.jaas.config", secret),
        config(4, "", "my.plugin.setting", secret),
        config(4, "", "log.cleaner.threads", "2"),
        config(4, "", "ssl.truststore.password", None),
        config(16, "sub", "interval.ms", "1000"),
        config(32, "g", "share.session.timeout.ms", None),
        Record(11, {
            "name": "alice", "mechanism": 2, "salt": secret.encode(), "stored": secret.encode(),
            "server": secret.encode(), "iterations": 4096,
        }),
        Record(10, {
            "owner": "User:a", "requester": "User:a", "renewers": [], "issued": 1, "most": 2, "expires": 3,
            "token": secret,
        }),
    )  # fmt: skip
    told = {(e.resource_type, e.resource_name): e.changes for e in events if isinstance(e, ConfigsChanged)}
    assert told == {
        ("topic", "orders"): {"retention.ms": "5"},
        ("broker", "1"): {
            "ssl.keystore.password": SENSITIVE, "listener.name.x.scram-sha-256.sasl.jaas.config": SENSITIVE,
        },
        ("broker", ""): {
            "my.plugin.setting": SENSITIVE, "log.cleaner.threads": "2", "ssl.truststore.password": None,
        },
        ("client-metrics", "sub"): {"interval.ms": "1000"},
        ("group", "g"): {"share.session.timeout.ms": None},
        ("user", "alice"): {"SCRAM-SHA-512": SENSITIVE},
    }  # fmt: skip
    assert secret not in repr(events)
    assert secret not in repr(vars(log.image.state))


def test_quotas() -> None:
    def quota(value: float, *, remove: bool, **entity: str | None) -> Record:
        named = [{"type": kind.replace("_", "-"), "name": name} for kind, name in entity.items()]
        return Record(14, {"entity": named, "key": "producer_byte_rate", "value": value, "remove": remove})

    log = Log()
    events = log.append(
        quota(1024, remove=False, user="a", client_id=None),
        quota(0, remove=True, client_id=None),
        quota(5, remove=False, ip="::1"),
    )
    told = {(e.resource_type, e.resource_name): e.changes for e in events if isinstance(e, ConfigsChanged)}
    assert told == {
        ("user", "a, client-id <default>"): {"producer_byte_rate": "1024"},
        ("client-id", ""): {"producer_byte_rate": None},
        ("ip", "::1"): {"producer_byte_rate": "5"},
    }


def test_access_rules_are_sentences() -> None:
    fields = {
        "id": bytes(16), "type": 2, "name": "orders", "pattern": 3, "principal": "User:a", "host": "*",
        "operation": 3, "permission": 3,
    }  # fmt: skip
    log = Log()
    sentence = "User:a ALLOW READ on TOPIC LITERAL orders from *"
    assert only(log.append(Record(18, fields)), AclsChanged).added == [sentence]
    assert only(log.append(Record(19, {"id": bytes(16)})), AclsChanged).removed == [sentence]
    assert log.append(Record(19, {"id": bytes(16)})) == []


def test_a_transaction_counts_at_its_end_or_not_at_all() -> None:
    log = Log()
    assert log.append(Record(23, {}), topic()) == []
    assert log.append(partition()) == []
    event = only(log.append(Record(24, {})), TopicsReplaced)
    assert (event.topics[0].name, event.stamp.batch) == ("orders", 3)
    log.append(Record(23, {}), Record(9, {"topic": ORDERS}))
    assert log.append(Record(25, {"reason": "no"})) == []
    assert only(log.append(change(isr=[1])), TopicsReplaced).topics[0].name == "orders"


def test_unknown_records_are_counted_and_those_that_matter_end_exactness() -> None:
    log = Log()
    log.raw(batch_bytes([b"\x01\x63\x00\x00", b"\x01\x63\x00\x00"], log.next), 2)
    assert log.image.state.unreadable == {(99, 0): 2}
    assert log.image.state.is_exact
    log.raw(batch_bytes([b"\x01\x03\x09" + bytes(20)], log.next))
    assert log.image.state.unreadable[3, 9] == 1
    assert not log.image.state.is_exact


def test_changes_of_what_nothing_was_told_of_are_counted() -> None:
    log = Log()
    assert log.append(change(), Record(9, {"topic": ORDERS})) == []
    assert log.image.state.topics.strays == 2


def test_a_newer_snapshot_is_told_as_the_difference() -> None:
    older = Log()
    older.append(topic(), partition(), topic("gone", OTHER), partition(topic_id=OTHER), broker(1))
    older.append(topic("same", b"s" * 16), partition(topic_id=b"s" * 16))
    image = MetadataImage()
    records = [
        Record(12, {"name": "metadata.version", "level": 33}), broker(1), topic(), partition(isr=[1]),
        topic("same", b"s" * 16), partition(topic_id=b"s" * 16), config(2, "orders", "retention.ms", "5"),
    ]  # fmt: skip
    for batch in batches(batch_of(records)):
        at_once(image.loading(batch))
    events = at_once(image.since(older.image, Stamp(SourceName.METADATA_LOG, 1.0)))
    event = only(events, TopicsReplaced)
    assert ([state.name for state in event.topics], event.removed) == (["orders"], ["gone"])
    assert only(events, ConfigsChanged).changes == {"retention.ms": "5"}
    assert only(events, FeaturesChanged).levels == {"metadata.version": 33}
