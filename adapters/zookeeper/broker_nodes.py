"""Bytes of `/brokers/ids/N` to brokers, and which of a broker's endpoints is meant for us. Pure.

Source: Kafka's `BrokerIdZNode` in `kafka/zk/ZkData.scala`: version 1 (0.8) to 5 (features, from 2.7).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ktui.adapters.addresses import Address
from ktui.adapters.model import Broker, BrokerState
from ktui.adapters.zookeeper.decode import BROKER_IDS, integer, object_of

_ENDPOINT: Final = re.compile(r"([^:/]+)://\[?([0-9a-zA-Z\-_%._:]*)\]?:(-?\d+)")
PROTOCOLS: Final = frozenset({"PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One advertised listener of a broker."""

    listener: str
    protocol: str
    host: str
    port: int


@dataclass(frozen=True, slots=True)
class BrokerNode:
    """A registration."""

    id: int
    endpoints: tuple[Endpoint, ...]
    rack: str | None
    registered_at: float | None
    """Seconds since the epoch, by the broker's clock."""
    epoch: int
    """The transaction that made the node: a new one for every registration."""
    written_at: float | None = None
    """When the node was written, by ZooKeeper's clock."""

    def endpoint(self, protocol: str) -> Endpoint | None:
        """The listener for a client's security protocol; with none of that protocol the first one.

        Of several the one that has the protocol's own name, else the first: internal listeners are named apart.
        """
        fitting = [endpoint for endpoint in self.endpoints if endpoint.protocol == protocol] or self.endpoints
        named = (endpoint for endpoint in fitting if endpoint.listener.upper() == protocol)
        return next(named, next(iter(fitting), None))

    def address(self, protocol: str) -> Address | None:
        """Where a client of that protocol connects; None when no listener of it is registered."""
        endpoint = self.endpoint(protocol)
        return Address(endpoint.host, endpoint.port) if endpoint and endpoint.protocol == protocol else None

    def as_broker(self, protocol: str) -> Broker:
        """The model's broker: registered means up."""
        endpoint = self.endpoint(protocol)
        return Broker(
            self.id,
            endpoint.host if endpoint else None,
            endpoint.port if endpoint else None,
            self.rack,
            BrokerState.UP,
            registered_at=self.registered_at,
            epoch=self.epoch,
        )


def broker_of(broker_id: int, data: bytes, czxid: int, written_at: float | None = None) -> BrokerNode:
    """One registration; UnreadableNode names it."""
    path = f"{BROKER_IDS}/{broker_id}"
    held = object_of(data, path)
    rack = held.get("rack")
    stamp = held.get("timestamp")
    return BrokerNode(
        broker_id,
        _endpoints(held, path),
        rack if isinstance(rack, str) else None,
        integer(stamp, path, "timestamp") / 1000 if stamp is not None else None,
        czxid,
        written_at,
    )


def _endpoints(held: Mapping[str, object], path: str) -> tuple[Endpoint, ...]:
    written = held.get("endpoints")
    if isinstance(written, list):
        by_listener = held.get("listener_security_protocol_map")
        return tuple(_parsed(written, by_listener if isinstance(by_listener, dict) else {}))
    host, port = held.get("host"), held.get("port")
    if not isinstance(host, str) or port is None:
        return ()
    return (Endpoint("PLAINTEXT", "PLAINTEXT", host, integer(port, path, "port")),)


def _parsed(written: Sequence[object], by_listener: Mapping[str, object]) -> list[Endpoint]:
    endpoints: list[Endpoint] = []
    for text in written:
        match = _ENDPOINT.fullmatch(text) if isinstance(text, str) else None
        if match is None or not 0 < int(match[3]) < 65536 or not match[2]:
            continue
        protocol = by_listener.get(match[1], match[1] if match[1] in PROTOCOLS else "PLAINTEXT")
        endpoints.append(Endpoint(match[1], str(protocol), match[2], int(match[3])))
    return endpoints
