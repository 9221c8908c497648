"""Which brokers there are: DescribeCluster every second, and whether the fenced ones still answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Final

from ktui.adapters.addresses import Address
from ktui.adapters.errors import AdapterError, ConnectFailed, WrongCluster
from ktui.adapters.events import BrokersChanged, ClusterIdentified
from ktui.adapters.kafka.asks.api_versions import api_versions
from ktui.adapters.kafka.asks.describe_cluster import DescribedBroker, describe_cluster
from ktui.adapters.kafka.link import Lane
from ktui.adapters.kafka.poll.round import QUICK_S, Desk, Question
from ktui.adapters.model import Broker, BrokerState

PERIOD_S: Final = 1.0
PROBE_S: Final = 0.8
"""Time in which a fenced broker must answer not to be called missing."""


class BrokersQuestion(Question):
    """Also the question that tells whether the cluster can be reached at all."""

    what = "brokers"
    is_vital = True

    def __init__(self, desk: Desk, on_change: Callable[[], None]) -> None:
        super().__init__(desk)
        self._on_change = on_change
        self._answering: dict[int, bool] = {}
        self.last_error: AdapterError | None = None

    def period_s(self) -> float:
        return PERIOD_S

    def on_failure(self, error: AdapterError) -> None:
        self.last_error = error
        blocks = isinstance(error, ConnectFailed | WrongCluster)
        self.desk.failed(self.what, self.where, str(error), blocks=blocks)

    async def ask(self) -> None:
        answer = await describe_cluster(self.desk.any_broker(timeout_s=QUICK_S))
        self._check(answer.cluster_id)
        self.desk.cluster_id = answer.cluster_id
        self.last_error = None
        self.desk.pool.learn({b.id: Address(b.host, b.port) for b in answer.brokers})
        self._tell(answer.cluster_id, answer.brokers)
        fenced = [b.id for b in answer.brokers if b.is_fenced]
        before = dict(self._answering)
        self._answering = dict(zip(fenced, await asyncio.gather(*map(self._answers, fenced)), strict=True))
        if before != self._answering:
            self._tell(answer.cluster_id, answer.brokers)

    def _check(self, cluster_id: str | None) -> None:
        expected = self.desk.target.expect_cluster_id
        if expected is not None and cluster_id != expected:
            raise WrongCluster(f"this is cluster {cluster_id}, not {expected} as --expect-cluster-id says")

    def _tell(self, cluster_id: str | None, described: Iterable[DescribedBroker]) -> None:
        brokers = {b.id: self._broker(b) for b in described}
        has_changed = brokers != self.desk.brokers
        self.desk.brokers = brokers
        self.desk.orient()
        stamp = self.desk.stamp()
        self.desk.tell(
            ClusterIdentified(stamp, cluster_id, None), BrokersChanged(stamp, list(brokers.values()))
        )
        if has_changed:
            self._on_change()

    def _broker(self, described: DescribedBroker) -> Broker:
        state = BrokerState.UP
        if described.is_fenced:
            is_answering = self._answering.get(described.id, False)
            state = BrokerState.FENCED if is_answering else BrokerState.MISSING
        return Broker(described.id, described.host, described.port, described.rack, state)

    async def _answers(self, broker_id: int) -> bool:
        link = self.desk.pool.link(broker_id, Lane.READ, timeout_s=PROBE_S, is_urgent=True)
        try:
            await api_versions(link)
        except AdapterError:
            return False
        return True
