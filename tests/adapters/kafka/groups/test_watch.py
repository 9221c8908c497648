"""Groups on stub coordinators: what is asked, of whom, and what a coordinator that hangs costs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from ktui.adapters.groups.view import NOTHING, Wanted
from ktui.adapters.kafka.groups import watch as watch_module
from ktui.adapters.kafka.groups.once import GroupReader
from ktui.adapters.kafka.groups.watch import GroupWatch
from tests.adapters.kafka.groups.coordinators import (
    DESCRIBE,
    LAG,
    LIST,
    OFFSET_FETCH,
    TOPIC,
    Coordinator,
    pool_of,
    snapshot_of,
)
from tests.adapters.kafka.stub import running

PATIENCE_S = 20.0


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while True:
            if condition():
                return
            await asyncio.sleep(0.01)


@asynccontextmanager
async def watching(*coordinators: Coordinator) -> AsyncIterator[GroupWatch]:
    async with running(*coordinators):
        brokers = {number: one.address for number, one in enumerate(coordinators, 1)}
        pool, snapshot = pool_of(brokers), snapshot_of(brokers)
        watch = GroupWatch(pool, lambda: snapshot)
        task = asyncio.create_task(watch.run())
        try:
            yield watch
        finally:
            task.cancel()
            await asyncio.wait([task])
            await pool.close()


def names(first: int, count: int) -> list[str]:
    return [f"group-{number:05d}" for number in range(first, first + count)]


async def test_of_ten_thousand_groups_only_those_in_sight_are_asked_for() -> None:
    one, two = Coordinator(names(0, 5_000)), Coordinator(names(5_000, 5_000))
    async with watching(one, two) as watch:
        await asyncio.sleep(0)
        assert (one.keys(), two.keys()) == ([], [])
        watch.look_at(Wanted(has_list=True))
        await until(lambda: watch.view.is_listed)
        assert len(watch.view.listed) == 10_000
        assert (one.keys(), two.keys()) == ([LIST], [LIST])
        page = frozenset(names(4_990, 20))
        watch.look_at(Wanted(has_list=True, groups=page))
        await until(lambda: {n for n, d in watch.view.details.items() if d.lag == LAG} == page)
        for coordinator in (one, two):
            mine = sorted(page & set(coordinator.names))
            assert sorted(coordinator.described) == sorted(coordinator.fetched) == mine
            assert coordinator.keys().count(DESCRIBE) == coordinator.keys().count(OFFSET_FETCH) == 1
        # A step down asks for the row that came into sight, and for no other again.
        watch.look_at(Wanted(has_list=True, groups=frozenset(names(4_991, 20))))
        await until(lambda: "group-05010" in watch.view.details)
        assert two.described["group-05010"] == 1
        assert set(one.described.values()) == set(two.described.values()) == {1}


async def test_nothing_is_asked_while_nothing_is_looked_at() -> None:
    coordinator = Coordinator(names(0, 3))
    async with watching(coordinator) as watch:
        watch.look_at(Wanted(True, frozenset(names(0, 3))))
        await until(lambda: len(watch.view.details) == 3)
        watch.look_at(NOTHING)
        watch.refresh()
        await asyncio.sleep(3 * watch_module.STEP_S)
        asked = len(coordinator.asked)
        await asyncio.sleep(3 * watch_module.STEP_S)
        assert len(coordinator.asked) == asked


async def test_a_coordinator_that_hangs_delays_only_its_own_groups(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watch_module, "ANSWER_S", 0.5)
    monkeypatch.setattr(watch_module, "LIST_S", 0.5)
    one, two = Coordinator(names(0, 2)), Coordinator(names(2, 2))
    two.is_hung = True
    async with watching(one, two) as watch:
        watch.look_at(Wanted(True, frozenset(names(0, 4))))
        await until(lambda: len(watch.view.details) == 2)
        assert [group.name for group in watch.view.listed] == names(0, 2)
        await until(lambda: watch.view.is_listed)
        (fault,) = watch.view.faults
        assert (fault.what, fault.where) == ("list of groups", "broker 2")
        assert watch.view.stale_coordinators == {2}
        two.is_hung = False
        watch.refresh()
        await until(lambda: len(watch.view.details) == 4 and not watch.view.faults)


async def test_the_readers_of_a_topic_are_found_among_many_groups() -> None:
    readers = frozenset(names(150, 3))
    one, two = Coordinator(names(0, 250), readers=readers), Coordinator(names(250, 10), readers=frozenset())
    async with watching(one, two) as watch:
        watch.look_at(Wanted(has_list=True, topic=TOPIC))
        await until(lambda: watch.view.readers is not None and watch.view.readers.is_complete)
        told = watch.view.readers
        assert told is not None
        assert (told.names, told.asked, told.of) == (readers, 260, 260)
        assert one.keys().count(OFFSET_FETCH) == 3
        watch.look_at(Wanted(has_list=True))
        await until(lambda: watch.view.readers is None)


async def test_once_for_a_command() -> None:
    readers = frozenset(names(1, 2))
    one, two = Coordinator(names(0, 3), readers=readers), Coordinator(names(3, 2), readers=frozenset())
    async with running(one, two):
        brokers = {1: one.address, 2: two.address}
        pool = pool_of(brokers)
        reader = GroupReader(pool, snapshot_of(brokers), timeout_s=5)
        groups = await reader.list_all()
        assert list(groups) == names(0, 5)
        details = await reader.details([groups[name] for name in names(1, 2)])
        assert {name: detail.lag for name, detail in details.items()} == dict.fromkeys(names(1, 2), LAG)
        assert [group.name for group in await reader.readers_of(TOPIC)] == names(1, 2)
        await two.stop()
        assert list(await reader.list_all()) == names(0, 3)
        assert [fault.where for fault in reader.faults] == ["broker 2"]
        await pool.close()
