"""What the brokers' files say of topics, for those who get everything else from the metadata log."""

from __future__ import annotations

from typing import Final

from ktui.adapters.errors import AdapterError, NoAnswer, NotPermitted
from ktui.adapters.kafka.asks.broker_defaults import describe_broker_defaults
from ktui.adapters.kafka.link import Lane
from ktui.adapters.kafka.poll.round import QUICK_S, Desk, Question
from ktui.adapters.model import BrokerState

PERIOD_S: Final = 600.0
SEARCH_PERIOD_S: Final = 1.0
ASKED: Final = 3
"""Brokers that are tried; their files ought to say the same."""


class DefaultsQuestion(Question):
    """Asked of the broker that answers us, as topics' settings are when they are polled."""

    what = "settings in brokers' files"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._are_told = False

    def on_failure(self, error: AdapterError) -> None:
        self._are_told = isinstance(error, NotPermitted)
        super().on_failure(error)

    def period_s(self) -> float:
        return PERIOD_S if self._are_told else SEARCH_PERIOD_S

    async def ask(self) -> None:
        await self.desk.is_oriented.wait()
        up = [broker.id for broker in self.desk.brokers.values() if broker.state is BrokerState.UP]
        error: AdapterError = NoAnswer("no broker is up")
        for broker in self.desk.nearest_first(up)[:ASKED]:
            link = self.desk.pool.link(broker, Lane.BULK, timeout_s=QUICK_S)
            try:
                self.desk.log.put_defaults(await describe_broker_defaults(link, broker))
                self._are_told = True
            except AdapterError as failure:
                error = failure
            else:
                return
        raise error
