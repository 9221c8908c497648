"""Reaching a cluster step by step, for people who want to know which step fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Final

from ktui.adapters.addresses import Address
from ktui.adapters.errors import AdapterError, ConnectFailed, NotPermitted, Step
from ktui.adapters.kafka.asks.api_versions import api_versions
from ktui.adapters.kafka.asks.describe_cluster import ClusterDescription, describe_cluster
from ktui.adapters.kafka.client_properties import security_for
from ktui.adapters.kafka.link import Lane
from ktui.adapters.kafka.operations import Operation
from ktui.adapters.kafka.pool import BrokerPool
from ktui.adapters.kafka.releases import mode_of, release_of
from ktui.adapters.model import Mode
from ktui.adapters.security import Security
from ktui.adapters.target import Target

_IN_ORDER: Final = (Step.NAME, Step.CONNECT, Step.TLS, Step.PROTOCOL, Step.SASL)
"""A node tells its versions before a client logs in."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How far one address was reached."""

    what: str
    """"bootstrap", or "broker 3"."""
    address: Address
    steps: tuple[Step, ...]
    """Those that went well, in their order."""
    failed: Step | None = None
    reason: str | None = None
    seconds: float = 0.0
    release: str | None = None
    """Of Kafka, by what it can do; a range as text."""
    mode: Mode = Mode.UNKNOWN

    @property
    def is_well(self) -> bool:
        return self.failed is None


@dataclass(frozen=True, slots=True)
class Rights:
    """What the principal may do with the cluster itself; None: the brokers do not tell."""

    cluster_id: str | None
    brokers: int
    operations: frozenset[Operation] | None
    reason: str | None = None
    """Why nothing of this is known."""


Finding = Reached | Rights


async def check_up(target: Target) -> AsyncIterator[Finding]:
    """Each bootstrap address, then what the cluster says, then each broker that it advertises. BadSettings."""
    security = security_for(target.security, target.command_config)
    pool = BrokerPool(target.bootstrap_servers, security)
    try:
        reached = await _all("bootstrap", target.bootstrap_servers, security, target.timeout_s)
        for each in reached:
            yield each
        if not any(each.is_well for each in reached):
            return
        described = await _described(pool, target.timeout_s)
        if isinstance(described, AdapterError):
            yield Rights(None, 0, None, _why(described))
            return
        yield Rights(described.cluster_id, len(described.brokers), described.operations)
        named: Mapping[str, Address] = {
            f"broker {broker.id}": Address(broker.host, broker.port)
            for broker in sorted(described.brokers, key=lambda broker: broker.id)
        }
        for each in await asyncio.gather(
            *(reach(what, address, security, timeout_s=target.timeout_s) for what, address in named.items())
        ):
            yield each
    finally:
        await pool.close()


async def reach(what: str, address: Address, security: Security, *, timeout_s: float) -> Reached:
    """One address, with a connection of its own that is closed again."""
    pool = BrokerPool((address,), security)
    began = perf_counter()
    try:
        versions = await api_versions(pool.link(address, Lane.READ, timeout_s=timeout_s))
    except ConnectFailed as failure:
        before = _IN_ORDER.index(failure.step) if failure.step in _IN_ORDER else len(_IN_ORDER)
        done = tuple(step for step in _IN_ORDER[:before] if _applies(step, security))
        return Reached(what, address, done, failure.step, failure.reason, perf_counter() - began)
    except AdapterError as error:
        return Reached(
            what, address, (Step.NAME, Step.CONNECT), Step.PROTOCOL, str(error), perf_counter() - began
        )
    finally:
        await pool.close()
    steps = tuple(step for step in _IN_ORDER if _applies(step, security))
    return Reached(
        what,
        address,
        steps,
        seconds=perf_counter() - began,
        release=release_of(versions.ranges),
        mode=mode_of(versions),
    )


def _applies(step: Step, security: Security) -> bool:
    if step is Step.TLS:
        return security.protocol.has_tls
    return step is not Step.SASL or security.protocol.has_sasl


async def _all(
    what: str, addresses: Sequence[Address], security: Security, timeout_s: float
) -> list[Reached]:
    return await asyncio.gather(
        *(reach(what, address, security, timeout_s=timeout_s) for address in addresses)
    )


async def _described(pool: BrokerPool, timeout_s: float) -> ClusterDescription | AdapterError:
    try:
        return await describe_cluster(
            pool.bootstrap_link(Lane.READ, timeout_s=timeout_s), include_operations=True
        )
    except AdapterError as error:
        return error


def _why(error: AdapterError) -> str:
    return f"permission: {error}" if isinstance(error, NotPermitted) else str(error)
