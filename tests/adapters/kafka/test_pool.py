"""Links over stubs: lanes, retries, back-off, advertised names, and closing in no time."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

import pytest

from ktui.adapters.addresses import Address
from ktui.adapters.errors import (
    AdvertisedNameFailed,
    ConnectFailed,
    ConnectionBroke,
    NoAnswer,
    NotSupported,
    Step,
)
from ktui.adapters.kafka.link import Lane, Link, VersionRange
from ktui.adapters.kafka.pool import BrokerPool
from tests.adapters.kafka.stub import CREATE_TOPICS, DESCRIBE_QUORUM, METADATA, Stub, running

NAMELESS = Address("broker1.invalid", 9092)


@contextlib.asynccontextmanager
async def pool_of(*stubs: Stub, idle_s: float = 60) -> AsyncIterator[BrokerPool]:
    async with running(*stubs):
        pool = BrokerPool([stub.address for stub in stubs], idle_s=idle_s)
        try:
            yield pool
        finally:
            await pool.close()


def answering(text: bytes = b"yes") -> Stub:
    return Stub(answers={METADATA: text, CREATE_TOPICS: text})


async def ask(link: Link, api_key: int = METADATA) -> bytes:
    return await link.request(api_key, 5, b"?", is_flexible=False)


async def quorum(pool: BrokerPool, stub: Stub, timeout_s: float = 5) -> bytes:
    link = pool.link(stub.address, Lane.FORWARD, timeout_s=timeout_s)
    return await link.request(DESCRIBE_QUORUM, 0, b"", is_flexible=True)


async def asked_for(stub: Stub, api_key: int) -> None:
    """Wait until the stub was asked this."""
    async with asyncio.timeout(5):
        while not any(asked.api_key == api_key for asked in stub.asked):  # noqa: ASYNC110 - it has no events
            await asyncio.sleep(0.001)


async def test_a_link_to_an_address_and_to_a_broker() -> None:
    stub = answering()
    async with pool_of(stub) as pool:
        pool.learn({1: stub.address})
        for node in (stub.address, 1):
            link = pool.link(node, Lane.READ, timeout_s=5)
            assert link.address == stub.address
            assert (await link.versions())[METADATA] == VersionRange(0, 13)
            assert await ask(link) == b"yes"
        assert stub.connections == 1
        assert pool.known() == {1: stub.address}


async def test_a_broker_that_was_never_learned() -> None:
    async with pool_of() as pool:
        with pytest.raises(ConnectFailed, match="broker 7: name: its address is not known"):
            await ask(pool.link(7, Lane.READ, timeout_s=5))
        with pytest.raises(ConnectFailed, match="no address is known"):
            await ask(pool.bootstrap_link(Lane.READ, timeout_s=5))


async def test_a_request_that_the_node_does_not_know_is_not_sent() -> None:
    stub = answering()
    async with pool_of(stub) as pool:
        link = pool.link(stub.address, Lane.READ, timeout_s=5)
        with pytest.raises(NotSupported, match="does not know request 75"):
            await ask(link, api_key=75)
        with pytest.raises(NotSupported, match="takes request 3 in versions 0 to 13, not 14"):
            await link.request(METADATA, 14, b"", is_flexible=True)
        assert await ask(link) == b"yes"
        assert stub.keys() == [METADATA]


async def test_lanes_do_not_wait_for_each_other() -> None:
    stub = answering()
    stub.answers[DESCRIBE_QUORUM] = lambda asked: None
    async with pool_of(stub) as pool:
        slow = asyncio.ensure_future(quorum(pool, stub))
        await asked_for(stub, DESCRIBE_QUORUM)
        assert await ask(pool.link(stub.address, Lane.READ, timeout_s=5)) == b"yes"
        assert stub.connections == 2
        slow.cancel()


async def test_a_time_out_closes_its_lane_only() -> None:
    stub = answering()
    stub.answers[DESCRIBE_QUORUM] = lambda asked: None
    async with pool_of(stub) as pool:
        read = pool.link(stub.address, Lane.READ, timeout_s=5)
        await ask(read)
        with pytest.raises(ConnectionBroke, match=r"no answer within 0\.\d+ s"):
            await quorum(pool, stub, timeout_s=0.1)
        await ask(read)
        assert stub.connections == 2
        stub.answers[DESCRIBE_QUORUM] = b"\0leader"
        assert await quorum(pool, stub) == b"leader"
        assert stub.connections == 3


async def test_a_late_answer_is_not_taken_for_the_next() -> None:
    stub = Stub(answers={METADATA: lambda asked: None})
    async with pool_of(stub) as pool:
        link = pool.link(stub.address, Lane.READ, timeout_s=5)
        cancelled = asyncio.ensure_future(ask(link))
        await asked_for(stub, METADATA)
        cancelled.cancel()
        with pytest.raises(asyncio.CancelledError):
            await cancelled
        stub.answers[METADATA] = b"fresh"
        assert await ask(link) == b"fresh"
        assert [asked.connection for asked in stub.asked if asked.api_key == METADATA] == [1, 2]


async def test_a_busy_lane_says_so_and_the_request_on_it_goes_on() -> None:
    stub = Stub(answers={METADATA: lambda asked: None})
    async with pool_of(stub) as pool:
        first = asyncio.ensure_future(ask(pool.link(stub.address, Lane.READ, timeout_s=1)))
        await asked_for(stub, METADATA)
        with pytest.raises(NoAnswer, match="still busy with an earlier request") as caught:
            await ask(pool.link(stub.address, Lane.READ, timeout_s=0.05))
        assert not isinstance(caught.value, ConnectionBroke)
        assert not first.done()
        first.cancel()


@pytest.mark.parametrize("lane", [Lane.READ, Lane.BULK, Lane.FORWARD])
async def test_a_closed_connection_is_opened_again(lane: Lane) -> None:
    """As with a login that expired, or a broker that closes what was idle."""
    stub = answering()
    async with pool_of(stub) as pool:
        link = pool.link(stub.address, lane, timeout_s=5)
        await ask(link)
        stub.cut()
        assert await ask(link) == b"yes"
        assert stub.connections == 2


async def test_closed_instead_of_an_answer_reads_are_sent_once_more() -> None:
    stub = answering()
    async with pool_of(stub) as pool:
        link = pool.link(stub.address, Lane.READ, timeout_s=5)
        await ask(link)
        stub.closes_at = METADATA
        with pytest.raises(ConnectionBroke):
            await ask(link)
        assert stub.keys() == [METADATA] * 3


async def test_changes_are_never_sent_twice() -> None:
    stub = answering()
    async with pool_of(stub) as pool:
        link = pool.link(stub.address, Lane.ADMIN, timeout_s=5)
        await ask(link, CREATE_TOPICS)
        stub.closes_at = CREATE_TOPICS
        with pytest.raises(ConnectionBroke):
            await ask(link, CREATE_TOPICS)
        assert stub.keys() == [CREATE_TOPICS] * 2


async def test_backing_off_refuses_at_once_with_the_last_error() -> None:
    stub = Stub(is_hung=True)
    async with pool_of(stub) as pool:
        link = pool.link(stub.address, Lane.READ, timeout_s=0.3)
        with pytest.raises(ConnectFailed, match="protocol: no answer within"):
            await ask(link)
        started, before = time.monotonic(), stub.connections
        with pytest.raises(ConnectFailed, match="protocol: no answer within"):
            await ask(pool.link(stub.address, Lane.BULK, timeout_s=5))
        assert time.monotonic() - started < 1
        assert stub.connections == before
        stub.is_hung = False
        stub.answers[METADATA] = b"yes"
        assert await ask(pool.link(stub.address, Lane.READ, timeout_s=5, is_urgent=True)) == b"yes"
        assert await ask(link) == b"yes"


async def test_a_broker_that_is_back_is_tried_without_waiting() -> None:
    stub = answering()
    async with pool_of(stub) as pool:
        pool.learn({1: stub.address})
        link = pool.link(1, Lane.READ, timeout_s=0.3)
        stub.is_hung = True
        with pytest.raises(ConnectFailed):
            await ask(link)
        stub.is_hung = False
        pool.learn({})
        pool.learn({1: stub.address})
        assert await ask(link) == b"yes"


async def test_a_broker_that_moved() -> None:
    old, new = answering(b"old"), answering(b"new")
    async with running(new), pool_of() as pool, running(old):
        pool.learn({1: old.address})
        link = pool.link(1, Lane.READ, timeout_s=5)
        assert await ask(link) == b"old"
        pool.learn({1: new.address})
        assert await ask(link) == b"new"
        assert link.address == new.address


async def test_a_broker_that_is_no_longer_registered_is_still_reached() -> None:
    stub = answering()
    async with pool_of(stub) as pool:
        pool.learn({1: stub.address})
        pool.learn({})
        assert await ask(pool.link(1, Lane.READ, timeout_s=5)) == b"yes"
        assert pool.known() == {}


async def test_an_advertised_name_that_does_not_resolve() -> None:
    bootstrap = answering()
    async with pool_of(bootstrap) as pool:
        await ask(pool.bootstrap_link(Lane.READ, timeout_s=5))
        pool.learn({1: NAMELESS})
        with pytest.raises(AdvertisedNameFailed) as caught:
            await ask(pool.link(1, Lane.READ, timeout_s=5))
        assert str(caught.value) == (
            f"bootstrap {bootstrap.address} answered,"
            " but the advertised name broker1.invalid:9092 of broker 1 does not resolve"
        )
        assert (caught.value.broker, caught.value.step) == (1, Step.NAME)


async def test_an_advertised_name_that_cannot_be_reached() -> None:
    bootstrap, gone = answering(), answering()
    await gone.start()
    await gone.stop()
    async with pool_of(bootstrap) as pool:
        await ask(pool.bootstrap_link(Lane.READ, timeout_s=5))
        pool.learn({1: gone.address})
        with pytest.raises(AdvertisedNameFailed, match="of broker 1 cannot be reached: connection refused"):
            await pool.link(1, Lane.READ, timeout_s=5).versions()


async def test_a_broker_that_was_reached_before_is_down_not_wrongly_advertised() -> None:
    bootstrap, broker = answering(), answering()
    async with pool_of(bootstrap) as pool:
        await broker.start()
        await ask(pool.bootstrap_link(Lane.READ, timeout_s=5))
        pool.learn({1: broker.address})
        link = pool.link(1, Lane.READ, timeout_s=5)
        await ask(link)
        await broker.stop()
        with pytest.raises(ConnectFailed) as caught:
            await ask(link)
        assert type(caught.value) is ConnectFailed
        assert caught.value.reason == "connection refused"


async def test_idle_lanes_are_closed() -> None:
    stub = answering()
    async with pool_of(stub, idle_s=0.05) as pool:
        link = pool.link(stub.address, Lane.READ, timeout_s=5)
        await ask(link)
        async with asyncio.timeout(5):
            while stub.open_connections:  # noqa: ASYNC110 - the stub has no events
                await asyncio.sleep(0.005)
        assert await ask(link) == b"yes"
        assert stub.connections == 2


async def test_a_lane_in_use_is_not_idle() -> None:
    stub = Stub(answers={METADATA: lambda asked: None})
    async with pool_of(stub, idle_s=0.02) as pool:
        with pytest.raises(ConnectionBroke, match="no answer within"):
            await ask(pool.link(stub.address, Lane.READ, timeout_s=0.2))


async def test_traffic_is_counted_by_lane() -> None:
    stub = answering(b"12345")
    async with pool_of(stub) as pool:
        link = pool.link(stub.address, Lane.BULK, timeout_s=5)
        for _ in range(3):
            await ask(link)
        traffic = pool.traffic()[Lane.BULK]
        assert (traffic.connections, traffic.requests) == (1, 3)
        assert (traffic.bytes_sent, traffic.bytes_received) == (3, 15)
        assert pool.traffic()[Lane.READ].requests == 0


async def test_close_with_hung_peers_is_quick_and_ends_what_waits() -> None:
    silent = Stub(answers={METADATA: lambda asked: None})
    hung = Stub(is_hung=True)
    async with pool_of(silent, hung) as pool:
        waiting = [
            asyncio.ensure_future(ask(pool.link(silent.address, Lane.READ, timeout_s=60))),
            asyncio.ensure_future(ask(pool.link(silent.address, Lane.READ, timeout_s=60))),
            asyncio.ensure_future(ask(pool.link(hung.address, Lane.BULK, timeout_s=60))),
            asyncio.ensure_future(ask(pool.bootstrap_link(Lane.FORWARD, timeout_s=60))),
        ]
        await asked_for(silent, METADATA)
        await asked_for(hung, 18)
        started = time.monotonic()
        await pool.close()
        assert time.monotonic() - started < 0.5
        outcomes = await asyncio.gather(*waiting, return_exceptions=True)
        assert all(isinstance(outcome, NoAnswer) for outcome in outcomes), outcomes
        with pytest.raises(NoAnswer, match="closed"):
            await ask(pool.link(silent.address, Lane.READ, timeout_s=5))


async def test_cancelled_at_any_moment_nothing_is_left_open() -> None:
    stub = answering()
    async with pool_of(stub) as pool:
        for steps in range(60):
            address = Address("localhost", stub.address.port)
            call = asyncio.ensure_future(ask(pool.link(address, Lane.READ, timeout_s=5)))
            for _ in range(steps):
                await asyncio.sleep(0)
            call.cancel()
            await asyncio.wait([call])
        assert await ask(pool.link(stub.address, Lane.READ, timeout_s=5)) == b"yes"
