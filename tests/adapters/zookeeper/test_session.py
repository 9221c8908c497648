from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from kazoo.protocol.serialization import Create, Delete, SetData

from ktui.adapters.addresses import Address
from ktui.adapters.errors import ConnectFailed, NoAnswer, NotPermitted, Step
from ktui.adapters.secret import Secret
from ktui.adapters.zookeeper import session as session_module
from ktui.adapters.zookeeper.ensemble import Ensemble
from ktui.adapters.zookeeper.lookup import look_up
from ktui.adapters.zookeeper.port import SessionState
from ktui.adapters.zookeeper.reads import Reads
from ktui.adapters.zookeeper.session import KazooSession
from ktui.adapters.zookeeper.wire import MULTI_READ, NO_AUTH, NO_NODE, nodes_of
from ktui.adapters.zookeeper.zk_config import NO_ZK_CONFIG, ZkConfig
from tests.adapters.zookeeper.server import FakeServer
from tests.adapters.zookeeper.tree import Tree

Opened = Callable[..., KazooSession]


@pytest.fixture
async def server() -> AsyncIterator[FakeServer]:
    tree = Tree()
    tree.cluster()
    tree.topic("orders", [(1, 2)])
    async with FakeServer(tree) as server:
        yield server


@pytest.fixture
async def changes() -> list[str]:
    """Paths of watches that fired."""
    return []


@pytest.fixture
async def opened(server: FakeServer, changes: list[str]) -> AsyncIterator[Opened]:
    sessions: list[KazooSession] = []

    def begin(ensemble: Ensemble | None = None, config: ZkConfig = NO_ZK_CONFIG) -> KazooSession:
        session = KazooSession(ensemble or server.ensemble, config, lambda state: None, changes.append)
        sessions.append(session)
        session.start()
        return session

    yield begin
    for session in sessions:
        await session.close()


async def until(fact: Callable[[], object], within_s: float = 5.0) -> None:
    async with asyncio.timeout(within_s):
        while not fact():  # noqa: ASYNC110 - kazoo's threads set what is waited for
            await asyncio.sleep(0.01)


async def connected(session: KazooSession) -> KazooSession:
    await until(lambda: session.state is SessionState.CONNECTED)
    return session


async def test_reading(server: FakeServer, opened: Opened) -> None:
    session = await connected(opened())
    node = await session.get("/controller_epoch")
    assert node is not None
    assert (node.data, node.version) == (b"7", 0)
    assert node.mzxid == server.tree.nodes["/controller_epoch"].mzxid
    assert await session.get("/nothing") is None
    assert sorted(await session.children("/brokers/ids") or []) == ["1", "2", "3"]
    assert await session.children("/nothing") is None
    assert session.heard_at is not None
    assert session.waiting_since() is None
    assert session.failure is None


async def test_acls_are_refusals(server: FakeServer, opened: Opened) -> None:
    server.tree.hidden.add("/config/brokers")
    session = await connected(opened())
    with pytest.raises(NotPermitted, match="/config/brokers is hidden by an ACL"):
        await session.get("/config/brokers")
    nodes = nodes_of(await session.read_many(["/config/brokers", "/controller_epoch"]))
    assert [node.error for node in nodes] == [NO_AUTH, 0]


@pytest.mark.parametrize(
    ("version", "has_multi_read", "is_used"),
    [
        ("3.8.4", True, True),
        ("3.4.14", False, False),
        (None, True, True),
        (None, False, False),
        ("3.9.2", False, False),
    ],
)
async def test_many_nodes_are_read_the_way_the_server_knows(
    server: FakeServer, opened: Opened, version: str | None, has_multi_read: bool, is_used: bool
) -> None:
    server.version, server.has_multi_read = version, has_multi_read
    session = await connected(opened())
    asked = ["/controller_epoch", "/nothing", *["/cluster/id"] * 300]
    async with asyncio.timeout(10):
        while True:
            try:
                nodes = nodes_of(await session.read_many(asked))
                break
            except NoAnswer:
                await asyncio.sleep(0.01)  # the server that said 3.9.2 ended the session
    assert [node.data for node in nodes[:2]] == [b"7", b""]
    assert (nodes[1].error, len(nodes)) == (NO_NODE, 302)
    assert ((MULTI_READ in server.opcodes) if version else (server.opcodes.count(MULTI_READ) > 1)) == (
        is_used or version == "3.9.2"
    )


