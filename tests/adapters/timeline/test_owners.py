from __future__ import annotations

from ktui.adapters.events import ClusterEvent, ConfigsChanged, Gap, SettingsChanged, SourceName, SourceState
from ktui.adapters.model import Mode
from ktui.adapters.topics import TopicSettings
from tests.adapters.clusters import partition
from tests.adapters.timeline.scenes import LOG, POLL, ZK, Scene, topic, up, without

A, B = topic("a"), topic("b")


def both(better: SourceName = ZK) -> Scene:
    """A cluster that two sources have told of, alike."""
    scene = Scene(better, Mode.ZOOKEEPER if better is ZK else Mode.KRAFT)
    for source in (POLL, better):
        scene.tell(scene.brokers(1, 2, 3, source=source), scene.topics(A, B, source=source, is_complete=True))
    return scene


def lost(scene: Scene, reason: str | None, source: SourceName = ZK) -> ClusterEvent:
    return SourceState(scene.stamp(source), "connection", "zookeeper", reason, blocks=True)


def test_a_first_load_is_no_change() -> None:
    scene = both()
    scene.wait(10)
    assert scene.told == []
    assert scene.reducer.timeline.view.since is not None


def test_what_two_sources_see_is_told_once() -> None:
    scene = both()
    for source in (POLL, ZK, POLL):
        scene.tell(scene.brokers(1, 3, source=source), scene.topics(without(A, 2), source=source))
        scene.wait(1)
    assert [line.split(" ←")[0] for line in scene.lines()] == [
        "broker-left 2",
        "leader-moved a-1 2 → 1",
        "isr-shrank a-0 (1, 2, 3) → (1, 3)",
        "isr-shrank a-1 (1, 2, 3) → (1, 3)",
        "isr-shrank a-2 (1, 2, 3) → (1, 3)",
    ]


def test_when_a_source_is_lost_and_comes_back_nothing_is_told_twice_or_wrongly() -> None:
    scene = both()
    scene.tell(scene.topics(without(A, 2), source=ZK), scene.brokers(1, 3, source=ZK))
    told = len(scene.told)
    # Polling lags: it has not seen that yet when it becomes the owner.
    scene.tell(lost(scene, "ZooKeeper does not answer"))
    scene.wait(0.5)
    scene.tell(scene.brokers(1, 3, source=POLL), scene.topics(without(A, 2), source=POLL, is_complete=True))
    scene.wait(0.5)
    scene.tell(scene.topics(without(B, 2), source=POLL))
    scene.tell(scene.topics(without(A, 2), without(B, 2), source=ZK))
    scene.tell(lost(scene, None))
    scene.wait(5)
    assert [line.split(" ←")[0] for line in scene.lines()[told:]] == [
        "source-stale",
        "leader-moved b-1 2 → 1",
        "isr-shrank b-0 (1, 2, 3) → (1, 3)",
        "isr-shrank b-1 (1, 2, 3) → (1, 3)",
        "isr-shrank b-2 (1, 2, 3) → (1, 3)",
        "source-resumed",
    ]


def test_what_was_missed_while_nobody_owned_it_is_told_when_somebody_does() -> None:
    scene = both(LOG)
    scene.tell(SourceState(scene.stamp(LOG), "topics", "log", "unreachable"))
    # Brokers are asked for everything again: what they said before the log was there is not kept.
    scene.tell(scene.topics(A, B, source=POLL, is_complete=True))
    scene.tell(scene.topics(A, without(B, 2), source=LOG))
    scene.wait(3)
    assert scene.lines() == ["source-stale"]
    scene.tell(SourceState(scene.stamp(LOG), "topics", "log", None))
    scene.wait(3)
    assert len([line for line in scene.lines() if " b-" in line]) == 4


def test_a_source_that_never_told_anything_is_not_missed() -> None:
    scene = Scene(POLL)
    scene.load(A)
    scene.tell(lost(scene, "no server answers"))
    scene.wait(3)
    assert scene.told == []


def test_epochs_of_brokers_are_compared_within_one_source_only() -> None:
    scene = Scene(LOG)
    scene.load(A, brokers=())
    scene.tell(scene.brokers(up(1, 70), up(2, 71), source=LOG))
    told = len(scene.told)
    scene.tell(scene.brokers(1, 2, source=POLL), lost(scene, "unreachable", LOG))
    scene.tell(scene.brokers(1, 2, source=POLL))
    scene.tell(scene.brokers(up(1, 70), up(2, 99), source=LOG), lost(scene, None, LOG))
    scene.wait(3)
    assert scene.lines()[told:] == ["source-stale", "source-resumed"]


def test_configuration_is_told_by_the_source_that_owns_it() -> None:
    scene = both(LOG)
    before, after = TopicSettings(min_isr=1), TopicSettings(min_isr=2)
    scene.tell(SettingsChanged(scene.stamp(POLL), {"a": before}))
    scene.tell(SettingsChanged(scene.stamp(POLL), {"a": after}))
    assert scene.lines() == ["config-changed a 1 → 2"]
    scene.tell(ConfigsChanged(scene.stamp(LOG), "topic", "a", {"min.insync.replicas": "1"}))
    scene.tell(SettingsChanged(scene.stamp(POLL), {"a": before}))
    assert scene.lines()[1:] == ["config-changed a None → 1"]
    assert scene.told[1].detail == "min.insync.replicas"


def test_the_first_configuration_of_a_new_topic_is_no_change() -> None:
    scene = Scene(POLL)
    scene.load(A)
    scene.tell(SettingsChanged(scene.stamp(), {"a": TopicSettings(min_isr=1)}))
    scene.tell(scene.topics(topic("a", topic_id=b"n" * 16)))
    scene.tell(SettingsChanged(scene.stamp(), {"a": TopicSettings(min_isr=2)}))
    assert [line.split()[0] for line in scene.lines()] == ["topic-recreated"]


def test_a_gap_is_told() -> None:
    scene = both()
    scene.tell(Gap(scene.stamp(ZK), "everything was read again"))
    assert (scene.lines(), scene.told[0].detail) == (["gap"], "everything was read again")


def test_partitions_whose_state_was_not_known_are_no_change() -> None:
    scene = Scene(ZK, Mode.ZOOKEEPER)
    scene.load(A)
    scene.tell(
        scene.topics(topic("c", partition(0, -2, isr=(), epoch=-2), partition(1, -1, isr=(), epoch=-1)))
    )
    scene.tell(scene.topics(topic("c", partition(0), partition(1, 2))))
    scene.wait(3)
    assert scene.lines() == ["topic-created c"]
    assert scene.told[0].detail == "2 partitions, RF 3"
