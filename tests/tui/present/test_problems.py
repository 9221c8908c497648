from __future__ import annotations

from dataclasses import replace

from ktui.adapters.health import PartitionClass
from ktui.adapters.model import BrokerState, DirectoryUse, Fault, Sizes
from ktui.adapters.topics import TopicMap
from ktui.tui.present.alarms import alarms
from ktui.tui.present.faults import fault_lines, mark_for
from ktui.tui.present.partition_cells import BrokerStates
from ktui.tui.present.problems import (
    COLUMNS,
    ProblemList,
    ProblemLook,
    ProblemRows,
    ProblemSearch,
    calm_sentence,
)
from ktui.tui.present.slices import at_once
from ktui.widgets.cells import plain
from tests.tui.builders import (
    GIB,
    NOW,
    broker,
    kraft,
    large,
    partition,
    small,
    topic,
    without_broker_2,
    zookeeper,
)

LOOK = ProblemLook(BrokerStates(frozenset({1, 3})), {("b", 1): NOW - 41}, NOW)
MIXED = [
    topic("a", [partition(0, [1, 2, 3]), partition(1, [1, 2, 3], [1, 3])], moving=(0,)),
    topic(
        "b", [partition(0, [1, 2, 3]), partition(1, [2, 1, 3], [], leader=-1), partition(2, [1, 2, 3], [1])]
    ),
    topic("c", [partition(0, [1, 2, 3])]),
]


def find(topics: TopicMap) -> ProblemList:
    return at_once(ProblemSearch().find(topics))


def test_worst_first_and_moving_apart() -> None:
    found = find(TopicMap.of(MIXED))
    rows = [found.at(row) for row in range(found.count)]
    assert [(which, one.name, index) for which, one, index in rows] == [
        (PartitionClass.OFFLINE, "b", 1),
        (PartitionClass.UNDER_MIN_ISR, "b", 2),
        (PartitionClass.AT_MIN_ISR, "a", 1),
        (None, "a", 0),
    ]
    assert [found.row_of((one.name, index)) for _, one, index in rows] == [0, 1, 2, 3]
    assert found.row_of(("c", 0)) is None


def test_a_row_says_since_when_and_why() -> None:
    model = ProblemRows(find(TopicMap.of(MIXED)), LOOK)
    assert [plain(cell) for cell in model.row(0).cells] == [
        "offline", "b", "1", "2✕ 1! 3!", "0/3", "2", "41s", "waits for broker 2 or 1 or 3",
    ]  # fmt: skip
    assert plain(model.row(1).cells[6]) == "?"
    assert plain(model.row(3).cells[0]) == "being moved"
    assert len(model.row(0).cells) == len(COLUMNS)
    assert model.index_of(("b", 2)) == 1


def test_topics_that_are_well_are_not_looked_at() -> None:
    class Trap(bytes):
        pass

    snapshot = large(2_000, 3)
    broken = replace(snapshot.topics.topic_at(700), table=topic("x", [partition(0, [1, 2], [1])]).table)
    found = find(snapshot.topics.updated([broken]))
    assert [found.at(row)[1].name for row in range(found.count)] == ["topic-000700"]


def test_the_worst_ten_thousand() -> None:
    snapshot = large(6_000, 3)
    short = topic("m", [partition(i, [1, 2, 3], [1]) for i in range(3)])
    topics = TopicMap.of(replace(short, name=one.name) for one in snapshot.topics)
    found = find(topics)
    assert found.count == 10_000
    assert found.is_full
    assert not find(TopicMap.of(MIXED)).is_full


def test_what_did_not_change_is_not_searched_again() -> None:
    search = ProblemSearch()
    topics = without_broker_2(small()).topics
    first = at_once(search.find(topics))
    again = at_once(search.find(topics))
    assert [part for _, found in first.groups for part in found.parts] == [
        part for _, found in again.groups for part in found.parts
    ]


