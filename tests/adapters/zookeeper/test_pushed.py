"""The source on a server that tells of every change: what is asked, how often, and what comes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

import pytest

from ktui.adapters.events import TopicsReplaced
from ktui.adapters.partitions import NOT_LOADED, partitions
from ktui.adapters.zookeeper.pipe import MOST
from ktui.adapters.zookeeper.port import SessionState
from tests.adapters.zookeeper.tree import WRITTEN_AT_MS, Tree
from tests.adapters.zookeeper.watched import Watched

TREES = ("/brokers/topics", "/config", "/kafka-acl", "/kafka-acl-extended", "/feature")
TOPICS, ROWS = 100, 20
SMALL_PARTS = 6
"""Questions under way at once for what is small, besides those of the pipe."""


@pytest.fixture
async def tree() -> Tree:
    tree = Tree()
    tree.cluster()
    return tree


@pytest.fixture
async def big(tree: Tree, start: Callable[..., Watched], monkeypatch: pytest.MonkeyPatch) -> Watched:
    """2,000 partitions, told; nothing is read again by itself for the length of the test."""
    monkeypatch.setattr("ktui.adapters.zookeeper.members_follower.SAFETY_S", 1_000)
    for number in range(TOPICS):
        tree.topic(f"t{number:03}", [(1, 2, 3)] * ROWS)
    watched = start()
    await watched.until(lambda: watched.is_complete)
    await settled(watched)
    return watched


async def settled(watched: Watched) -> None:
    """Until nothing is asked any more."""
    before = -1
    while before != watched.session.asked.total():
        before = watched.session.asked.total()
        await asyncio.sleep(0.15)


def leaders(watched: Watched) -> Collection[int]:
    return [row.leader for topic in watched.topics.values() for row in partitions(topic.table)]


async def test_one_watch_on_each_tree_and_no_question_while_nothing_changes(big: Watched) -> None:
    asked = big.session.asked
    assert {asked[f"tree {path}"] for path in TREES} == {1}
    before = asked.total()
    await asyncio.sleep(0.3)
    assert asked.total() == before


async def test_one_change_is_one_question_and_one_event(big: Watched) -> None:
    asked, told = big.session.asked["many"], len(big.events)
    big.tree.state("t007", 3, 2, [2, 3], epoch=1)
    await big.until(lambda: len(big.events) > told)
    assert big.session.asked["many"] == asked + 1
    (event,) = big.events[told:]
    assert isinstance(event, TopicsReplaced)
    assert [topic.name for topic in event.topics] == ["t007"]
    assert event.stamp.position == big.tree.zxid
    assert event.stamp.happened_at == (WRITTEN_AT_MS + big.tree.zxid) / 1000


async def test_a_storm_is_read_in_bulk_and_nothing_is_lost_or_told_twice(big: Watched) -> None:
    asked, told = big.session.asked["many"], len(big.events)
    big.session.most_open = 0
    for row in range(ROWS):
        for number in range(TOPICS):
            big.tree.state(f"t{number:03}", row, 2, [2, 3], epoch=1)
        await asyncio.sleep(0)
    await big.until(lambda: set(leaders(big)) == {2})
    await settled(big)
    assert big.session.asked["many"] - asked < 20
    assert big.session.most_open <= MOST + SMALL_PARTS
    changed = [topic for event in big.of(TopicsReplaced)[-len(big.events) + told :] for topic in event.topics]
    assert len(changed) == len({(topic.name, topic.table) for topic in changed})
    assert all(row.version == 1 for topic in big.topics.values() for row in partitions(topic.table))


async def test_topics_of_one_answer_are_told_in_the_order_in_which_they_were_written(big: Watched) -> None:
    told = len(big.events)
    for name in ("t050", "t001", "t099"):
        big.tree.state(name, 0, 3, [3], epoch=1)
    await big.until(lambda: big.rows("t099")[0].leader == 3)
    events = [event for event in big.events[told:] if isinstance(event, TopicsReplaced)]
    assert [topic.name for event in events for topic in event.topics] == ["t050", "t001", "t099"]
    positions = [event.stamp.position for event in events]
    assert positions == sorted(positions, key=lambda position: position or 0)
    assert len(set(positions)) == 3


async def test_created_grown_and_deleted_topics(big: Watched) -> None:
    big.tree.topic("fresh", [(1,), (2,)])
    await big.until(lambda: [row.leader for row in big.rows("fresh")] == [1, 2])
    big.tree.put("/brokers/topics/fresh", {"partitions": {"0": [1], "1": [2], "2": [3]}})
    await big.until(lambda: [row.leader for row in big.rows("fresh")] == [1, 2, NOT_LOADED])
    big.tree.state("fresh", 2, 3, [3])
    await big.until(lambda: [row.leader for row in big.rows("fresh")] == [1, 2, 3])
    asked = big.session.asked["/brokers/topics"]
    big.tree.delete("/brokers/topics/fresh")
    await big.until(lambda: "fresh" not in big.topics)
    assert big.session.asked["/brokers/topics"] == asked


async def test_a_topic_made_anew_within_a_moment_is_the_new_one(big: Watched) -> None:
    big.tree.state("t000", 0, 2, [2], epoch=9)
    await big.until(lambda: big.rows("t000")[0].leader_epoch == 9)
    big.tree.delete("/brokers/topics/t000")
    big.tree.topic("t000", [(3,), (1,)], topic_id="jSuOy-zLvEZ0bhX6BSJRZA")
    await big.until(lambda: [row.leader for row in big.rows("t000")] == [3, 1])
    assert [row.leader_epoch for row in big.rows("t000")] == [0, 0]
    assert big.topics["t000"].id is not None


async def test_a_storm_across_a_reconnect_ends_in_the_truth(big: Watched) -> None:
    session = big.session
    for number in range(TOPICS):
        big.tree.state(f"t{number:03}", 5, 2, [2, 3], epoch=1)
        if number == 40:
            await asyncio.sleep(0.02)
            session.become(SessionState.SUSPENDED)
        if number == 60:
            session.become(SessionState.CONNECTED)
            await asyncio.sleep(0.02)
    await big.until(lambda: not big.faults)
    await big.until(lambda: all(big.rows(f"t{number:03}")[5].leader == 2 for number in range(TOPICS)))
    assert session.asked["tree /brokers/topics"] == 2


async def test_without_a_tree_watch_states_are_read_again_and_again(
    tree: Tree, start: Callable[..., Watched]
) -> None:
    tree.has_tree_watches = False
    tree.topic("orders", [(1, 2, 3)])
    watched = start()
    await watched.until(lambda: watched.is_complete)
    tree.state("orders", 0, 2, [2, 3], epoch=1)
    await watched.until(lambda: watched.rows("orders")[0].leader == 2)
