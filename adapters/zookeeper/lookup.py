"""One look at a ZooKeeper: which cluster it is, and where its brokers listen."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from ktui.adapters.addresses import Address
from ktui.adapters.errors import ConnectFailed, NoAnswer, NotPermitted, Step
from ktui.adapters.model import Mode
from ktui.adapters.zookeeper.broker_nodes import broker_of
from ktui.adapters.zookeeper.decode import (
    BROKER_IDS,
    CLUSTER_ID,
    CONTROLLER,
    UnreadableNode,
    cluster_id_of,
    controller_of,
)
from ktui.adapters.zookeeper.ensemble import Ensemble
from ktui.adapters.zookeeper.port import OpenSession, SessionState, ZkSession
from ktui.adapters.zookeeper.session import KazooSession
from ktui.adapters.zookeeper.wire import nodes_of
from ktui.adapters.zookeeper.zk_config import NO_ZK_CONFIG, ZkConfig

LOOK_S: Final = 0.02
ROUNDS: Final = 2
"""So often all addresses may fail before a one-time look gives up early."""


@dataclass(frozen=True, slots=True)
class Found:
    """A cluster as its ZooKeeper names it."""

    cluster_id: str | None
    brokers: tuple[Address, ...]
    """Listeners for the client's security protocol, by broker id; empty when no broker is registered."""
    mode: Mode


async def look_up(
    ensemble: Ensemble,
    config: ZkConfig = NO_ZK_CONFIG,
    *,
    security_protocol: str = "PLAINTEXT",
    timeout_s: float = 10.0,
    open_session: OpenSession = KazooSession,
) -> Found:
    """Look once, with a session of its own. ConnectFailed says which address, which step and why."""
    session = open_session(ensemble, config, lambda state: None, lambda path: None)
    session.start()
    try:
        async with asyncio.timeout(timeout_s):
            return await _found(session, ensemble, security_protocol)
    except TimeoutError:
        raise session.failure or session.under_way() from None
    except NotPermitted as error:
        raise ConnectFailed(str(ensemble), Step.PERMISSION, str(error)) from error
    finally:
        await session.close()


async def _found(session: ZkSession, ensemble: Ensemble, protocol: str) -> Found:
    while True:
        await _connected(session)
        try:
            return await _read(session, ensemble, protocol)
        except NoAnswer:
            await asyncio.sleep(LOOK_S)


async def _connected(session: ZkSession) -> None:
    while session.state is not SessionState.CONNECTED:
        failure = session.failure
        if failure and (session.failed_rounds >= ROUNDS or session.state is SessionState.ENDED):
            raise failure
        await asyncio.sleep(LOOK_S)


async def _read(session: ZkSession, ensemble: Ensemble, protocol: str) -> Found:
    ids = await session.children(BROKER_IDS)
    if ids is None:
        reason = f"no Kafka cluster is here ({BROKER_IDS} does not exist); is the chroot right?"
        raise ConnectFailed(str(ensemble), Step.PROTOCOL, reason)
    node, controller = await session.get(CLUSTER_ID), await session.get(CONTROLLER)
    wanted = sorted(int(broker) for broker in ids if broker.isdecimal())
    nodes = nodes_of(await session.read_many([f"{BROKER_IDS}/{broker}" for broker in wanted]))
    addresses: list[Address] = []
    for broker, registration in zip(wanted, nodes, strict=True):
        try:
            address = broker_of(broker, registration.data, registration.czxid).address(protocol)
        except UnreadableNode:
            continue  # gone meanwhile, or broken: the others will do
        addresses += [address] if address else []
    is_kraft = controller is not None and controller_of(controller.data).is_kraft
    return Found(
        cluster_id_of(node.data) if node else None,
        tuple(addresses),
        Mode.MIGRATING if is_kraft else Mode.ZOOKEEPER,
    )
