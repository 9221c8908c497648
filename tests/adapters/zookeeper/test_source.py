from __future__ import annotations

import asyncio
from collections.abc import Callable

from ktui.adapters.errors import ConnectFailed, Step
from ktui.adapters.events import (
    AclsChanged,
    BrokersChanged,
    ClusterIdentified,
    ConfigsChanged,
    ControllerChanged,
    FeaturesChanged,
    Gap,
    SourceName,
    SourceState,
    TopicsReplaced,
)
from ktui.adapters.model import Broker, BrokerState, Controller, Migration, Mode
from ktui.adapters.partitions import NO_LEADER, NOT_LOADED, Partition
from ktui.adapters.zookeeper.port import SessionState
from tests.adapters.zookeeper.tree import Tree
from tests.adapters.zookeeper.watched import Watched


def controllers(watched: Watched) -> list[tuple[int, int | None, str | None] | None]:
    """Id, epoch and endpoint of all that were told."""
    told = [event.controller for event in watched.of(ControllerChanged)]
    return [named and (named.id, named.epoch, named.endpoint) for named in told]


async def test_everything_is_told_once(watched: Watched) -> None:
    assert [(event.cluster_id, event.mode) for event in watched.of(ClusterIdentified)] == [
        ("st1C5ysiS-iZI1dMWpEtBg", Mode.ZOOKEEPER)
    ]
    (brokers,) = watched.of(BrokersChanged)
    node = watched.tree.nodes["/brokers/ids/2"]
    assert brokers.brokers[1] == Broker(
        2, "b2", 9092, None, BrokerState.UP, registered_at=1_700_000_000.0, epoch=node.czxid
    )
    (controller,) = watched.of(ControllerChanged)
    node = watched.tree.nodes["/controller"]
    assert controller.controller == Controller(1, 7, "zookeeper", "b1:9092", node.written_at)
    assert (controller.stamp.happened_at, controller.stamp.position) == (node.written_at, node.mzxid)
    assert watched.rows("orders") == [
        Partition(0, 1, 0, (1, 2, 3), (1, 2, 3), (), 0),
        Partition(1, 2, 0, (2, 3, 1), (2, 3, 1), (), 0),
    ]
    assert watched.topics["orders"].id == bytes.fromhex("8d2b8ecbeccbbc46746e15fa05225164")
    assert watched.topics["__consumer_offsets"].is_internal
    assert not [*watched.of(ConfigsChanged), *watched.of(AclsChanged), *watched.of(FeaturesChanged)]
    assert watched.faults == {}
    assert watched.source.heard_at() is not None
    assert {event.stamp.source for event in watched.events} == {SourceName.ZOOKEEPER}


async def test_rounds_without_a_change_tell_nothing(watched: Watched) -> None:
    before = len(watched.events)
    await watched.rounds(5)
    assert len(watched.events) == before


async def test_a_changed_state_is_told_with_its_topic_only(watched: Watched) -> None:
    before = len(watched.events)
    watched.tree.state("orders", 1, 3, [3, 1], epoch=1)
    await watched.until(lambda: len(watched.events) > before)
    (event,) = watched.events[before:]
    assert isinstance(event, TopicsReplaced)
    assert [topic.name for topic in event.topics] == ["orders"]
    assert event.is_complete
    assert watched.rows("orders")[1] == Partition(1, 3, 1, (2, 3, 1), (3, 1), (), 1)


async def test_a_lost_leader(watched: Watched) -> None:
    watched.tree.state("orders", 0, -1, [1], epoch=1)
    await watched.until(lambda: watched.rows("orders")[0].leader == NO_LEADER)


async def test_a_new_topic_is_told_before_and_after_its_states_exist(watched: Watched) -> None:
    watched.tree.put("/brokers/topics/fresh", {"partitions": {"0": [2]}})
    await watched.until(lambda: [row.leader for row in watched.rows("fresh")] == [NOT_LOADED])
    watched.tree.state("fresh", 0, 2, [2])
    await watched.until(lambda: [row.leader for row in watched.rows("fresh")] == [2])


