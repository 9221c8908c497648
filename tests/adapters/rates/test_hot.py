from __future__ import annotations

from collections.abc import Collection

from ktui.adapters.rates.hot import IDLE_S, SMALL_PARTITIONS, HotSet
from ktui.adapters.rates.track import Track
from ktui.adapters.topics import Topic, TopicMap
from tests.adapters.rates.sampling import topic


def names(tracks: Collection[Track]) -> list[str]:
    return sorted(track.name for track in tracks)


def follow(hot: HotSet, topics: TopicMap, watched: Collection[str] = ()) -> set[str]:
    gone: set[str] = set()
    for _ in hot.follow(topics, watched, gone):
        pass
    return gone


LARGE = [topic(f"large-{n:04}", (1, 2, 3)) for n in range(SMALL_PARTITIONS // 3 + 1)]


def moved(of: Topic, at: float) -> Track:
    track = Track(of)
    track.moved_at = at
    return track


def test_all_of_a_small_cluster() -> None:
    hot = HotSet(1e6)
    follow(hot, TopicMap.of([topic("a"), topic("b")]))
    assert names(hot.tracks.values()) == ["a", "b"]
    assert hot.drop_idle(1e9) == []
    gone = follow(hot, TopicMap.of([topic("b"), topic("c")]))
    assert gone == {"a"}
    assert names(hot.tracks.values()) == ["b", "c"]


def test_of_a_large_cluster_what_is_on_screen_and_what_moves() -> None:
    hot = HotSet(1e6)
    topics = TopicMap.of(LARGE)
    follow(hot, topics, ["large-0007", "not there"])
    assert names(hot.tracks.values()) == ["large-0007"]
    hot.put(moved(LARGE[9], 1000.0))
    assert hot.drop_idle(1000.0 + IDLE_S) == []
    assert names(hot.drop_idle(1001.0 + IDLE_S)) == ["large-0009"]
    follow(hot, topics)
    assert names(hot.drop_idle(1001.0 + IDLE_S)) == ["large-0007"]
    assert not hot.tracks


def test_nothing_is_asked_differently_while_nothing_changes() -> None:
    hot = HotSet(1e6)
    topics = TopicMap.of([topic("a", (1, 2))])
    follow(hot, topics)
    hot.turns_of()
    follow(hot, topics)
    assert not hot.is_changed
    follow(hot, topics.updated([topic("a", (1, 2))]))
    assert not hot.is_changed
    follow(hot, topics.updated([topic("a", (2, 2))]))
    assert hot.is_changed


def test_another_topic_of_the_same_name_is_told() -> None:
    hot = HotSet(1e6)
    follow(hot, TopicMap.of([topic("a")]))
    assert follow(hot, TopicMap.of([topic("a", id_=b"2" * 16)])) == {"a"}
    assert "a" in hot.tracks


def test_topics_that_do_not_fit_take_turns_and_those_on_screen_do_not() -> None:
    cost = Track(LARGE[0]).cost_bytes
    hot = HotSet(10 * cost)
    follow(hot, TopicMap.of(LARGE), ["large-0000"])
    for each in LARGE[1:28]:
        hot.put(moved(each, 1000.0))
    every, *turns = hot.turns_of()
    assert names(every) == ["large-0000"]
    assert hot.turns == len(turns) == 3
    assert names(track for turn in turns for track in turn) == [each.name for each in LARGE[1:28]]
    assert max(map(len, turns)) == 9
    assert hot.is_due_always(hot.tracks["large-0000"])
    assert not hot.is_due_always(hot.tracks["large-0001"])
    assert hot.bytes_per_tick <= 10 * cost


def test_when_all_fit_there_are_no_turns() -> None:
    hot = HotSet(1e6)
    follow(hot, TopicMap.of([topic("a"), topic("b")]), ["a"])
    assert [names(tracks) for tracks in hot.turns_of()] == [["a", "b"], []]
