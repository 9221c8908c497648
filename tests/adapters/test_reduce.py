from __future__ import annotations

from dataclasses import replace

from ktui.adapters.events import (
    BrokersChanged,
    ClusterIdentified,
    ControllerChanged,
    MovingChanged,
    PartitionsChanged,
    SettingsChanged,
    SourceName,
    SourceState,
    TopicsReplaced,
)
from ktui.adapters.health import PartitionClass
from ktui.adapters.model import BrokerState, Controller, Mode
from ktui.adapters.partitions import partition_at
from ktui.adapters.reduce import Reducer
from ktui.adapters.topics import TopicSettings
from tests.adapters.clusters import broker, partition, stamp, state, table

ZK = SourceName.ZOOKEEPER


def loaded(*names: str) -> Reducer:
    reducer = Reducer()
    reducer.apply(
        [
            BrokersChanged(stamp(), [broker(1), broker(2), broker(3)]),
            TopicsReplaced(stamp(), [state(name) for name in names], is_complete=True),
            SettingsChanged(stamp(), {name: TopicSettings(min_isr=2) for name in names}),
        ]
    )
    return reducer


def test_a_batch_that_changes_nothing_gives_the_same_snapshot() -> None:
    reducer = loaded("a", "b")
    before = reducer.snapshot
    after = reducer.apply(
        [
            BrokersChanged(stamp(200), [broker(3), broker(1), broker(2)]),
            TopicsReplaced(stamp(200), [state("a")], is_complete=True),
            MovingChanged(stamp(200), {}),
        ]
    )
    assert after is before


def test_unchanged_topics_are_the_same_objects_in_the_next_snapshot() -> None:
    reducer = loaded("a", "b")
    b = reducer.snapshot.topics.get("b")
    after = reducer.apply([TopicsReplaced(stamp(200), [state("a", table(2))])])
    assert after.topics.get("b") is b
    assert after.topics.partition_count == 3


def test_a_lower_leader_epoch_of_the_same_topic_is_rejected() -> None:
    reducer = loaded()
    reducer.apply([TopicsReplaced(stamp(), [state("a", table(2, epoch=7, leader=2))])])
    reducer.apply([TopicsReplaced(stamp(), [state("a", table(2, epoch=6, leader=1))])])
    topic = reducer.snapshot.topics.get("a")
    assert topic is not None
    assert partition_at(topic.table, 1).leader == 2


def test_a_recreated_topic_starts_with_its_own_epochs() -> None:
    reducer = loaded()
    reducer.apply([TopicsReplaced(stamp(), [state("a", table(1, epoch=7, leader=2))])])
    reducer.apply([TopicsReplaced(stamp(), [state("a", table(1, epoch=0), topic_id=b"n" * 16)])])
    topic = reducer.snapshot.topics.get("a")
    assert topic is not None
    assert partition_at(topic.table, 0).leader == 1


def test_the_better_source_owns_the_topics_until_it_is_stale() -> None:
    reducer = loaded("a")
    reducer.apply([TopicsReplaced(stamp(source=ZK), [state("a", table(leader=3))], is_complete=True)])

    def leader() -> int:
        topic = reducer.snapshot.topics.get("a")
        assert topic is not None
        return partition_at(topic.table, 0).leader

    assert leader() == 3
    reducer.apply([TopicsReplaced(stamp(), [state("a", table(leader=2, epoch=1))])])
    assert leader() == 3
    reducer.apply([SourceState(stamp(source=ZK), "topics", "zookeeper", "does not answer")])
    assert leader() == 2
    assert reducer.snapshot.faults[0].reason == "does not answer"
    reducer.apply([SourceState(stamp(source=ZK), "topics", "zookeeper", None)])
    assert leader() == 3
    assert reducer.snapshot.faults == ()


def test_a_source_that_has_not_told_of_all_topics_does_not_take_over() -> None:
    reducer = loaded("a", "b")
    reducer.apply([TopicsReplaced(stamp(source=ZK), [state("a")])])
    assert len(reducer.snapshot.topics) == 2


def test_a_broker_that_is_gone_reads_missing_since_then() -> None:
    reducer = loaded("a")
    assert [b.since for b in reducer.snapshot.brokers] == [None, None, None]
    after = reducer.apply([BrokersChanged(stamp(200), [broker(1), broker(3)])])
    missing = after.broker(2)
    assert missing is not None
    assert (missing.state, missing.since, missing.host) == (BrokerState.MISSING, 200, "host2")
    back = reducer.apply([BrokersChanged(stamp(300), [broker(1), broker(2), broker(3)])]).broker(2)
    assert back is not None
    assert (back.state, back.since) == (BrokerState.UP, 300)


