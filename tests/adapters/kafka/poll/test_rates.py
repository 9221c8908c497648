"""Throughput against brokers that answer, die, hang, refuse and lose their partitions."""

from __future__ import annotations

import asyncio
import time

import pytest

from ktui.adapters.kafka.poll import rates as module
from ktui.adapters.model import ClusterSnapshot
from ktui.adapters.rates import hot
from ktui.adapters.rates.hot import SMALL_PARTITIONS
from ktui.adapters.rates.keys import CLUSTER
from tests.adapters.kafka.poll.leaders import topic, watched

MANY = SMALL_PARTITIONS + 50


async def test_one_request_a_leader_and_tick() -> None:
    async with watched(topic("a", (1, 2, 3, 1)), topic("b", (1, 1)), topic("idle", (2,))) as cluster:
        await cluster.tick()
        await cluster.tick(a=5, b=7)
        view = await cluster.tick(a=5, b=7)
        assert cluster.leaders.requests == {1: 3, 2: 3, 3: 3}
        assert set(cluster.leaders.asked.values()) == {3}
        a, b, whole = view.spark("a", 1)[0], view.spark("b", 1)[0], view.spark(CLUSTER, 1)[0]
        assert a
        assert b
        assert whole == pytest.approx(a + b, rel=0.01)
        assert a / b == pytest.approx(20 / 14, rel=0.1)
        assert view.per_s("idle") == 0
        assert view.busiest(5) == ("a", "b")
        assert view.own is not None
        assert cluster.leaders.told == []


async def test_dead_and_hung_brokers_leave_gaps_on_their_topics_and_the_others_are_on_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "ANSWERS_S", 0.2)
    topics = [topic(f"t{broker}", (broker,)) for broker in (1, 2, 3)]
    async with watched(*topics, topic("all", (1, 2, 3)), topic("idle", (2,))) as cluster:
        for _ in range(3):
            view = await cluster.tick(t1=5, t2=5, t3=5)
        assert view.per_s("t2")
        assert view.per_s("idle") == 0
        await cluster.leaders.stubs[2].stop()
        cluster.leaders.stubs[3].is_hung = True
        for _ in range(2):
            began = time.monotonic()
            view = await cluster.tick(t1=5, t2=5, t3=5, all=5)
            assert time.monotonic() - began < 0.5
            assert view.spark("t1", 1)[0] is not None
            assert view.per_s("t1")
        for silent in ("t2", "t3", "all", "idle"):
            assert view.spark(silent, 2)[-1] is None
            assert view.per_s(silent) is None
        assert view.per_s(1)
        assert view.per_s(2) is view.per_s(3) is view.per_s(CLUSTER) is None
        assert any("refused" in str(reason) for reason in cluster.leaders.told.reasons("throughput"))
        cluster.leaders.stubs[3].is_hung = False
        await cluster.leaders.stubs[2].restart()
        cluster.desk.pool.retry_now(2)
        await asyncio.gather(*cluster.rates._running.values())
        for _ in range(3):
            view = await cluster.tick(t1=5, t2=5, t3=5, all=5)
        assert view.per_s("t2")
        assert view.per_s("all")
        assert None in view.spark("t2", 5)
        assert view.per_s(CLUSTER)
        assert cluster.leaders.told.reasons("throughput")[-1] is None


async def test_moved_leaders_are_looked_up_and_leave_a_gap_only() -> None:
    async with watched(topic("a", (1, 2))) as cluster:
        for _ in range(3):
            await cluster.tick(a=5)
        cluster.leaders.truth = {("a", 0): 3}
        view = await cluster.tick(a=5)
        assert cluster.hurried
        assert view.spark("a", 1) == (None,)
        cluster.leaders.topics = [topic("a", (3, 2))]
        for _ in range(2):
            view = await cluster.tick(a=5)
        assert view.spark("a", 1)[0]
        assert max(value or 0 for value in view.spark("a", 9)) < 2000


async def test_a_missing_right_is_told_once_and_costs_its_topics_only() -> None:
    async with watched(topic("a", (1,)), topic("secret", (1,))) as cluster:
        cluster.leaders.forbidden = {"secret"}
        for _ in range(3):
            view = await cluster.tick(a=5, secret=5)
        assert view.per_s("a")
        assert view.per_s("secret") is None
        assert cluster.leaders.told.reasons("throughput") == ["secret: needs Describe on the topic"]


