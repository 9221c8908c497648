"""Connections to all nodes of a cluster: lanes per address, back-off per address, and any broker that answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeVar

from ktui.adapters.addresses import Address
from ktui.adapters.errors import AdvertisedNameFailed, ConnectFailed, NoAnswer, Step
from ktui.adapters.kafka.choosing import Choice
from ktui.adapters.kafka.connection import Connection, Connector
from ktui.adapters.kafka.endpoint import Endpoint
from ktui.adapters.kafka.lane import Call, Traffic
from ktui.adapters.kafka.link import Lane, VersionRange
from ktui.adapters.security import PLAINTEXT, Security

T = TypeVar("T")

_CLOSING_S: Final = 0.2


class BrokerPool:
    """Links to any node; no I/O before a link is used, and then from one event loop only.

    Raises BadSettings when the keys or certificates of `security` cannot be used.
    """

    def __init__(
        self,
        bootstrap: Sequence[Address],
        security: Security = PLAINTEXT,
        *,
        client_id: str = "ktui",
        idle_s: float = 60.0,
        connector: Connector | None = None,
    ) -> None:
        self._bootstrap = tuple(dict.fromkeys(bootstrap))
        self._connector = connector or Connector(security, client_id=client_id)
        self._idle_s = idle_s
        self._known: Mapping[int, Address] = MappingProxyType({})
        self._last_addresses: dict[int, Address] = {}
        self._endpoints: dict[Address, Endpoint] = {}
        self._traffic = {lane: Traffic() for lane in Lane}
        self._dials: set[asyncio.Task[Connection]] = set()
        self._is_closed = False
        self.choice = Choice(
            known=lambda: self._all(self._known.values()), bootstrap=lambda: self._all(self._bootstrap)
        )

    def link(self, node: int | Address, lane: Lane, *, timeout_s: float, is_urgent: bool = False) -> NodeLink:
        """To a broker by its id (its address is looked up at each use), or to an address.

        `timeout_s` is the whole time of one call; `is_urgent` tries even where back-off says to wait.
        """
        return NodeLink(self, node, lane, timeout_s=timeout_s, is_urgent=is_urgent)

    def bootstrap_link(self, lane: Lane, *, timeout_s: float, is_urgent: bool = False) -> AnyLink:
        """To any broker: the one that answered last, else the first of the known and bootstrap addresses to answer."""
        return AnyLink(self, lane, timeout_s=timeout_s, is_urgent=is_urgent)

    async def open(self, broker: int, *, timeout_s: float) -> Connection:
        """A connection of the caller's own to a broker that was learned, beside the lanes. Raises ConnectFailed."""
        address = self.address_of(broker)
        if address is None:
            raise ConnectFailed(f"broker {broker}", Step.NAME, "its address is not known")
        try:
            return await self._open(address, timeout_s)
        except ConnectFailed as failure:
            raise self.explain(failure, broker) from None

    def sibling(self) -> BrokerPool:
        """The same cluster, known as far as it is here, over connections of its own; whoever asks for it closes it."""
        other = BrokerPool(self._bootstrap, idle_s=self._idle_s, connector=self._connector)
        other.learn(self._known)
        return other

    @property
    def security(self) -> Security:
        return self._connector.security

    def set_bootstrap(self, addresses: Sequence[Address]) -> None:
        """Other addresses to begin with, or to go back to when no known broker answers."""
        self._bootstrap = tuple(dict.fromkeys(addresses))

    def learn(self, brokers: Mapping[int, Address]) -> None:
        """The brokers that the cluster has now. A broker that is new, back or moved is tried without waiting."""
        now = set(brokers.values())
        for broker, address in brokers.items():
            if self._known.get(broker) != address:
                self.retry_now(address)
            before = self._last_addresses.get(broker, address)
            if before != address and before not in now and before not in self._bootstrap:
                self._drop(before)
        self._known = MappingProxyType(dict(brokers))
        self._last_addresses.update(brokers)

    def known(self) -> Mapping[int, Address]:
        return self._known

    def retry_now(self, node: int | Address) -> None:
        """End its back-off: something says that it is there again."""
        address = self.address_of(node)
        if address is not None and address in self._endpoints:
            self._endpoints[address].back_off.reset()

    def traffic(self) -> Mapping[Lane, Traffic]:
        """Counters since the start; they go on counting."""
        return MappingProxyType(self._traffic)

    async def close(self) -> None:
        """Close everything within half a second, whatever the peers do; open calls fail with NoAnswer."""
        self._is_closed = True
        for dial in self._dials:
            dial.cancel()
        open_ = [connection for endpoint in self._endpoints.values() for connection in endpoint.close()]
        waiting = [*self._dials, *(asyncio.ensure_future(connection.closed()) for connection in open_)]
        if waiting:
            _, late = await asyncio.wait(waiting, timeout=_CLOSING_S)
            for task in late:
                task.cancel()

    def address_of(self, node: int | Address) -> Address | None:
        """A broker's last known address; None when it was never learned."""
        return node if isinstance(node, Address) else self._last_addresses.get(node)

    def endpoint(self, address: Address) -> Endpoint:
        """What is kept about an address. For the links of this module."""
        if address not in self._endpoints:
            self._endpoints[address] = Endpoint(
                address, self._open, traffic=self._traffic, idle_s=self._idle_s
            )
        return self._endpoints[address]

    def explain(self, failure: ConnectFailed, node: int | Address) -> ConnectFailed:
        """The same failure, or AdvertisedNameFailed when only what the cluster advertises is at fault."""
        address = self.address_of(node)
        if isinstance(node, Address) or address is None or failure.step not in (Step.NAME, Step.CONNECT):
            return failure
        answered = [each for each in self._all(self._bootstrap) if each.was_reached]
        if self.endpoint(address).was_reached or not answered:
            return failure
        return AdvertisedNameFailed(failure, broker=node, bootstrap=str(answered[0].address))

    def _all(self, addresses: Iterable[Address]) -> list[Endpoint]:
        return [self.endpoint(address) for address in dict.fromkeys(addresses)]

    def _drop(self, address: Address) -> None:
        endpoint = self._endpoints.pop(address, None)
        if endpoint is not None:
            for lane in Lane:
                self.choice.leave(lane, endpoint)
            endpoint.close()

    async def _open(self, address: Address, timeout_s: float) -> Connection:
        if self._is_closed:
            raise NoAnswer(f"{address}: the connections were closed")
        dial = asyncio.create_task(self._connector.open(address, timeout_s=timeout_s))
        self._dials.add(dial)
        dial.add_done_callback(self._dials.discard)
        try:
            return await dial
        except asyncio.CancelledError:
            if dial.done() and not dial.cancelled() and dial.exception() is None:
                dial.result().abort()
            caller = asyncio.current_task()
            if self._is_closed and (caller is None or not caller.cancelling()):
                raise NoAnswer(f"{address}: the connections were closed") from None
            raise


