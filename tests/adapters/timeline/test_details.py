from __future__ import annotations

from dataclasses import replace

import pytest

from ktui.adapters.events import (
    AclsChanged,
    ControllerChanged,
    FeaturesChanged,
    MovingChanged,
    SourceName,
    TopicState,
)
from ktui.adapters.model import BrokerState, Controller, Mode
from ktui.adapters.partitions import partitions, table_of
from tests.adapters.clusters import partition
from tests.adapters.timeline.scenes import LOG, POLL, ZK, Scene, counts, topic, up

A = topic("a")


def one(leader: int, isr: tuple[int, ...], epoch: int, version: int) -> TopicState:
    row = replace(partition(0, leader, isr=isr, epoch=epoch), version=version)
    return topic("a", row)


@pytest.mark.parametrize(
    ("source", "before", "after", "is_unclean"),
    [
        (POLL, one(-1, (2,), 4, -1), one(1, (1,), 5, -1), True),
        (POLL, one(2, (2,), 4, -1), one(1, (1,), 5, -1), False),
        (POLL, one(-1, (2,), 4, -1), one(1, (1,), 7, -1), False),
        (POLL, one(-1, (2,), 4, -1), one(2, (2,), 5, -1), False),
        (POLL, one(-1, (), 4, -1), one(2, (2,), 5, -1), False),
        (ZK, one(2, (2,), 4, 8), one(1, (1,), 5, 9), True),
        (ZK, one(2, (2,), 4, 8), one(1, (1,), 5, 10), False),
        (LOG, one(-1, (2,), 4, 8), one(1, (1,), 5, 9), False),
    ],
)
def test_an_election_is_called_unclean_only_where_nothing_else_can_have_happened(
    source: SourceName, before: TopicState, after: TopicState, is_unclean: bool
) -> None:
    scene = Scene(source, Mode.ZOOKEEPER if source is ZK else Mode.KRAFT)
    scene.load(before)
    scene.tell(scene.topics(after))
    scene.wait(3)
    assert any(line.startswith("unclean-election a-0") for line in scene.lines()) is is_unclean


def test_a_source_that_knows_says_itself_which_elections_were_unclean() -> None:
    scene = Scene(LOG)
    scene.load(one(2, (2,), 4, 8))
    scene.tell(scene.topics(one(1, (1,), 5, 9), unclean=[("a", 0)]))
    scene.wait(3)
    assert "unclean-election a-0 2 → 1" in scene.lines()


def test_topics_created_deleted_recreated_and_grown() -> None:
    scene = Scene()
    scene.load(A, topic("b"), topic("c"))
    grown = topic("c", *(partition(index) for index in range(5)))
    scene.tell(scene.topics(topic("a", topic_id=b"other-other-othe"), topic("new"), grown, removed=["b"]))
    assert sorted(scene.lines()) == [
        "partitions-added c 3 → 5",
        "topic-created new",
        "topic-deleted b",
        "topic-recreated a YQAAAAAAAAAAAAAAAAAAAA → b3RoZXItb3RoZXItb3RoZQ",
    ]


def test_what_a_deletion_does_to_its_own_topic_is_no_event() -> None:
    scene = Scene(ZK, Mode.ZOOKEEPER)
    scene.load(A)
    marked = replace(A, is_deleting=True)
    scene.tell(scene.topics(marked))
    scene.tell(scene.topics(replace(marked, table=one(-1, (2,), 9, 9).table)))
    scene.tell(scene.topics(removed=["a"]))
    scene.wait(3)
    assert scene.lines() == ["topic-deleted a"]


def moved(state: TopicState, replicas: tuple[int, ...], isr: tuple[int, ...], moving: bool) -> TopicState:
    rows = [
        replace(row, replicas=replicas, isr=isr) if row.index == 0 else row for row in partitions(state.table)
    ]
    return replace(state, table=table_of(rows), moving=(0,) if moving else ())


