"""What a source tells of configuration, access rules and features, by trees and without."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from ktui.adapters.events import SENSITIVE, AclsChanged, ConfigsChanged, FeaturesChanged, TopicsReplaced
from ktui.adapters.zookeeper.acl_branch import AclBranch
from ktui.adapters.zookeeper.config_branch import ConfigBranch
from ktui.adapters.zookeeper.decode import UnreadableNode
from ktui.adapters.zookeeper.port import SessionState
from ktui.adapters.zookeeper.wire import NO_NODE, Node
from tests.adapters.zookeeper.tree import Tree
from tests.adapters.zookeeper.watched import Watched


def config(tree: Tree, path: str, values: Mapping[str, str], number: int) -> None:
    """As brokers write it: the node, then the announcement."""
    tree.put(f"/config/{path}", {"version": 1, "config": dict(values)})
    tree.put(f"/config/changes/config_change_{number:010}", {"version": 2, "entity_path": path})


def rules(tree: Tree, path: str, *principals: str, number: int) -> None:
    acls = [
        {"principal": name, "permissionType": "Allow", "operation": "DescribeConfigs", "host": "*"}
        for name in principals
    ]
    tree.put(path, {"version": 1, "acls": acls})
    changes = "/kafka-acl-changes" if path.startswith("/kafka-acl/") else "/kafka-acl-extended-changes"
    tree.put(f"{changes}/acl_changes_{number:010}")


@pytest.fixture
async def settled(tree: Tree, start: Callable[..., Watched]) -> Watched:
    """A source that has read all branches; what was there is not told."""
    config(tree, "topics/orders", {"retention.ms": "5", "min.insync.replicas": "2"}, 4)
    config(tree, "users/ann", {"SCRAM-SHA-256": "salt=c2FsdA==,stored_key=a,server_key=b,iterations=4096"}, 5)
    rules(tree, "/kafka-acl/Topic/orders", "User:ann", number=1)
    rules(tree, "/kafka-acl-extended/prefixed/Group/g-", "User:ann", number=1)
    levels = {"a.version": {"max_version_level": 1}, "b.version": {"max_version_level": 1}}
    tree.put("/feature", {"version": 2, "status": 1, "features": levels})
    watched = start()
    await watched.until(lambda: watched.is_complete)
    marks = {"/config/topics/mark": ConfigsChanged, "/kafka-acl/Topic/mark": AclsChanged}
    for path, kind in marks.items():
        while not watched.of(kind):
            if kind is ConfigsChanged:
                config(tree, "topics/mark", {"a": str(tree.zxid)}, tree.zxid)
            else:
                rules(tree, path, f"User:{tree.zxid}", number=tree.zxid)
            await watched.rounds(1)
    watched.events.clear()
    return watched


async def test_what_was_set_and_taken_off_is_told(settled: Watched) -> None:
    config(settled.tree, "topics/orders", {"retention.ms": "6", "cleanup.policy": "compact"}, 9_006)
    await settled.until(lambda: settled.of(ConfigsChanged))
    (event,) = settled.of(ConfigsChanged)
    assert (event.resource_type, event.resource_name) == ("topic", "orders")
    assert event.changes == {"retention.ms": "6", "cleanup.policy": "compact", "min.insync.replicas": None}
    node = settled.tree.nodes["/config/topics/orders"]
    assert (event.stamp.happened_at, event.stamp.position) == (node.written_at, node.mzxid)


async def test_secrets_are_told_as_changed_and_not_shown(settled: Watched) -> None:
    scram = {"SCRAM-SHA-256": "salt=b3RoZXI=,stored_key=c,server_key=d,iterations=4096"}
    config(settled.tree, "users/ann", scram, 9_007)
    keys = {
        "listener.name.x.ssl.keystore.password": "hunter2",
        "my.plugin": "hunter2",
        "log.retention.ms": "1",
    }
    config(settled.tree, "brokers/<default>", keys, 9_008)
    await settled.until(lambda: len(settled.of(ConfigsChanged)) == 2)
    user, broker = settled.of(ConfigsChanged)
    assert (user.resource_type, user.resource_name, user.changes) == (
        "user", "ann", {"SCRAM-SHA-256": SENSITIVE},
    )  # fmt: skip
    assert (broker.resource_type, broker.resource_name) == ("broker", "")
    assert broker.changes == {**dict.fromkeys(keys, SENSITIVE), "log.retention.ms": "1"}
    assert "hunter2" not in str(settled.events)


async def test_rules_come_and_go(settled: Watched) -> None:
    rules(settled.tree, "/kafka-acl/Topic/orders", "User:bob", number=9_009)
    rules(settled.tree, "/kafka-acl-extended/prefixed/Group/g-", "User:ann", "User:eve", number=9_010)
    await settled.until(lambda: len(settled.of(AclsChanged)) == 2)
    literal, prefixed = settled.of(AclsChanged)
    assert list(literal.added) == ["User:bob ALLOW DESCRIBE_CONFIGS on TOPIC LITERAL orders from *"]
    assert list(literal.removed) == ["User:ann ALLOW DESCRIBE_CONFIGS on TOPIC LITERAL orders from *"]
    assert list(prefixed.added) == ["User:eve ALLOW DESCRIBE_CONFIGS on GROUP PREFIXED g- from *"]
    assert prefixed.stamp.position == settled.tree.nodes["/kafka-acl-extended/prefixed/Group/g-"].mzxid
    settled.tree.delete("/kafka-acl/Topic/orders")
    settled.tree.put("/kafka-acl-changes/acl_changes_0000009011")
    await settled.until(lambda: len(settled.of(AclsChanged)) == 3)
    assert list(settled.of(AclsChanged)[-1].removed) == list(literal.added)


async def test_what_changed_while_there_was_no_connection_is_told_afterwards(settled: Watched) -> None:
    settled.session.become(SessionState.SUSPENDED)
    config(settled.tree, "topics/orders", {"retention.ms": "7", "min.insync.replicas": "2"}, 9_012)
    settled.tree.delete("/config/users/ann")
    settled.tree.put("/feature", {"status": 1, "features": {"a.version": {"max_version_level": 2}}})
    settled.session.become(SessionState.CONNECTED)
    await settled.until(lambda: len(settled.of(ConfigsChanged)) == 2 and settled.of(FeaturesChanged))
    told = {event.resource_name: event.changes for event in settled.of(ConfigsChanged)}
    assert told == {"orders": {"retention.ms": "7"}, "ann": {"SCRAM-SHA-256": None}}
    (features,) = settled.of(FeaturesChanged)
    assert features.levels == {"a.version": 2, "b.version": 0}


async def test_hidden_folders_and_unreadable_nodes_have_their_words(
    tree: Tree, start: Callable[..., Watched]
) -> None:
    tree.put("/config/users/ann", {})
    tree.hidden |= {"/config/users", "/kafka-acl"}
    tree.put("/config/topics/orders", b"?")
    watched = start()
    await watched.until(lambda: {"configuration", "access rules"} <= watched.faults.keys())
    assert watched.faults["configuration"].endswith("an ACL of ZooKeeper hides /config/users")
    assert watched.faults["access rules"].endswith("hides /kafka-acl")
    tree.hidden.clear()
    watched.source.refresh()
    await watched.until(lambda: "/config/topics/orders" in watched.faults.get("configuration", ""))


async def test_brokers_are_told_before_the_leaders_that_moved(settled: Watched) -> None:
    settled.tree.delay_s = 0.02
    settled.tree.delete("/brokers/ids/1")
    settled.tree.state("orders", 0, 2, [2, 3], epoch=1)
    await settled.until(lambda: settled.of(TopicsReplaced))
    kinds = [type(event).__name__ for event in settled.events]
    if settled.tree.has_tree_watches:
        assert kinds.index("BrokersChanged") < kinds.index("TopicsReplaced")


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("/config/topics/a%2Fb", ("topic", "a/b")),
        ("/config/users/<default>", ("user", "")),
        ("/config/users/ann/clients/x", ("user", "ann, client-id x")),
        ("/config/users/%3Ca/clients/<default>", ("user", "<a, client-id <default>")),
        ("/config/clients/c", ("client-id", "c")),
        ("/config/ips/10.0.0.1", ("ip", "10.0.0.1")),
    ],
)
def test_names_of_resources(path: str, resource: tuple[str, str]) -> None:
    (event,) = ConfigBranch().take(path, Node(b'{"config":{"k":"v"}}', 0, 1, 1))
    assert isinstance(event, ConfigsChanged)
    assert (event.resource_type, event.resource_name) == resource


@pytest.mark.parametrize(
    "path", ["/config", "/config/topics", "/config/changes/x", "/config/other/x", "/configx/a/b"]
)
def test_paths_that_are_no_settings(path: str) -> None:
    assert not ConfigBranch().covers(path)
    assert ConfigBranch().take(path, Node(b"{}")) == []


def test_settings_of_a_deleted_topic_go_without_a_word() -> None:
    branch = ConfigBranch()
    branch.take("/config/topics/a", Node(b'{"config":{"k":"v"}}', 0, 1, 1))
    assert branch.take("/config/topics/a", Node(b"", error=NO_NODE)) == []
    assert list(branch.held()) == []


@pytest.mark.parametrize("data", [b"", b"[]", b'{"acls":{}}', b'{"acls":[1]}'])
def test_unreadable_rules_leave_those_that_were_held(data: bytes) -> None:
    branch, path = AclBranch(), "/kafka-acl/Topic/a"
    branch.take(path, Node(b'{"acls":[{"principal":"User:a"}]}', 0, 1, 1))
    with pytest.raises(UnreadableNode):
        branch.take(path, Node(data, 1, 1, 2))
    assert branch.take(path, Node(b'{"acls":[{"principal":"User:a"}]}', 2, 1, 3)) == []
