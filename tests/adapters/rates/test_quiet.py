from __future__ import annotations

from collections.abc import Mapping, Sequence

from ktui.adapters.partitions import Column, column
from ktui.adapters.rates.quiet import Look, QuietTopics, Round, Verdict, cost_of
from ktui.adapters.topics import TopicMap
from tests.adapters.rates.sampling import topic

TOPICS = TopicMap.of(topic(f"t{n}", (1, 2)) for n in range(10))


def looked(
    quiet: QuietTopics,
    offsets: Mapping[str, Sequence[int | None]],
    at: float,
    leaders: Sequence[int] = (1, 2),
) -> Verdict:
    topics = [topic(name, leaders) for name in offsets]
    look = Look((each, column(each.table, Column.LEADER)) for each in topics)
    for name, values in offsets.items():
        known = [(index, value) for index, value in enumerate(values) if value is not None]
        if known:
            look.put(name, *zip(*known, strict=True), at)
    verdict: list[Verdict] = []
    for _ in quiet.judge(look, verdict):
        pass
    return verdict[0]


def test_a_round_goes_through_all_topics_and_begins_again() -> None:
    walk, seen = Round(), list[str]()
    while walk.rounds < 1:
        seen += [each.name for each in walk.next(TOPICS, {}, 3 * cost_of(TOPICS.topic_at(0)))]
    assert seen == [f"t{n}" for n in range(10)]


def test_hot_topics_are_left_out_and_large_ones_come_alone() -> None:
    walk = Round()
    assert [each.name for each in walk.next(TOPICS, {"t0": 1, "t1": 1}, 1)] == ["t2"]
    assert Round().next(TopicMap(), {}, 1000) == []
    assert Round().next(TOPICS, dict.fromkeys((each.name for each in TOPICS), 1), 1e9) == []


def test_still_moved_and_unsure() -> None:
    quiet = QuietTopics()
    first = looked(quiet, {"still": [5, 6], "moves": [5, 6], "fails": [5, 6], "cut": [5, 6]}, 100.0)
    assert not first.moved
    assert not first.still
    second = looked(quiet, {"still": [5, 6], "moves": [5, 26], "fails": [5, None], "cut": [9, 1]}, 110.0)
    assert second.still == [("still", 100.0)]
    assert sorted(second.unsure) == ["cut", "fails"]
    (moved,) = second.moved
    assert moved.track.name == "moves"
    assert moved.since == 100.0
    assert moved.track.rate() == 2
    assert moved.track.moved_at == 110.0


def test_after_a_failure_two_samples_are_needed() -> None:
    quiet = QuietTopics()
    looked(quiet, {"t": [5, 6]}, 100.0)
    looked(quiet, {"t": [5, None]}, 110.0)
    assert looked(quiet, {"t": [5, 900]}, 120.0) == ([], [], [])
    assert looked(quiet, {"t": [5, 900]}, 130.0).still == [("t", 120.0)]


def test_partitions_without_a_leader_do_not_move() -> None:
    quiet = QuietTopics()
    looked(quiet, {"t": [5, None]}, 100.0, (1, -1))
    assert looked(quiet, {"t": [5, None]}, 110.0, (1, -1)).still == [("t", 100.0)]
    (moved,) = looked(quiet, {"t": [15, None]}, 120.0, (1, -1)).moved
    assert moved.track.rate() == 1


def test_forgotten() -> None:
    quiet = QuietTopics()
    looked(quiet, {"t": [5, 6]}, 100.0)
    quiet.forget(["t"])
    assert looked(quiet, {"t": [50, 60]}, 110.0) == ([], [], [])