@pytest.mark.parametrize("source", [LOG, ZK])
def test_a_reassignment_causes_what_its_partitions_do(source: SourceName) -> None:
    scene = Scene(source, Mode.ZOOKEEPER if source is ZK else Mode.KRAFT)
    scene.load(replace(A, moving=()), brokers=(1, 2, 3, 4))
    scene.tell(scene.topics(moved(A, (4, 1, 2, 3), (1, 2, 3), True)))
    scene.wait(20)
    scene.tell(scene.topics(moved(A, (4, 1, 2, 3), (4, 1, 2, 3), True)))
    scene.wait(1)
    scene.tell(scene.topics(moved(A, (4, 2, 3), (4, 2, 3), False)))
    assert scene.lines() == [
        "reassignment-started a-0 (1, 2, 3) → (4, 1, 2, 3)",
        "isr-expanded a-0 (1, 2, 3) → (4, 1, 2, 3) ← reassignment-started None",
        "reassignment-finished a-0 (4, 1, 2, 3) → (4, 2, 3) ← reassignment-started None",
        "isr-shrank a-0 (4, 1, 2, 3) → (4, 2, 3) ← reassignment-started None",
    ]
    (story,) = scene.stories
    assert not story.is_open
    assert story.healed_at is not None


def test_polling_learns_of_a_reassignment_by_two_questions() -> None:
    scene = Scene(POLL)
    unknown = replace(A, moving=None)
    scene.load(unknown, brokers=(1, 2, 3, 4))
    scene.tell(MovingChanged(scene.stamp(), {}))
    scene.tell(scene.topics(replace(moved(unknown, (4, 1, 2, 3), (1, 2, 3), True), moving=None)))
    scene.tell(MovingChanged(scene.stamp(), {"a": (0,)}))
    scene.wait(5)
    scene.tell(scene.topics(replace(moved(unknown, (4, 2, 3), (2, 3, 4), True), moving=None)))
    scene.tell(MovingChanged(scene.stamp(), {}))
    scene.wait(5)
    moves = [line for line in scene.lines() if line.startswith("reassignment")]
    assert moves == [
        "reassignment-started a-0 (1, 2, 3) → (4, 1, 2, 3)",
        "reassignment-finished a-0 (4, 1, 2, 3) → (4, 2, 3) ← reassignment-started None",
    ]


def test_polling_that_missed_a_reassignment_tells_its_end() -> None:
    scene = Scene(POLL)
    scene.load(replace(A, moving=None))
    scene.tell(MovingChanged(scene.stamp(), {}))
    scene.tell(scene.topics(replace(moved(A, (3, 2, 1), (1, 2, 3), False), moving=None)))
    scene.tell(MovingChanged(scene.stamp(), {}))
    assert scene.lines() == ["reassignment-finished a-0 (1, 2, 3) → (3, 2, 1)"]


def test_the_controller_moves_and_the_quorum_is_lost_and_regained() -> None:
    scene = Scene(LOG)
    scene.load(A)

    def leader(controller: int, epoch: int) -> None:
        scene.tell(ControllerChanged(scene.stamp(), Controller(controller, epoch, "quorum")))

    leader(101, 6)
    leader(102, 7)
    leader(101, 6)
    leader(102, 8)
    scene.tell(ControllerChanged(scene.stamp(), None, "no quorum leader", is_absent=True))
    scene.tell(ControllerChanged(scene.stamp(), None, "no quorum leader", is_absent=True))
    scene.wait(4)
    leader(103, 9)
    assert scene.lines() == [
        "controller-moved 101 → 102",
        "controller-moved 102 → 102",
        "quorum-lost 102 → None",
        "controller-moved 102 → 103 ← quorum-lost None",
        "quorum-regained None → 103",
    ]
    assert [entry.detail for entry in scene.told] == [
        "epoch 6 → 7", "epoch 7 → 8", None, "epoch 8 → 9", "epoch 9",
    ]  # fmt: skip


def test_access_rules_and_features() -> None:
    scene = Scene(LOG)
    scene.load(A)
    scene.tell(AclsChanged(scene.stamp(), added=["User:a ALLOW READ on TOPIC LITERAL orders from *"]))
    scene.tell(FeaturesChanged(scene.stamp(), {"kraft.version": 1}))
    assert [(str(e.kind), e.before, e.after, e.detail) for e in scene.told] == [
        ("acl-changed", None, "User:a ALLOW READ on TOPIC LITERAL orders from *", None),
        ("feature-changed", None, 1, "kraft.version"),
    ]


def test_a_new_broker_joins_when_it_registers() -> None:
    scene = Scene(LOG)
    scene.load(A, brokers=(1,))
    scene.tell(scene.brokers(1, up(2, 9, BrokerState.FENCED)))
    scene.tell(scene.brokers(1, up(2, 9)))
    assert [line.split(" ←")[0] for line in scene.lines()] == ["broker-joined 2", "broker-unfenced 2"]
    assert [counts(story) for story in scene.stories] == [{"broker-joined": 1, "broker-unfenced": 1}]
    assert not scene.stories[0].is_open
