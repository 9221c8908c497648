from __future__ import annotations

import pytest

from ktui.adapters.events import SourceName
from ktui.adapters.model import BrokerState, Mode
from tests.adapters.clusters import partition
from tests.adapters.timeline.scenes import LOG, POLL, ZK, Scene, counts, topic, up, without

A = topic("a")
B = topic("b")
AWAY = {
    "leader-moved a-1 2 → 1 ← broker-left 2",
    "isr-shrank a-0 (1, 2, 3) → (1, 3) ← broker-left 2",
    "isr-shrank a-1 (1, 2, 3) → (1, 3) ← broker-left 2",
    "isr-shrank a-2 (1, 2, 3) → (1, 3) ← broker-left 2",
}


@pytest.mark.parametrize("source", [LOG, ZK, POLL])
def test_what_follows_a_brokers_death_has_it_as_its_cause(source: SourceName) -> None:
    scene = Scene(source, Mode.ZOOKEEPER if source is ZK else Mode.KRAFT)
    scene.load(A)
    scene.tell(scene.brokers(1, 3))
    scene.tell(scene.topics(without(A, 2)))
    assert scene.lines()[0] == "broker-left 2"
    assert set(scene.lines()[1:]) == AWAY
    assert [entry.seq for entry in scene.told] == [1, 2, 3, 4, 5]
    assert {entry.cause.seq for entry in scene.told[1:] if entry.cause} == {1}


@pytest.mark.parametrize("source", [LOG, ZK, POLL])
def test_the_cause_is_told_first_also_when_it_is_seen_last(source: SourceName) -> None:
    scene = Scene(source, Mode.ZOOKEEPER if source is ZK else Mode.KRAFT)
    scene.load(A)
    scene.tell(scene.topics(without(A, 2)))
    assert scene.told == []
    scene.wait(0.2)
    scene.tell(scene.brokers(1, 3))
    assert scene.lines()[0] == "broker-left 2"
    assert set(scene.lines()[1:]) == AWAY
    assert [story.head is not None for story in scene.stories] == [True]


def test_within_one_batch_of_the_log_the_changes_come_before_the_fence() -> None:
    scene = Scene(LOG)
    scene.load(A)
    fenced = scene.brokers(1, up(2, state=BrokerState.FENCED), 3)
    scene.tell(scene.topics(without(A, 2)), fenced)
    assert scene.lines()[0] == "broker-fenced 2"
    assert all(line.endswith("← broker-fenced 2") for line in scene.lines()[1:])


def test_what_has_no_cause_is_told_after_a_while_and_shown_at_once() -> None:
    scene = Scene(POLL)
    scene.load(A)
    scene.tell(scene.topics(topic("a", partition(0, isr=(1, 3)), partition(1, 2), partition(2, 3))))
    assert scene.told == []
    assert [counts(story) for story in scene.stories] == [{"isr-shrank": 1}]
    scene.wait(3)
    assert scene.lines() == ["isr-shrank a-0 (1, 2, 3) → (1, 3)"]


def test_a_story_heals_when_the_broker_is_back_and_in_sync_everywhere() -> None:
    scene = Scene(POLL)
    scene.load(A)
    scene.tell(scene.brokers(1, 3), scene.topics(without(A, 2)))
    scene.wait(40)
    scene.tell(scene.brokers(1, 2, 3))
    (story,) = scene.stories
    assert story.is_open
    scene.wait(1)
    back = topic("a", partition(0), partition(1, 1, epoch=1), partition(2, 3))
    scene.tell(scene.topics(back))
    (story,) = scene.stories
    assert not story.is_open
    assert story.healed_at is not None
    assert story.healed_at - story.started_at == 41
    assert counts(story) == {
        "broker-left": 1, "leader-moved": 1, "isr-shrank": 3, "broker-joined": 1, "isr-expanded": 3,
    }  # fmt: skip
    assert {line.split(" ← ")[1] for line in scene.lines() if "expanded" in line} == {"broker-joined 2"}


def test_replicas_that_come_back_before_their_broker_wait_for_it() -> None:
    scene = Scene(POLL)
    scene.load(A)
    scene.tell(scene.brokers(1, 3), scene.topics(without(A, 2)))
    told = len(scene.told)
    scene.wait(40)
    scene.tell(scene.topics(topic("a", partition(0), partition(1, 1, epoch=1), partition(2, 3))))
    assert len(scene.told) == told
    scene.tell(scene.brokers(1, 2, 3))
    assert scene.lines()[told] == "broker-joined 2"
    assert all(line.endswith("← broker-joined 2") for line in scene.lines()[told + 1 :])


