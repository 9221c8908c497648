"""TLS between a session and a small ZooKeeper: trust, names, client certificates, and ports of the wrong kind."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from ktui.adapters.errors import ConnectFailed, Step
from ktui.adapters.zookeeper.lookup import look_up
from ktui.adapters.zookeeper.port import SessionState
from ktui.adapters.zookeeper.session import KazooSession
from ktui.adapters.zookeeper.zk_config import NO_ZK_CONFIG, ZkConfig, zk_config_of
from tests.adapters.zookeeper.server import FakeServer
from tests.adapters.zookeeper.tree import Tree

CERTIFICATES = Path(__file__).parents[1] / "kafka" / "certificates"
AUTHORITY = CERTIFICATES / "authority.pem"


def config(*, trusts: bool = True, identity: str | None = None) -> ZkConfig:
    lines = ["zookeeper.ssl.client.enable=true"]
    if trusts:
        lines.append(f"zookeeper.ssl.truststore.location={AUTHORITY}")
    if identity:
        lines.append(f"zookeeper.ssl.keystore.location={CERTIFICATES / identity}")
    return zk_config_of("\n".join(lines), "zk.properties")


@asynccontextmanager
async def serving(
    certificate: str | None = "server.pem", *, wants_client: bool = False
) -> AsyncIterator[FakeServer]:
    context: ssl.SSLContext | None = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATES / certificate)
    if context is not None and wants_client:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(AUTHORITY)
    tree = Tree()
    tree.cluster()
    async with FakeServer(tree, context) as server:
        yield server


async def failure(server: FakeServer, config: ZkConfig, timeout_s: float = 5) -> ConnectFailed:
    with pytest.raises(ConnectFailed) as caught:
        await look_up(server.ensemble, config, timeout_s=timeout_s)
    return caught.value


@pytest.mark.parametrize("wants_client", [False, True])
async def test_trusted(wants_client: bool) -> None:
    async with serving(wants_client=wants_client) as server:
        found = await look_up(server.ensemble, config(identity="client.pem" if wants_client else None))
    assert len(found.brokers) == 3


async def test_answers_that_came_in_one_record_wait_for_nothing() -> None:
    async with serving() as server:
        session = KazooSession(server.ensemble, config())
        session.start()
        while session.state is not SessionState.CONNECTED:  # noqa: ASYNC110 - kazoo's threads set it
            await asyncio.sleep(0.01)
        began = time.monotonic()
        await asyncio.gather(*(session.get("/controller_epoch") for _ in range(200)))
        assert time.monotonic() - began < 1
        await session.close()


async def test_not_trusted() -> None:
    async with serving() as server:
        error = await failure(server, config(trusts=False))
    assert error.step is Step.TLS
    assert error.reason.startswith("the server's certificate is refused: ")


async def test_another_name() -> None:
    async with serving("elsewhere.pem") as server:
        error = await failure(server, config())
    assert error.step is Step.TLS
    assert "certificate is refused" in error.reason


async def test_a_port_that_does_not_speak_tls() -> None:
    async with serving(None) as server:
        error = await failure(server, config(), timeout_s=0.5)
    assert error.step is Step.TLS
    assert "does not speak TLS" in error.reason


async def test_a_port_that_wants_tls() -> None:
    async with serving() as server:
        error = await failure(server, NO_ZK_CONFIG)
    assert error.step is Step.PROTOCOL
    assert "TLS" in error.reason
