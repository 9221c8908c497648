from __future__ import annotations

import asyncio

from ktui.adapters.kafka.tail.budget import Budget, Meter
from ktui.adapters.kafka.tail.keeping import Handover, Keeper
from ktui.adapters.tail.filter_text import parse_filter
from ktui.adapters.tail.record import Record, TimestampType


def record(offset: int, size: int = 10) -> Record:
    key = b"odd" if offset % 2 else b"even"
    return Record("t", 0, offset, 5, TimestampType.CREATE, key, b"v" * size)


async def test_memory_is_bounded_and_what_is_dropped_is_counted() -> None:
    keeper, given = Keeper(1 << 20, None), 0
    for start in range(0, 20_000, 100):
        await keeper.take([record(start + n, size=n) for n in range(100)])
        given += 100
        assert keeper.shown + keeper.dropped == given
        window = keeper.window()
        assert len(window) == keeper.shown
        assert window.bytes <= (1 << 20) + (1 << 16)
    assert keeper.dropped > 0
    offsets = [one.offset for one in window]
    assert offsets == list(range(20_000 - len(offsets), 20_000))
    assert window.first == 20_000 - len(offsets)
    assert window.get(19_999) == record(19_999, size=99)


async def test_one_record_larger_than_all_memory() -> None:
    keeper = Keeper(1 << 16, None)
    await keeper.take([record(1), record(2, size=1 << 20)])
    assert [one.offset for one in keeper.window()] == [2]
    assert keeper.dropped == 1


async def test_long_values_are_cut() -> None:
    keeper = Keeper(1 << 20, 100)
    await keeper.take([record(1, size=100), record(2, size=101)])
    whole, cut = keeper.window()
    assert (len(whole.value or b""), whole.cut) == (100, 0)
    assert (len(cut.value or b""), cut.cut, cut.size) == (100, 1, 101 + 4)


async def test_another_filter_looks_through_what_is_kept() -> None:
    keeper = Keeper(1 << 20, None)
    await keeper.take([record(n) for n in range(700)])
    end = keeper.window().end
    assert keeper.restart(parse_filter("key=odd", 0)) == 700
    assert (keeper.shown, keeper.dropped) == (350, 0)
    assert keeper.window().first == end
    assert all(one.key == b"odd" for one in keeper.window())
    assert keeper.restart(None) == 0
    assert (keeper.shown, len(keeper.window())) == (0, 0)


async def test_a_view_does_not_change_afterwards() -> None:
    keeper = Keeper(1 << 20, None)
    await keeper.take([record(0)])
    window = keeper.window()
    await keeper.take([record(n) for n in range(1, 600)])
    assert [one.offset for one in window] == [0]


async def test_who_hands_over_waits_for_who_takes() -> None:
    handover, given = Handover(), 0

    async def give() -> None:
        nonlocal given
        for start in range(40):
            await handover.take([record(start, size=1 << 20)])
            given += 1
        handover.close()

    giving = asyncio.create_task(give())
    for _ in range(100):
        await asyncio.sleep(0)
    assert 4 <= given <= 6
    taken = [one.offset async for records in handover for one in records]
    assert taken == list(range(40))
    assert handover.shown == 40
    await giving


async def test_a_budget_is_kept_by_waiting() -> None:
    loop = asyncio.get_running_loop()
    budget, started, spent = Budget(1_000_000), loop.time(), 0
    while loop.time() - started < 0.5:
        await budget.ready()
        budget.spend(50_000)
        spent += 50_000
    assert spent <= 1_000_000 * (loop.time() - started) + 250_000 + 50_000
    budget.spend(50_000_000)
    waiting = asyncio.create_task(budget.ready())
    await asyncio.sleep(0)
    budget.set(None)
    await asyncio.wait_for(waiting, 5)
    assert budget.fetch_bytes > budget.partition_bytes >= 1 << 20
    budget.set(1_000)
    assert budget.fetch_bytes == 1 << 14


def test_a_meter_of_the_last_seconds() -> None:
    meter = Meter()
    assert meter.per_s(0, 0.0) == 0.0
    for tenth in range(0, 100):
        meter.mark(tenth * 10, tenth / 10)
    assert abs(meter.per_s(1_000, 10.0) - 100.0) < 1
    for tenth in range(100, 140):
        meter.mark(1_000, tenth / 10)
    assert meter.per_s(1_000, 14.0) == 0.0