def test_leaders_given_back_minutes_later_belong_to_the_return() -> None:
    scene = Scene(POLL)
    scene.load(A)
    scene.tell(scene.brokers(1, 3), scene.topics(without(A, 2)))
    scene.wait(40)
    back = topic("a", partition(0), partition(1, 1, epoch=1), partition(2, 3))
    scene.tell(scene.brokers(1, 2, 3), scene.topics(back))
    scene.wait(240)
    scene.tell(scene.topics(topic("a", partition(0), partition(1, 2, epoch=2), partition(2, 3))))
    assert scene.lines()[-1] == "leader-moved a-1 1 → 2 ← broker-joined 2"
    assert len(scene.stories) == 1


def test_a_lag_seen_before_the_broker_is_found_to_be_away_joins_its_story() -> None:
    scene = Scene(POLL)
    scene.load(A, B)
    scene.tell(scene.topics(topic("a", partition(0, isr=(1, 3)), partition(1, 2), partition(2, 3))))
    scene.wait(4)
    assert scene.lines() == ["isr-shrank a-0 (1, 2, 3) → (1, 3)"]
    scene.tell(scene.brokers(1, 3), scene.topics(without(B, 2)))
    (story,) = scene.stories
    assert counts(story) == {"broker-left": 1, "isr-shrank": 4, "leader-moved": 1}


def test_what_another_broker_does_meanwhile_stays_apart() -> None:
    scene = Scene(POLL)
    scene.load(A, B)
    lagging = topic("b", partition(0, isr=(1, 2)), partition(1, 2), partition(2, 3))
    scene.tell(scene.brokers(1, 3), scene.topics(without(A, 2), lagging))
    scene.wait(3)
    assert [counts(story) for story in scene.stories] == [
        {"broker-left": 1, "leader-moved": 1, "isr-shrank": 3},
        {"isr-shrank": 1},
    ]
    assert scene.lines()[-1] == "isr-shrank b-0 (1, 2, 3) → (1, 2)"


def test_a_controlled_shutdown_and_a_restart_are_one_story() -> None:
    scene = Scene(LOG)
    scene.load(A, brokers=())
    scene.tell(scene.brokers(up(1, 10), up(2, 11), up(3, 12)))
    down, fenced = (up(2, 11, state) for state in (BrokerState.SHUTTING_DOWN, BrokerState.FENCED))
    told = len(scene.told)
    scene.tell(scene.brokers(up(1, 10), down, up(3, 12)), scene.topics(without(A, 2)))
    scene.wait(1)
    scene.tell(scene.brokers(up(1, 10), fenced, up(3, 12)))
    scene.wait(5)
    scene.tell(scene.brokers(up(1, 10), up(2, 44, BrokerState.FENCED), up(3, 12)))
    scene.wait(1)
    scene.tell(scene.brokers(up(1, 10), up(2, 44), up(3, 12)))
    scene.wait(0.5)
    scene.tell(scene.topics(topic("a", partition(0), partition(1, 1, epoch=1), partition(2, 3))))
    lines = scene.lines()[told:]
    assert lines[0] == "broker-shutting-down 2"
    assert "broker-fenced 2 ← broker-shutting-down 2" in lines
    assert "broker-restarted 2" in [line.split(" ←")[0] for line in lines]
    assert lines[-1] == "isr-expanded a-2 (1, 3) → (1, 2, 3) ← broker-unfenced 2"
    story = scene.stories[-1]
    assert counts(story)["isr-shrank"] == counts(story)["isr-expanded"] == 3
    assert story.healed_at is not None


def test_a_second_death_before_the_first_healed_is_a_story_of_its_own() -> None:
    scene = Scene(POLL)
    scene.load(A)
    scene.tell(scene.brokers(1, 3), scene.topics(without(A, 2)))
    scene.wait(5)
    scene.tell(scene.brokers(1, 2, 3))
    scene.wait(5)
    scene.tell(scene.brokers(1, 3))
    first, second = scene.stories
    assert not first.is_open
    assert first.healed_at is None
    assert second.is_open


def test_a_zookeeper_controller_that_dies_moves_the_controller() -> None:
    from ktui.adapters.events import ControllerChanged
    from ktui.adapters.model import Controller

    scene = Scene(ZK, Mode.ZOOKEEPER)
    scene.load(A)
    scene.tell(ControllerChanged(scene.stamp(), Controller(2, 5, "zookeeper")))
    scene.tell(ControllerChanged(scene.stamp(), Controller(1, 6, "zookeeper")))
    scene.tell(scene.brokers(1, 3), scene.topics(without(A, 2)))
    assert scene.lines()[:2] == ["broker-left 2", "controller-moved 2 → 1 ← broker-left 2"]
    assert len(scene.stories) == 1