def test_a_broker_named_only_in_replica_lists_is_missing_and_was_never_there() -> None:
    reducer = Reducer()
    events = [
        BrokersChanged(stamp(), [broker(1), broker(2)]),
        TopicsReplaced(stamp(), [state("a")], is_complete=True),
    ]
    missing = reducer.apply(events).broker(3)
    assert missing is not None
    assert (missing.state, missing.since, missing.host) == (BrokerState.MISSING, None, None)


def test_settings_change_the_class_and_nothing_else() -> None:
    reducer = loaded("a")
    reducer.apply([PartitionsChanged(stamp(150), "a", [partition(0, isr=(1, 2))])])
    assert reducer.snapshot.topics.health.at_min_isr == 1
    after = reducer.apply([SettingsChanged(stamp(), {"a": TopicSettings(min_isr=3)})])
    assert after.topics.health.worst is PartitionClass.UNDER_MIN_ISR


def test_problems_remember_since_when() -> None:
    reducer = loaded("a")
    reducer.apply([PartitionsChanged(stamp(150), "a", [partition(0, isr=(1, 2))])])
    assert reducer.snapshot.problem_since[("a", 0)] == 150
    reducer.apply([PartitionsChanged(stamp(160), "a", [partition(0, isr=(1, 2), epoch=1)])])
    assert reducer.snapshot.problem_since[("a", 0)] == 150
    reducer.apply([PartitionsChanged(stamp(170), "a", [partition(0, isr=(1,), epoch=2)])])
    assert reducer.snapshot.problem_since[("a", 0)] == 170
    reducer.apply([PartitionsChanged(stamp(180), "a", [partition(0, epoch=3)])])
    assert dict(reducer.snapshot.problem_since) == {}


def test_problems_at_the_first_look_have_no_beginning() -> None:
    reducer = Reducer()
    reducer.apply([TopicsReplaced(stamp(), [state("a", table(isr=(1,)))], is_complete=True)])
    assert reducer.snapshot.topics.health.under_replicated == 1
    assert reducer.snapshot.problem_since.get(("a", 0)) is None


def test_the_quorum_is_believed_over_everybody_else() -> None:
    reducer = loaded()
    quorum, metadata = Controller(101, 7, "quorum"), Controller(2, None, "metadata")
    reducer.apply([ControllerChanged(stamp(), metadata)])
    assert reducer.snapshot.controller == replace(metadata, endpoint="host2:9092")
    reducer.apply([ControllerChanged(stamp(200), quorum)])
    assert reducer.snapshot.controller is not None
    assert reducer.snapshot.controller.id == 101
    after = reducer.apply([ControllerChanged(stamp(300), None, "no quorum leader")])
    assert (after.controller, after.controller_reason) == (None, "no quorum leader")


def test_moving_partitions_come_and_go() -> None:
    reducer = loaded("a")
    assert reducer.apply([MovingChanged(stamp(), {"a": (0,)})]).topics.health.moving == 1
    assert reducer.apply([MovingChanged(stamp(), {})]).topics.health.moving == 0


def test_identity_is_kept_when_a_later_answer_does_not_tell() -> None:
    reducer = loaded()
    reducer.apply([ClusterIdentified(stamp(), "id", Mode.KRAFT, "4.4-IV2")])
    after = reducer.apply([ClusterIdentified(stamp(), None, None)])
    assert (after.cluster_id, after.mode, after.metadata_version) == ("id", Mode.KRAFT, "4.4-IV2")


def test_brokers_that_name_no_controller_for_a_moment_do_not_hide_it_for_ever() -> None:
    reducer = loaded("a")
    reducer.apply([ClusterIdentified(stamp(), "id", Mode.ZOOKEEPER)])
    reducer.apply([ControllerChanged(stamp(), Controller(1, None, "metadata"))])
    reducer.apply([ControllerChanged(stamp(200), None, "the brokers name none", is_absent=True)])
    assert reducer.snapshot.has_no_controller
    reducer.apply([ControllerChanged(stamp(201), Controller(2, None, "metadata"))])
    assert reducer.snapshot.controller is not None
    assert reducer.snapshot.controller.id == 2


def test_a_source_that_tells_of_reassignments_itself_is_not_overruled() -> None:
    reducer = loaded("a")
    moving = replace(state("a"), moving=(0,))
    reducer.apply([TopicsReplaced(stamp(source=ZK), [moving], is_complete=True)])
    reducer.apply([MovingChanged(stamp(), {"a": (0,)})])
    reducer.apply([MovingChanged(stamp(), {})])
    topic = reducer.snapshot.topics.get("a")
    assert topic is not None
    assert topic.moving == (0,)