def test_calm_sentences() -> None:
    assert calm_sentence(small()) == "Nothing is wrong: 5 topics, 30 partitions, all in sync."
    assert calm_sentence(kraft([], is_loaded=False)) == "Nothing is known of the topics yet."


def lines(snapshot: object) -> list[str]:
    return [plain(line) for line in alarms(snapshot, NOW)]  # type: ignore[arg-type]


def test_what_is_wrong_with_the_cluster_as_a_whole() -> None:
    assert lines(small()) == []
    assert lines(without_broker_2(small())) == [
        "✕ broker 2 missing for 41s  30 replicas, 30 out of sync, 0 leaders"
    ]
    lost = kraft([], controller=None, controller_reason="no quorum leader", has_no_controller=True)
    assert lines(lost) == ["▲ no controller  no quorum leader"]
    mixed = kraft([], brokers=(broker(1), broker(2, version="4.3"), broker(3)))
    assert lines(mixed) == ["▲ brokers of mixed versions  4.3 on 2; 4.4 on 1, 3"]


def test_deletions_that_wait_say_for_whom() -> None:
    marked = [topic(f"t{number}", is_deleting=True) for number in range(5)]
    assert lines(zookeeper(marked)) == []
    down = (broker(1), broker(2, BrokerState.MISSING), broker(3, BrokerState.MISSING))
    assert lines(zookeeper(marked, brokers=down))[2:] == [
        "▲ deletion of t0 queued  brokers 2 and 3 are down",
        "▲ deletion of t1 queued  brokers 2 and 3 are down",
        "▲ deletion of t2 queued  brokers 2 and 3 are down",
        "▲ 2 more deletions queued  ",
    ]
    moving = topic("a", is_deleting=True, moving=(4,))
    assert lines(zookeeper([moving])) == ["▲ deletion of a queued  partition 4 is being moved"]


def test_log_directories_that_failed_or_are_nearly_full() -> None:
    sizes = Sizes(
        1,
        {},
        {
            1: (DirectoryUse("/a", "offline", None, None),),
            2: (DirectoryUse("/b", None, 100 * GIB, 2 * GIB),),
            3: (DirectoryUse("/c", None, 100 * GIB, 50 * GIB),),
        },
    )
    assert lines(kraft([], sizes=sizes)) == [
        "▲ log directory failed  broker 1: /a: offline",
        "▲ log directory nearly full  broker 2: /b: 2.0 GiB free (2%)",
    ]


def test_many_brokers_that_are_not_up_are_summed_up() -> None:
    brokers = tuple(broker(i, BrokerState.MISSING) for i in range(1, 8))
    assert lines(kraft([], brokers=brokers))[-1] == "▲ 3 more brokers not up  5, 6, 7"


def test_what_could_not_be_read_is_a_sentence_each() -> None:
    faults = [
        Fault("log dirs", "broker 3", "needs Describe on Cluster", NOW - 60),
        Fault("zookeeper", "z:2181", "connection lost\x1b[2J", NOW - 5, blocks=True),
        Fault("configs", "broker 1", "did not answer in 2 s", NOW),
    ]
    shown = [plain(line) for line in fault_lines(faults, NOW)]
    assert shown == ["▲ zookeeper, z:2181: connection lost\\x1b[2J  for 5s", "▲ 2 more could not be read"]
    assert len(fault_lines(faults, NOW, 3)) == 3


def test_no_right_is_not_unknown() -> None:
    faults = (
        Fault("log dirs", "broker 3", "needs Describe on Cluster", NOW),
        Fault("log dirs", "broker 2", "did not answer in 2 s", NOW),
    )
    snapshot = kraft([], faults=faults)
    assert mark_for(snapshot, "log dirs", "broker 3") == "no right"
    assert mark_for(snapshot, "log dirs", "broker 2") == "?"
    assert mark_for(snapshot, "log dirs") == "no right"
    assert mark_for(snapshot, "configs") == "?"