async def test_a_watch_fires_once_and_tells_the_path(
    server: FakeServer, opened: Opened, changes: list[str]
) -> None:
    session = await connected(opened())
    await session.get("/controller_epoch", watch=True)
    await session.children("/brokers/ids", watch=True)
    assert await session.get("/migration", watch=True) is None
    server.tree.put("/controller_epoch", "8")
    server.tree.put("/controller_epoch", "9")
    await until(lambda: changes == ["/controller_epoch"])
    server.tree.delete("/brokers/ids/2")
    server.tree.put("/migration", "{}")
    await until(lambda: sorted(changes[1:]) == ["/brokers/ids", "/migration"])


async def test_a_tree_watch_tells_of_every_change_below_and_stays(
    server: FakeServer, opened: Opened, changes: list[str]
) -> None:
    server.tree.put("/kafka/brokers/topics")
    session = await connected(opened(Ensemble(server.ensemble.addresses, "/kafka")))
    assert await session.watch_tree("/brokers/topics")
    threads = threading.active_count()
    server.tree.put("/kafka/brokers/elsewhere")
    for number in range(3_000):
        server.tree.put(f"/kafka/brokers/topics/t{number % 3}", str(number))
    await until(lambda: len(changes) == 3_000)
    assert changes == [f"/brokers/topics/t{number % 3}" for number in range(3_000)]
    assert threading.active_count() == threads


async def test_threads_do_not_grow_with_watches_and_reconnects(server: FakeServer, opened: Opened) -> None:
    session = await connected(opened())
    threads = threading.active_count()
    for _ in range(3):
        await session.watch_tree("/brokers/topics")
        for broker in (1, 2, 3):
            await session.get(f"/brokers/ids/{broker}", watch=True)
        server.drop()
        await until(lambda: session.state is not SessionState.CONNECTED)
        await connected(session)
    assert threading.active_count() <= threads


@pytest.mark.parametrize("version", ["3.4.14", "3.9.2"])
async def test_an_older_server_has_no_tree_watch(server: FakeServer, opened: Opened, version: str) -> None:
    server.version, server.has_multi_read = version, False
    session = await connected(opened())
    async with asyncio.timeout(10):
        while True:
            try:
                assert not await session.watch_tree("/brokers/topics")
                break
            except NoAnswer:
                await asyncio.sleep(0.01)  # the server that said 3.9.2 ended the session


async def test_below_a_chroot(server: FakeServer, opened: Opened, changes: list[str]) -> None:
    server.tree.put("/kafka/controller_epoch", "5")
    session = await connected(opened(Ensemble(server.ensemble.addresses, "/kafka")))
    node = await session.get("/controller_epoch", watch=True)
    assert node is not None
    assert node.data == b"5"
    assert nodes_of(await session.read_many(["/controller_epoch"]))[0].data == b"5"
    server.tree.put("/kafka/controller_epoch", "6")
    await until(lambda: changes == ["/controller_epoch"])


async def test_a_chroot_that_does_not_exist_is_said_and_waited_for(
    server: FakeServer, opened: Opened
) -> None:
    session = opened(Ensemble(server.ensemble.addresses, "/kafka"))
    await until(lambda: session.failure)
    assert "(chroot) /kafka does not exist" in str(session.failure)
    assert session.state is SessionState.CONNECTING
    server.tree.put("/kafka")
    await connected(session)
    assert session.failure is None


async def test_digest_credentials_are_sent(server: FakeServer, opened: Opened) -> None:
    await connected(opened(config=ZkConfig(digest=Secret("ann:secret"))))
    assert b"digest" in server.auth[0]
    assert b"ann:secret" in server.auth[0]


async def test_a_broken_connection_fails_what_waits_and_comes_back(
    server: FakeServer, opened: Opened
) -> None:
    session = await connected(opened())
    server.is_silent = True
    question = asyncio.create_task(session.get("/controller_epoch"))
    await until(session.waiting_since)
    server.drop()
    with pytest.raises(NoAnswer):
        await question
    await until(lambda: session.state is SessionState.SUSPENDED)
    with pytest.raises(NoAnswer):
        await session.get("/controller_epoch")
    server.is_silent = False
    server.drop()
    await connected(session)
    assert await session.get("/controller_epoch") is not None


