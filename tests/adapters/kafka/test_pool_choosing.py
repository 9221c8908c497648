"""Any broker that answers: staying with it, leaving it, and starting over from the bootstrap addresses."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence

import pytest

from ktui.adapters.addresses import Address
from ktui.adapters.errors import ConnectFailed, ConnectionBroke, NoAnswer, NobodyReached, Step
from ktui.adapters.kafka.link import Lane
from ktui.adapters.kafka.pool import AnyLink, BrokerPool
from tests.adapters.kafka.stub import CREATE_TOPICS, METADATA, Stub, running

NAMELESS = Address("nobody.invalid", 9092)


@contextlib.asynccontextmanager
async def pool_of(*bootstrap: Address) -> AsyncIterator[BrokerPool]:
    pool = BrokerPool(bootstrap)
    try:
        yield pool
    finally:
        await pool.close()


def brokers(count: int) -> list[Stub]:
    return [
        Stub(answers={METADATA: b"%d" % number, CREATE_TOPICS: b"%d" % number}) for number in range(count)
    ]


async def ask(link: AnyLink, api_key: int = METADATA) -> int:
    """The number of the broker that answered."""
    return int(await link.request(api_key, 5, b"", is_flexible=False))


def learn(pool: BrokerPool, stubs: Sequence[Stub]) -> None:
    pool.learn({number: stub.address for number, stub in enumerate(stubs)})


async def test_stays_with_the_one_that_answers() -> None:
    stubs = brokers(5)
    async with running(*stubs), pool_of(*(stub.address for stub in stubs)) as pool:
        link = pool.bootstrap_link(Lane.READ, timeout_s=5)
        assert link.address is None
        first = await ask(link)
        learn(pool, stubs)
        assert {await ask(link) for _ in range(20)} == {first}
        assert link.address == stubs[first].address
        assert sum(stub.connections for stub in stubs) == 1


async def test_a_dead_one_is_replaced_without_an_error() -> None:
    stubs = brokers(3)
    async with running(*stubs), pool_of(stubs[0].address) as pool:
        link = pool.bootstrap_link(Lane.READ, timeout_s=5)
        first = await ask(link)
        learn(pool, stubs)
        await stubs[first].stop()
        second = await ask(link)
        assert second != first
        assert link.address == stubs[second].address


async def test_a_hung_one_costs_one_time_out_and_is_left() -> None:
    stubs = brokers(3)
    async with running(*stubs), pool_of(stubs[0].address) as pool:
        link = pool.bootstrap_link(Lane.READ, timeout_s=0.3)
        first = await ask(link)
        learn(pool, stubs)
        stubs[first].is_hung = True
        with pytest.raises(ConnectionBroke, match="no answer within"):
            await ask(link)
        assert await ask(link) != first


async def test_one_black_hole_does_not_eat_the_time() -> None:
    stubs = brokers(3)
    stubs[0].is_hung = stubs[1].is_hung = True
    async with running(*stubs), pool_of(*(stub.address for stub in stubs)) as pool:
        started = time.monotonic()
        assert await ask(pool.bootstrap_link(Lane.READ, timeout_s=30)) == 2
        assert time.monotonic() - started < 5


async def test_a_name_that_does_not_resolve_is_passed_over() -> None:
    stubs = brokers(1)
    async with running(*stubs), pool_of(NAMELESS, stubs[0].address) as pool:
        assert await ask(pool.bootstrap_link(Lane.READ, timeout_s=5)) == 0


async def test_all_brokers_moved_starts_over_from_the_bootstrap_addresses() -> None:
    entry, *old = brokers(4)
    async with running(entry), pool_of(entry.address) as pool:
        async with running(*old):
            pool.learn({number: stub.address for number, stub in enumerate(old)})
            link = pool.bootstrap_link(Lane.READ, timeout_s=10)
            assert await ask(link) in (1, 2, 3)
        assert await ask(link) == 0


async def test_other_bootstrap_addresses() -> None:
    stubs = brokers(1)
    async with running(*stubs), pool_of() as pool:
        link = pool.bootstrap_link(Lane.READ, timeout_s=5)
        with pytest.raises(ConnectFailed):
            await ask(link)
        pool.set_bootstrap([stubs[0].address])
        assert await ask(link) == 0


async def test_nobody_reached_names_each_address_and_step_in_one_line() -> None:
    gone, hung = brokers(2)
    hung.is_hung = True
    await gone.start()
    await gone.stop()
    async with running(hung), pool_of(NAMELESS, gone.address, hung.address) as pool:
        link = pool.bootstrap_link(Lane.READ, timeout_s=0.5)
        started = time.monotonic()
        with pytest.raises(NobodyReached) as caught:
            await ask(link)
        assert time.monotonic() - started < 1.5
        message = str(caught.value)
        assert "nobody.invalid:9092: name: does not resolve" in message
        assert f"{gone.address}: connect: connection refused" in message
        assert f"{hung.address}: protocol: no answer within" in message
        assert "\n" not in message
        assert [failure.step for failure in caught.value.failures] == [Step.NAME, Step.CONNECT, Step.PROTOCOL]


async def test_one_address_speaks_for_itself() -> None:
    async with pool_of(NAMELESS) as pool:
        with pytest.raises(ConnectFailed) as caught:
            await ask(pool.bootstrap_link(Lane.READ, timeout_s=5))
        assert str(caught.value) == "nobody.invalid:9092: name: does not resolve"


async def test_many_addresses_are_not_all_listed() -> None:
    addresses = [Address(f"n{number}.invalid", 9092) for number in range(9)]
    async with pool_of(*addresses) as pool:
        with pytest.raises(NobodyReached, match=r"; and 5 more$") as caught:
            await ask(pool.bootstrap_link(Lane.READ, timeout_s=5))
        assert len(caught.value.failures) == 9


async def test_comes_back_when_the_broker_does() -> None:
    stubs = brokers(1)
    async with running(*stubs), pool_of(stubs[0].address) as pool:
        link = pool.bootstrap_link(Lane.READ, timeout_s=5)
        await ask(link)
        await stubs[0].stop()
        for _ in range(30):
            with pytest.raises(ConnectFailed, match="connect: connection refused"):
                await ask(link)
        await stubs[0].restart()
        started = time.monotonic()
        while time.monotonic() - started < 5:
            with contextlib.suppress(ConnectFailed):
                assert await ask(link) == 0
                break
            await asyncio.sleep(0.01)
        assert time.monotonic() - started < 2.5


async def test_a_change_that_broke_is_not_sent_to_another() -> None:
    stubs = brokers(2)
    for stub in stubs:
        stub.closes_at = CREATE_TOPICS
    async with running(*stubs), pool_of(*(stub.address for stub in stubs)) as pool:
        with pytest.raises(ConnectionBroke):
            await ask(pool.bootstrap_link(Lane.ADMIN, timeout_s=5), CREATE_TOPICS)
        assert sum(stub.keys().count(CREATE_TOPICS) for stub in stubs) == 1


async def test_many_callers_make_one_connection() -> None:
    stubs = brokers(1)
    async with running(*stubs), pool_of(stubs[0].address) as pool:
        link = pool.bootstrap_link(Lane.READ, timeout_s=5)
        assert set(await asyncio.gather(*(ask(link) for _ in range(20)))) == {0}
        assert stubs[0].connections == 1


async def test_versions_of_whoever_answers() -> None:
    stubs = brokers(1)
    async with running(*stubs), pool_of(stubs[0].address) as pool:
        assert METADATA in await pool.bootstrap_link(Lane.READ, timeout_s=5).versions()
        stubs[0].is_hung = True
        stubs[0].cut()
        with pytest.raises((ConnectFailed, NoAnswer)):
            await ask(pool.bootstrap_link(Lane.READ, timeout_s=0.2))
