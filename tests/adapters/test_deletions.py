from __future__ import annotations

from dataclasses import replace

from ktui.adapters.deletions import Obstacles, obstacles
from ktui.adapters.health import ALL_WELL
from ktui.adapters.model import Broker, BrokerState, ClusterSnapshot
from ktui.adapters.partitions import Partition, table_of
from ktui.adapters.topics import Topic, TopicMap

REPLICAS = ((1, 2), (2, 3))
TABLE = table_of(Partition(index, row[0], 0, row, row, (), 0) for index, row in enumerate(REPLICAS))
MARKED = Topic("orders", None, False, TABLE, is_deleting=True)


def cluster(*up: int, **more: object) -> ClusterSnapshot:
    brokers = tuple(
        Broker(number, "b", 1, None, BrokerState.UP if number in up else BrokerState.MISSING)
        for number in (1, 2, 3, 4)
    )
    return replace(ClusterSnapshot(brokers=brokers, brokers_loaded=True), **more)  # type: ignore[arg-type]


def test_holders_of_replicas_that_are_not_up_hold_it_up() -> None:
    assert not obstacles(MARKED, cluster(1, 2, 3))
    assert obstacles(MARKED, cluster(1, 4)) == Obstacles(brokers=(2, 3))


def test_moving_partitions_and_a_missing_controller_too() -> None:
    moving = replace(MARKED, moving=(1,))
    assert obstacles(moving, cluster(1, 2, 3)) == Obstacles(moving=(1,))
    assert obstacles(MARKED, cluster(1, 2, 3, has_no_controller=True)).has_no_controller


def test_its_partitions_are_no_problem_of_the_cluster() -> None:
    offline = replace(MARKED, table=table_of([Partition(0, -1, 0, (1, 2), (), (), 0)]))
    assert offline.health is ALL_WELL
    assert replace(offline, is_deleting=False).health.offline == 1


def test_brokers_that_are_not_known_are_not_blamed() -> None:
    assert not obstacles(MARKED, ClusterSnapshot())


def test_marked_topics_are_found_without_a_look_at_the_others() -> None:
    topics = TopicMap.of([MARKED, replace(MARKED, name="a", is_deleting=False)])
    assert topics.deleting == (topics.get("orders"),)