async def test_an_expired_session_is_lost_and_replaced(server: FakeServer) -> None:
    states: list[SessionState] = []
    session = KazooSession(server.ensemble, NO_ZK_CONFIG, states.append)
    session.start()
    await connected(session)
    server.expires_sessions = True
    server.drop()
    await until(lambda: states[-1] is SessionState.CONNECTED and len(states) > 1)
    await session.close()
    assert states == [
        SessionState.CONNECTED,
        SessionState.SUSPENDED,
        SessionState.LOST,
        SessionState.CONNECTED,
    ]


def refused_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    return int(port)


@pytest.mark.parametrize(
    ("host", "step", "says"),
    [
        ("127.0.0.1", Step.CONNECT, "connection refused"),
        ("no-such-host.invalid", Step.NAME, "does not resolve"),
    ],
)
async def test_a_look_says_which_step_failed(host: str, step: Step, says: str) -> None:
    with pytest.raises(ConnectFailed, match=says) as caught:
        await look_up(Ensemble((Address(host, refused_port()),)), timeout_s=20)
    assert caught.value.step is step


async def test_a_look_says_that_a_server_is_silent(server: FakeServer) -> None:
    server.is_silent = True
    with pytest.raises(ConnectFailed, match="connected, but it does not answer"):
        await look_up(server.ensemble, timeout_s=0.5)


async def test_a_port_that_closes_is_not_zookeeper() -> None:
    async def close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(close, "127.0.0.1", 0) as other:
        address = Address("127.0.0.1", other.sockets[0].getsockname()[1])
        with pytest.raises(ConnectFailed, match="closed without an answer: not ZooKeeper"):
            await look_up(Ensemble((address,)), timeout_s=20)


async def test_one_live_server_of_several_is_enough(server: FakeServer) -> None:
    ensemble = Ensemble((Address("127.0.0.1", refused_port()), *server.ensemble.addresses))
    found = await look_up(ensemble)
    assert (found.cluster_id, len(found.brokers)) == ("st1C5ysiS-iZI1dMWpEtBg", 3)


async def test_a_look_finds_the_cluster_and_its_brokers(server: FakeServer) -> None:
    server.tree.put("/brokers/ids/2", "{")
    found = await look_up(server.ensemble)
    assert found.brokers == (Address("b1", 9092), Address("b3", 9092))
    server.tree.put("/empty")
    with pytest.raises(ConnectFailed, match="is the chroot right"):
        await look_up(Ensemble(server.ensemble.addresses, "/empty"))
    with pytest.raises(ConnectFailed, match="does not exist in this ZooKeeper"):
        await look_up(Ensemble(server.ensemble.addresses, "/none"))
    server.tree.hidden.add("/brokers/ids")
    with pytest.raises(ConnectFailed, match="hidden by an ACL") as caught:
        await look_up(server.ensemble)
    assert caught.value.step is Step.PERMISSION


@pytest.mark.parametrize("is_silent", [True, False])
async def test_closing_takes_less_than_half_a_second(
    server: FakeServer, opened: Opened, is_silent: bool
) -> None:
    session = await connected(opened())
    server.is_silent = is_silent
    began = time.monotonic()
    await session.close()
    assert time.monotonic() - began < 0.5
    assert all(thread.daemon for thread in threading.enumerate() if thread.name.startswith("zookeeper"))


async def test_closing_before_there_is_a_connection_takes_less_than_half_a_second(opened: Opened) -> None:
    for host in ("127.0.0.1", "no-such-host.invalid"):
        session = opened(Ensemble((Address(host, refused_port()),)))
        await until(lambda session=session: session.failure)  # type: ignore[misc]
        began = time.monotonic()
        await session.close()
        assert time.monotonic() - began < 0.5


@pytest.mark.parametrize("write", [Create("/a", b"", [], 0), Delete("/a", 0), SetData("/a", b"", 0)])
async def test_nothing_can_be_written(server: FakeServer, opened: Opened, write: object) -> None:
    session = await connected(opened())
    with pytest.raises(AssertionError, match="does not only read"):
        session._ask(write)
    public = {name for name in dir(session) if not name.startswith("_")}
    assert public == {
        "start", "close", "state", "failure", "failed_rounds", "heard_at", "waiting_since", "under_way",
        "get", "children", "read_many", "watch_tree",
    }  # fmt: skip
    assert isinstance(session, Reads)


def test_no_call_of_kazoo_that_writes_is_written_anywhere() -> None:
    folder = Path(session_module.__file__).parent
    text = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    calls = ("create", "set", "delete", "ensure_path", "transaction", "set_acls", "reconfig", "create2")
    assert [call for call in calls if f"_client.{call}" in text or f" client.{call}(" in text] == []
