from __future__ import annotations

import pytest

from ktui.adapters.zookeeper.decode import (
    ControllerNode,
    FeatureNode,
    MigrationNode,
    UnreadableNode,
    cluster_id_of,
    config_of,
    controller_epoch_of,
    controller_of,
    feature_of,
    migration_of,
    topic_id_of,
)


def test_cluster_id() -> None:
    assert cluster_id_of(b'{"version":"1","id":"st1C5ysiS-iZI1dMWpEtBg"}') == "st1C5ysiS-iZI1dMWpEtBg"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'{"version":1,"brokerid":2,"timestamp":"1795448176024"}', ControllerNode(2)),
        (b'{"version":2,"brokerid":2,"timestamp":"1","kraftControllerEpoch":-1}', ControllerNode(2)),
        (b'{"version":2,"brokerid":3000,"timestamp":"1","kraftControllerEpoch":5}', ControllerNode(3000, 5)),
        (b'{"brokerid":"4","some_new_key":{}}', ControllerNode(4)),
    ],
)
def test_controller(data: bytes, expected: ControllerNode) -> None:
    assert controller_of(data) == expected
    assert controller_of(data).is_kraft == (expected.kraft_epoch >= 0)


def test_controller_epoch() -> None:
    assert controller_epoch_of(b"17") == 17


def test_features_and_migration() -> None:
    enabled = b'{"features":{"group.version":{"max_version_level":1}},"version":2,"status":1}'
    assert feature_of(enabled) == FeatureNode(True, {"group.version": 1})
    assert feature_of(b'{"features":{},"version":1,"status":0}') == FeatureNode(False, {})
    copied = (
        b'{"version":0,"kraft_metadata_offset":812,"kraft_controller_id":3000,"kraft_metadata_epoch":4,'
        b'"kraft_controller_epoch":5}'
    )
    assert migration_of(copied) == MigrationNode(3000, 812)


def test_topic_ids_are_sixteen_bytes() -> None:
    assert topic_id_of("jSuOy-zLvEZ0bhX6BSJRZA") == bytes.fromhex("8d2b8ecbeccbbc46746e15fa05225164")
    assert topic_id_of("short") is None
    assert topic_id_of("é" * 22) is None
    assert topic_id_of(None) is None


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b'"text"', b"[" * 100_000])
def test_broken_json_is_an_unreadable_node(data: bytes) -> None:
    for decode in (cluster_id_of, controller_of, feature_of, migration_of):
        with pytest.raises(UnreadableNode):
            decode(data)
    with pytest.raises(UnreadableNode):
        config_of(data, "/config/topics/orders")


@pytest.mark.parametrize("data", [b"x", b"", b"\xff\xfe"])
def test_an_epoch_that_is_no_number(data: bytes) -> None:
    with pytest.raises(UnreadableNode):
        controller_epoch_of(data)


def test_wrong_kinds_of_values_are_unreadable() -> None:
    for data in (b'{"brokerid":null}', b'{"brokerid":true}', b'{"brokerid":"x"}'):
        with pytest.raises(UnreadableNode, match="brokerid"):
            controller_of(data)
    with pytest.raises(UnreadableNode):
        config_of(b'{"config":[]}', "/config/topics/orders")
