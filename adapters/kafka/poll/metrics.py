"""The brokers' own counters, where the profile says at which address they tell them."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from ktui.adapters.errors import AdapterError
from ktui.adapters.kafka.exact_rates import CountersAt
from ktui.adapters.kafka.poll.round import Desk, Question
from ktui.adapters.rates.exact import ExactRates

PERIOD_S: Final = 5.0


class MetricsQuestion(Question):
    """Asks only where there is an address; a broker whose counters cannot be read costs nothing else."""

    what = "metrics"

    def __init__(self, desk: Desk, exact: ExactRates) -> None:
        super().__init__(desk)
        self._exact = exact
        self._places = {broker: CountersAt(url) for broker, url in desk.target.metrics_urls.items()}

    def period_s(self) -> float:
        return PERIOD_S

    async def ask(self) -> None:
        await asyncio.gather(*(self._ask_one(broker, place) for broker, place in self._places.items()))

    async def _ask_one(self, broker: int, place: CountersAt) -> None:
        where = f"broker {broker}"
        try:
            counters = await place.fetch()
        except AdapterError as error:
            self.desk.failed(self.what, where, str(error))
            return
        self.desk.works(self.what, where)
        self._exact.take(broker, counters, time.monotonic())