async def test_deleted_and_new_topics_and_added_partitions() -> None:
    async with watched(topic("a", (1,)), topic("b", (1,))) as cluster:
        for _ in range(3):
            await cluster.tick(a=5, b=5)
        cluster.leaders.topics = [topic("a", (1, 2)), topic("c", (3,))]
        for _ in range(3):
            view = await cluster.tick(a=5, c=5)
        assert view.per_s("a")
        assert view.per_s("b") is None
        assert view.per_s("c")
        assert view.per_s(CLUSTER)


async def test_of_a_large_cluster_only_what_moves_and_what_is_on_screen_is_asked_every_tick() -> None:
    topics = [topic(f"t{n:05}", (1 + n % 3,)) for n in range(MANY)]
    async with watched(*topics) as cluster:
        cluster.desk.watched = frozenset({"t00007"})
        assert await cluster.tick() is not None
        assert sum(cluster.leaders.asked.values()) == 1
        await cluster.quiet.ask()
        await cluster.tick()
        assert len(cluster.leaders.asked) == MANY
        await cluster.quiet.ask()
        view = await cluster.tick(t00500=50)
        assert view.per_s("t00001") == 0
        assert view.per_s("t00500") == 0
        await cluster.quiet.ask()
        assert "t00500" in cluster.rates.hot.tracks
        view = await cluster.tick(t00500=5)
        assert view.per_s("t00500")
        assert view.per_s("t00007") == 0
        assert view.per_s(CLUSTER) == pytest.approx(view.per_s("t00500"))
        asked = dict(cluster.leaders.asked)
        await cluster.tick(t00500=5)
        assert {key for key, count in cluster.leaders.asked.items() if count > asked[key]} == {
            ("t00500", 0),
            ("t00007", 0),
        }


async def test_a_topic_that_was_on_screen_is_looked_at_anew_when_it_rests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "IDLE_ROUND_S", 0.0)
    monkeypatch.setattr(hot, "IDLE_S", 0.0)
    topics = [topic(f"t{n:05}", (1 + n % 3,)) for n in range(MANY)]
    async with watched(*topics) as cluster:
        await cluster.tick()
        await cluster.quiet.ask()
        cluster.desk.watched = frozenset({"t00007"})
        for _ in range(4):
            await cluster.tick(t00007=1000)
        before = (await cluster.tick()).spark("t00007", 5)
        cluster.desk.watched = frozenset()
        await cluster.tick()
        assert not cluster.rates.hot.tracks
        for _ in range(3):
            await cluster.quiet.ask()
            view = await cluster.tick()
        assert not cluster.rates.hot.tracks
        assert view.per_s("t00007") == 0
        assert view.spark("t00007", 9)[:5] == before


async def test_idle_topics_of_a_silent_broker_are_in_doubt() -> None:
    topics = [topic(f"t{n:05}", (1 + n % 3,)) for n in range(MANY)]
    async with watched(*topics) as cluster:
        for _ in range(3):
            await cluster.tick()
            await cluster.quiet.ask()
        view = await cluster.tick()
        assert view.per_s("t00001") == view.per_s("t00000") == 0
        await cluster.leaders.stubs[2].stop()
        await cluster.quiet.ask()
        view = await cluster.tick()
        assert view.per_s("t00001") is None
        assert view.per_s("t00000") == 0


async def test_the_budget_is_kept() -> None:
    topics = [topic(f"t{n:05}", (1 + n % 3,)) for n in range(MANY)]
    async with watched(*topics, budget=5_000) as cluster:
        for _ in range(12):
            await cluster.tick()
            await cluster.quiet.ask()
        before = sum(line.bytes for line in cluster.rates.lines.known.values())
        for _ in range(4):
            await cluster.tick()
            await cluster.quiet.ask()
        moved = sum(line.bytes for line in cluster.rates.lines.known.values()) - before
        assert 0 < moved < 4 * 5_000 * 1.3


async def test_before_the_topics_are_known_nobody_is_asked() -> None:
    async with watched(topic("a", (1,))) as cluster:
        cluster.rates.snapshot = ClusterSnapshot
        await cluster.rates.ask()
        await cluster.quiet.ask()
        assert not cluster.leaders.requests
        assert cluster.rates.view.revision == 0
