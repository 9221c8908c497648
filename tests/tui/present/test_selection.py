from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from ktui.adapters.topics import Chunk, Topic, TopicMap
from ktui.tui.present.partition_questions import Ask, on_broker, troubled_only
from ktui.tui.present.selection import AllPartitions, PartitionsKept, TopicsKept
from ktui.tui.present.slices import Run, Steps, at_once
from tests.tui.builders import large, partition, small, topic, without_broker_2


class Counted:
    """A condition that counts how often it is asked."""

    def __init__(self, holds: Callable[[Topic], bool]) -> None:
        self._holds = holds
        self.asked = 0

    def __call__(self, one: Topic) -> bool:
        self.asked += 1
        return self._holds(one)


def test_only_new_chunks_are_asked_again() -> None:
    topics = large(2_000, 3).topics
    condition = Counted(lambda one: one.name.endswith("7"))
    kept = TopicsKept(condition)
    assert len(at_once(kept.select(topics))) == 200
    assert condition.asked == 2_000
    changed = topics.updated([topic("topic-000007", 5)])
    assert len(at_once(kept.select(changed))) == 200
    assert condition.asked == 2_000 + 256


def test_chunks_that_are_kept_whole_are_the_same_objects() -> None:
    topics = large(600, 3).topics
    assert at_once(TopicsKept(lambda one: True).select(topics)).chunks == topics.chunks
    assert at_once(TopicsKept(lambda one: False).select(topics)).chunks == ()


def test_all_partitions_by_row_and_back() -> None:
    index = AllPartitions(large(700, 3).topics)
    assert index.count == 2_100
    for row in (0, 1, 768, 2_099):
        one, number = index.at(row)
        assert index.row_of((one.name, number)) == row
    assert index.row_of(("nothing", 0)) is None


def test_some_partitions_by_row_and_back() -> None:
    topics = large(700, 4).topics
    index = at_once(PartitionsKept(lambda one: (1, 3)).select(topics))
    assert index.count == 1_400
    for row in range(index.count):
        one, number = index.at(row)
        assert index.row_of((one.name, number)) == row
    assert [number for _, number in index][:4] == [1, 3, 1, 3]
    for absent in (("topic-000001", 0), ("topic-000001", 9), ("a", 1), ("z", 1), ("topic-0000015", 1)):
        assert index.row_of(absent) is None


def test_chunks_that_cannot_hold_any_are_not_looked_at() -> None:
    asked: list[str] = []

    def pick(one: Topic) -> Iterable[int]:
        asked.append(one.name)
        return (0,)

    def holds_last(chunk: Chunk) -> bool:
        return chunk.names[-1] == "topic-000699"

    index = at_once(PartitionsKept(pick, holds_last).select(large(700, 3).topics))
    assert index.count == len(asked) == 700 - 2 * 256


def test_a_limit_ends_the_search() -> None:
    index = at_once(PartitionsKept(lambda one: (0,)).select(large(700, 3).topics, 100))
    assert index.count == 256


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        (Ask.ALL, [("a", 0), ("a", 1), ("b", 0)]),
        (Ask.LEADERS, [("a", 0)]),
        (Ask.OUT_OF_SYNC, [("b", 0)]),
    ],
)
def test_what_is_asked_of_one_broker(ask: Ask, expected: list[tuple[str, int]]) -> None:
    topics = TopicMap.of(
        [
            topic("a", [partition(0, [2, 1]), partition(1, [1, 2]), partition(2, [1, 3])]),
            topic("b", [partition(0, [1, 2], [1])]),
        ]
    )
    found = at_once(on_broker(2, ask).select(topics))
    assert [(one.name, index) for one, index in found] == expected
    assert at_once(on_broker(9, ask).select(topics)).count == 0


def test_only_troubled_partitions() -> None:
    assert at_once(troubled_only().select(small().topics)).count == 0
    assert at_once(troubled_only().select(without_broker_2(small()).topics)).count == 30


def test_a_run_stops_when_its_time_is_over() -> None:
    ticks = iter(range(100))
    done: list[int] = []

    def steps() -> Steps[str]:
        for number in range(5):
            done.append(number)
            yield
        return "done"

    run = Run(steps(), clock=lambda: float(next(ticks)))
    assert not run.go_on(2.5)
    assert len(done) == 3
    assert run.go_on(100)
    assert run.result == "done"