class NodeLink:
    """A `Link` to one node of the pool."""

    def __init__(
        self, pool: BrokerPool, node: int | Address, lane: Lane, *, timeout_s: float, is_urgent: bool
    ) -> None:
        self._pool = pool
        self._node = node
        self._lane = lane
        self._timeout_s = timeout_s
        self._is_urgent = is_urgent

    @property
    def address(self) -> Address | None:
        """None for a broker that was never learned."""
        return self._pool.address_of(self._node)

    async def versions(self) -> Mapping[int, VersionRange]:
        try:
            lane = self._endpoint().lane(self._lane)
            return await lane.connect(_deadline(self._timeout_s), is_urgent=self._is_urgent)
        except ConnectFailed as failure:
            raise self._pool.explain(failure, self._node) from None

    async def request(self, api_key: int, version: int, body: bytes, *, is_flexible: bool) -> bytes:
        call = Call(api_key, version, body, is_flexible, _deadline(self._timeout_s), self._is_urgent)
        try:
            return await self._endpoint().lane(self._lane).request(call)
        except ConnectFailed as failure:
            raise self._pool.explain(failure, self._node) from None

    def _endpoint(self) -> Endpoint:
        address = self.address
        if address is None:
            raise ConnectFailed(f"broker {self._node}", Step.NAME, "its address is not known")
        return self._pool.endpoint(address)


class AnyLink:
    """A `Link` to whichever broker answers; stays with it."""

    def __init__(self, pool: BrokerPool, lane: Lane, *, timeout_s: float, is_urgent: bool) -> None:
        self._choice = pool.choice
        self._lane = lane
        self._timeout_s = timeout_s
        self._is_urgent = is_urgent

    @property
    def address(self) -> Address | None:
        """Who answers this lane now; None before the first answer and after a failure."""
        chosen = self._choice.current(self._lane)
        return chosen.address if chosen is not None else None

    async def versions(self) -> Mapping[int, VersionRange]:
        deadline = _deadline(self._timeout_s)
        return await self._with_any(
            deadline, lambda endpoint: endpoint.lane(self._lane).connect(deadline, is_urgent=self._is_urgent)
        )

    async def request(self, api_key: int, version: int, body: bytes, *, is_flexible: bool) -> bytes:
        call = Call(api_key, version, body, is_flexible, _deadline(self._timeout_s), self._is_urgent)
        return await self._with_any(call.deadline, lambda endpoint: endpoint.lane(self._lane).request(call))

    async def _with_any(self, deadline: float, ask: Callable[[Endpoint], Awaitable[T]]) -> T:
        endpoint = await self._choice.choose(self._lane, deadline, is_urgent=self._is_urgent)
        try:
            return await ask(endpoint)
        except NoAnswer:
            self._choice.leave(self._lane, endpoint)
            raise
        except ConnectFailed:
            self._choice.leave(self._lane, endpoint)
        endpoint = await self._choice.choose(self._lane, deadline, is_urgent=self._is_urgent)
        try:
            return await ask(endpoint)
        except (ConnectFailed, NoAnswer):
            self._choice.leave(self._lane, endpoint)
            raise


def _deadline(timeout_s: float) -> float:
    return asyncio.get_running_loop().time() + timeout_s