async def test_a_topic_is_marked_and_removed(watched: Watched) -> None:
    watched.tree.put("/admin/delete_topics/orders")
    await watched.until(lambda: watched.topics["orders"].is_deleting)
    watched.tree.delete("/brokers/topics/orders")
    watched.tree.delete("/admin/delete_topics/orders")
    await watched.until(lambda: "orders" not in watched.topics)
    watched.tree.topic("orders", [(3,)])
    await watched.until(lambda: [row.replicas for row in watched.rows("orders")] == [(3,)])
    assert not watched.topics["orders"].is_deleting


async def test_pending_deletions_are_known_exactly_or_not_at_all(watched: Watched) -> None:
    assert await watched.source.pending_deletions() == []
    watched.tree.put("/admin/delete_topics/orders")
    assert await watched.source.pending_deletions() == ["orders"]
    watched.tree.hidden.add("/admin/delete_topics")
    assert await watched.source.pending_deletions() is None
    watched.tree.hidden.clear()
    watched.session.become(SessionState.SUSPENDED)
    assert await watched.source.pending_deletions() is None


async def test_partitions_added_and_moved(watched: Watched) -> None:
    partitions = {"0": [1, 2, 3], "1": [2, 3, 1], "2": [3]}
    watched.tree.put("/brokers/topics/orders", {"partitions": partitions, "adding_replicas": {"1": [1]}})
    watched.tree.state("orders", 2, 3, [3])
    await watched.until(lambda: [row.leader for row in watched.rows("orders")] == [1, 2, 3])
    assert watched.topics["orders"].moving == (1,)


async def test_an_unreadable_topic_stays_as_it_was_and_heals(watched: Watched) -> None:
    good = watched.tree.nodes["/brokers/topics/orders"].data
    watched.tree.put("/brokers/topics/orders", b"rubbish")
    await watched.until(lambda: "orders" in watched.faults.get("topic nodes", ""))
    assert len(watched.rows("orders")) == 2
    watched.tree.put("/brokers/topics/orders", good)
    await watched.until(lambda: not watched.faults)


async def test_a_topic_unreadable_from_the_beginning_is_no_missing_topic(
    tree: Tree, start: Callable[..., Watched]
) -> None:
    tree.put("/brokers/topics/broken", b"\xff")
    watched = start()
    await watched.until(lambda: watched.is_complete)
    assert "broken" in watched.faults["topic nodes"]
    tree.topic("broken", [(1,)])
    await watched.until(lambda: "broken" in watched.topics and not watched.faults)


async def test_hidden_parts_are_faults_of_their_own(tree: Tree, start: Callable[..., Watched]) -> None:
    tree.hidden |= {"/brokers/topics", "/controller"}
    watched = start()
    await watched.until(
        lambda: {"topics", "controller"} <= watched.faults.keys() and watched.of(BrokersChanged)
    )
    assert "ACL" in watched.faults["topics"]
    assert not watched.is_complete
    tree.hidden.clear()
    watched.source.refresh()
    await watched.until(lambda: "controller" not in watched.faults and watched.of(ControllerChanged))


async def test_a_folder_without_a_cluster_says_where_one_is(
    start: Callable[..., Watched], tree: Tree
) -> None:
    tree.nodes.clear()
    tree.put("/kafka/brokers/ids")
    watched = start()
    await watched.until(lambda: "brokers" in watched.faults)
    assert watched.faults["brokers"].endswith("there is one under the chroot /kafka")
    tree.cluster()
    await watched.until(lambda: not watched.faults and watched.of(BrokersChanged))


async def test_brokers_leave_join_and_register_again(watched: Watched) -> None:
    watched.tree.delete("/brokers/ids/2")
    await watched.until(lambda: [broker.id for broker in watched.of(BrokersChanged)[-1].brokers] == [1, 3])
    watched.tree.broker(2, timestamp="1800000000000")
    await watched.until(lambda: len(watched.of(BrokersChanged)[-1].brokers) == 3)
    event, node = watched.of(BrokersChanged)[-1], watched.tree.nodes["/brokers/ids/2"]
    assert event.brokers[1].registered_at == 1_800_000_000.0
    assert (event.stamp.happened_at, event.stamp.position) == (node.written_at, node.czxid)
    assert watched.of(BrokersChanged)[-2].stamp.happened_at is None


