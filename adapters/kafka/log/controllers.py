"""Where the controllers are: given, told by the quorum (3.9 and newer), or in the configuration of a broker."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from typing import Final

from ktui.adapters.addresses import Address, parse_addresses
from ktui.adapters.errors import AdapterError, BadSettings, NoAnswer
from ktui.adapters.kafka.asks.broker_configs import describe_broker_configs
from ktui.adapters.kafka.asks.describe_quorum import describe_quorum
from ktui.adapters.kafka.link import Lane
from ktui.adapters.kafka.poll.round import QUICK_S, Desk
from ktui.adapters.model import BrokerState

_VOTERS: Final = "controller.quorum.voters"
_BOOTSTRAP: Final = "controller.quorum.bootstrap.servers"
AGAIN_S: Final = 10.0
"""While there is no leader, a broker holds the question for as long as it may: it is not asked in every round."""
_ASKED: Final = 3
"""Brokers that are asked for their configuration."""


class Controllers:
    """Addresses of controllers, those by id and those of which only the address is known."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._by_id: dict[int, Address] = {}
        self._others: tuple[Address, ...] = ()
        self._asked_at = -AGAIN_S
        self.are_doubtful = True
        """Whether those that are known did not lead to a leader, or nobody was asked yet."""

    def learn(self, addresses: Mapping[int, Address]) -> None:
        """Take what an answer or the log told."""
        self._by_id.update(addresses)

    def address_of(self, controller: int | None) -> Address | None:
        return self._by_id.get(controller) if controller is not None else None

    def known(self) -> list[Address]:
        """All of them, those that the user named first."""
        named = self._desk.target.bootstrap_controllers
        return list(dict.fromkeys((*named, *self._by_id.values(), *self._others)))

    async def find(self) -> list[Address]:
        """All that are known, asking for more where those are in doubt. Raises why nobody told of any."""
        is_due = time.monotonic() - self._asked_at > AGAIN_S
        if self.are_doubtful and is_due and self._desk.target.bootstrap_servers:
            self._asked_at = time.monotonic() if self.known() else self._asked_at
            try:
                await self._ask_quorum()
            except AdapterError:
                if not self.known():
                    await self._ask_brokers()
            if not self.known():
                await self._ask_brokers()
        return self.known()

    async def _ask_quorum(self) -> None:
        answer = await describe_quorum(self._desk.any_broker(Lane.FORWARD))
        self.learn({node: next(iter(told.values())) for node, told in answer.listeners.items() if told})

    async def _ask_brokers(self) -> None:
        """`controller.quorum.voters` names ids, `controller.quorum.bootstrap.servers` addresses only."""
        error: AdapterError = NoAnswer("no broker tells where the controllers are")
        for broker in self._brokers():
            link = self._desk.pool.link(broker, Lane.BULK, timeout_s=QUICK_S)
            try:
                values = await describe_broker_configs(link, broker, keys=(_VOTERS, _BOOTSTRAP))
            except AdapterError as failure:
                error = failure
                continue
            texts = {name: value.value or "" for name, value in values.items()}
            self.learn(voters_in(texts.get(_VOTERS, "")))
            self._others = _addresses_in(texts.get(_BOOTSTRAP, ""))
            if self.known():
                return
        raise error

    def _brokers(self) -> Iterator[int]:
        up = [broker.id for broker in self._desk.brokers.values() if broker.state is BrokerState.UP]
        yield from self._desk.nearest_first(up)[:_ASKED]


def voters_in(text: str) -> dict[int, Address]:
    """`1@host:port,2@host:port`; what is not of this form is left out."""
    found: dict[int, Address] = {}
    for part in text.split(","):
        node, at, address = part.strip().partition("@")
        parsed = _addresses_in(address) if at and node.isdecimal() else ()
        if parsed:
            found[int(node)] = parsed[0]
    return found


def _addresses_in(text: str) -> tuple[Address, ...]:
    try:
        return parse_addresses(text, _BOOTSTRAP) if text.strip() else ()
    except BadSettings:
        return ()