async def test_a_broker_that_bounced_unseen_is_noticed_by_its_new_epoch(watched: Watched) -> None:
    told = len(watched.of(BrokersChanged))
    node = watched.tree.nodes["/brokers/ids/2"]
    watched.tree.nodes["/brokers/ids/2"] = node._replace(czxid=node.czxid + 1_000)
    await watched.until(lambda: len(watched.of(BrokersChanged)) > told)


async def test_an_unreadable_broker_stays_as_it_was(watched: Watched) -> None:
    watched.tree.put("/brokers/ids/2", b"{")
    watched.tree.broker(4)
    await watched.until(
        lambda: "broker nodes" in watched.faults and len(watched.of(BrokersChanged)[-1].brokers) == 4
    )
    assert watched.of(BrokersChanged)[-1].brokers[1].host == "b2"


async def test_the_endpoint_for_the_clients_protocol(tree: Tree, start: Callable[..., Watched]) -> None:
    endpoints = ["PLAINTEXT://inner:1", "SSL://outer:2"]
    tree.broker(
        1, endpoints=endpoints, listener_security_protocol_map={"PLAINTEXT": "PLAINTEXT", "SSL": "SSL"}
    )
    watched = start(protocol="SSL")
    await watched.until(lambda: watched.of(ControllerChanged))
    assert watched.of(BrokersChanged)[0].brokers[0].host == "outer"
    assert controllers(watched)[0] == (1, 7, "outer:2")


async def test_the_controller_moves_and_is_absent_for_a_while(watched: Watched) -> None:
    watched.tree.delete("/controller")
    await watched.until(lambda: watched.of(ControllerChanged)[-1].controller is None)
    assert "/controller" in (watched.of(ControllerChanged)[-1].reason or "")
    watched.tree.controller(3, 8)
    await watched.until(lambda: controllers(watched)[-1] == (3, 8, "b3:9092"))


async def test_a_kraft_controller_means_migrating(watched: Watched) -> None:
    watched.tree.controller(3000, 9, kraft_epoch=5)
    await watched.until(lambda: watched.of(ClusterIdentified)[-1].mode is Mode.MIGRATING)
    assert controllers(watched)[-1] == (3000, 9, None)
    assert watched.of(ClusterIdentified)[-1].migration == Migration(3000, 5, None, None, (1, 2, 3))
    watched.tree.put("/migration", {"kraft_metadata_offset": 812, "kraft_controller_id": 3000})
    at = watched.tree.nodes["/migration"].written_at
    copied = Migration(3000, 5, 812, at, (1, 2, 3))
    await watched.until(lambda: watched.of(ClusterIdentified)[-1].migration == copied)
    assert "authority" not in watched.faults
    for broker in (1, 2, 3):
        watched.tree.delete(f"/brokers/ids/{broker}")
    await watched.until(lambda: "authority" in watched.faults)
    assert watched.of(ClusterIdentified)[-1].mode is None
    assert watched.of(ClusterIdentified)[-1].migration is None
    assert next(event.blocks for event in watched.of(SourceState) if event.what == "authority")


async def test_an_advancing_migration_means_migrating(watched: Watched) -> None:
    watched.tree.put("/migration", {"kraft_metadata_offset": 5, "kraft_controller_id": 3000})
    await asyncio.sleep(0.15)
    assert watched.of(ClusterIdentified)[-1].mode is Mode.ZOOKEEPER
    watched.tree.put("/migration", {"kraft_metadata_offset": 6, "kraft_controller_id": 3000})
    await watched.until(lambda: watched.of(ClusterIdentified)[-1].mode is Mode.MIGRATING)


async def test_a_broken_connection_makes_the_values_stale_and_not_empty(watched: Watched) -> None:
    topics = watched.topics
    watched.session.become(SessionState.SUSPENDED)
    await watched.until(lambda: "connection" in watched.faults)
    assert "stale" in watched.faults["connection"]
    assert watched.of(SourceState)[-1].blocks
    assert watched.source.last_error() == watched.faults["connection"]
    watched.tree.state("orders", 0, 2, [2, 3], epoch=1)
    watched.tree.delete("/brokers/ids/1")
    assert watched.topics == topics
    watched.session.become(SessionState.CONNECTED)
    await watched.until(lambda: not watched.faults)
    assert watched.rows("orders")[0].leader == 2
    assert [broker.id for broker in watched.of(BrokersChanged)[-1].brokers] == [2, 3]
    assert watched.source.last_error() is None
    assert watched.of(Gap) == []


async def test_after_a_lost_session_everything_is_read_again_and_the_gap_is_told(watched: Watched) -> None:
    watched.session.become(SessionState.SUSPENDED)
    watched.session.become(SessionState.LOST)
    watched.tree.delete("/brokers/topics/orders")
    watched.tree.topic("other", [(2,)])
    watched.session.become(SessionState.CONNECTED)
    await watched.until(lambda: watched.of(Gap))
    assert "orders" not in watched.topics
    assert watched.rows("other")[0].leader == 2
    assert watched.faults == {}
    told = len(watched.events)
    watched.tree.put("/brokers/topics/third", {"partitions": {}})
    await watched.until(lambda: len(watched.events) > told)
    assert "third" in watched.topics


async def test_watches_are_set_again_after_a_break_however_short(watched: Watched) -> None:
    watched.source.pace(1_000)
    await watched.rounds(1)
    watched.session.become(SessionState.SUSPENDED)
    watched.session.become(SessionState.CONNECTED)
    await watched.until(lambda: not watched.faults)
    watched.tree.topic("other", [(2,)])
    await watched.until(lambda: "other" in watched.topics)


async def test_a_server_that_hangs_makes_the_values_stale_until_it_answers(watched: Watched) -> None:
    watched.tree.flows.clear()
    await watched.until(lambda: "stale" in watched.faults.get("connection", ""))
    watched.tree.flows.set()
    await watched.until(lambda: not watched.faults)


async def test_what_went_wrong_before_the_first_connection_is_said(
    tree: Tree, start: Callable[..., Watched]
) -> None:
    tree.is_up = False
    watched = start()
    await watched.until(lambda: watched.faults == {"connection": "zk:2181: connect: no answer"})
    refused = ConnectFailed("zk:2181", Step.CONNECT, "connection refused")
    watched.session.become(SessionState.CONNECTING, refused)
    await watched.until(lambda: watched.faults == {"connection": str(refused)})
    watched.session.become(SessionState.CONNECTED)
    await watched.until(lambda: not watched.faults and watched.is_complete)


async def test_a_session_that_ended_is_replaced(watched: Watched) -> None:
    refused = ConnectFailed("zk:2181", Step.SASL, "refused")
    watched.session.become(SessionState.ENDED, refused)
    await watched.until(lambda: "connection" in watched.faults)
    await watched.until(lambda: len(watched.tree.sessions) == 2 and not watched.faults)


async def test_topics_on_screen_are_read_in_the_pauses_of_a_long_round(
    tree: Tree, start: Callable[..., Watched]
) -> None:
    for number in range(40):
        tree.topic(f"t{number:02}", [(1,)] * 600)
    tree.delay_s = 0.02
    watched = start()
    watched.source.look_at(["t39"])
    await watched.until(lambda: watched.is_complete, within_s=20)
    await watched.rounds(3)
    tree.state("t39", 7, 2, [2], epoch=1)
    await watched.until(lambda: watched.rows("t39")[7].leader == 2, within_s=2.5)


async def test_refresh_reads_everything_now(watched: Watched) -> None:
    watched.source.pace(1_000)
    await watched.rounds(1)
    watched.tree.state("orders", 0, 2, [2], epoch=1)
    watched.source.refresh()
    await watched.until(lambda: watched.rows("orders")[0].leader == 2)
