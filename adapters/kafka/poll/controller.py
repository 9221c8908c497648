"""Who the active controller is. KRaft: the quorum's leader, asked directly where controllers can be reached.

A broker forwards the question to the controller and holds it for up to a minute while there is none, so nobody is
waited for alone: when the one that answered last does not, all are asked at once, and the first true answer counts.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Final

from ktui.adapters.addresses import Address
from ktui.adapters.errors import AdapterError, ConnectFailed, NotPermitted, NotSupported, Refused
from ktui.adapters.events import ControllerChanged, QuorumObserved
from ktui.adapters.kafka.asks.describe_quorum import QuorumAnswer, describe_quorum
from ktui.adapters.kafka.link import Lane
from ktui.adapters.kafka.metadata import fetch_metadata
from ktui.adapters.kafka.metadata_decoder import MetadataDecoder, in_steps
from ktui.adapters.kafka.poll.round import QUICK_S, Desk, Question
from ktui.adapters.model import BrokerState, Controller, Mode

PERIOD_S: Final = 1.0
SEARCH_PERIOD_S: Final = 0.25
DIRECT_S: Final = 1.0
"""Time for a controller to answer from memory."""
FORWARDED_S: Final = 20.0
"""A question that a broker holds is answered as soon as there is a controller again."""
ROUND_S: Final = 0.6
PATIENCE_S: Final = 2.5
"""After so long without an answer the controller is not known any more."""
DIRECT_AGAIN_S: Final = 30.0
"""A controller that could not be reached is tried again after this time."""
WITNESSES: Final = 3
"""Brokers that are asked at once."""

NO_LEADER: Final = "no quorum leader"
Node = int | Address


class ControllerQuestion(Question):
    """In KRaft mode DescribeQuorum, in ZooKeeper mode the id that every broker is told by the controller.

    Where controllers were named they are asked also while all brokers are in ZooKeeper mode: it may be migrating.
    """

    what = "controller"
    is_vital = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._endpoints: Mapping[int, Address] = {}
        self._last: QuorumAnswer | None = None
        self._favourite: Node | None = None
        self._answered_at = time.monotonic()
        self._pending: dict[Node, asyncio.Task[QuorumAnswer]] = {}
        self._refusals: dict[Node, AdapterError] = {}
        self._rounds = 0
        self._direct_tried_at: dict[Address, float] = {}

    def period_s(self) -> float:
        is_searching = self.desk.mode is Mode.KRAFT and self._favourite is None
        return SEARCH_PERIOD_S if is_searching else PERIOD_S

    async def keep_asking(self) -> None:
        try:
            await super().keep_asking()
        finally:
            self._cancel_pending()

    async def ask(self) -> None:
        await self.desk.is_oriented.wait()
        if self.desk.mode is Mode.UNKNOWN:
            reason = "the brokers do not tell what kind of cluster this is"
            self.desk.tell(ControllerChanged(self.desk.stamp(), None, reason))
        elif self.desk.mode is Mode.ZOOKEEPER and not self.desk.target.bootstrap_controllers:
            await self._ask_metadata()
        else:
            await self._ask_quorum()

    async def _ask_metadata(self) -> None:
        raw = await fetch_metadata(self.desk.any_broker(), [])
        controller_id = (await in_steps(MetadataDecoder().named(raw))).header.controller_id
        self.desk.controller_id = controller_id
        self.desk.is_controller_told.set()
        stamp = self.desk.stamp()
        if controller_id is None:
            self.desk.tell(
                ControllerChanged(stamp, None, "no controller: the brokers name none", is_absent=True)
            )
        else:
            self.desk.tell(ControllerChanged(stamp, Controller(controller_id, None, "metadata")))

    async def _ask_quorum(self) -> None:
        if self._favourite is not None:
            try:
                self._take(await self._describe(self._favourite), self._favourite)
            except AdapterError as error:
                self._refusals[self._favourite] = error
                self._favourite = None
            else:
                return
        await self._search()

    async def _search(self) -> None:
        """Ask everybody who is not being asked already; the first true answer ends it."""
        for node in self._witnesses():
            if node not in self._pending:
                self._pending[node] = asyncio.create_task(self._describe(node))
        if self._pending:
            await asyncio.wait(self._pending.values(), timeout=ROUND_S, return_when=asyncio.FIRST_COMPLETED)
        for node, task in list(self._pending.items()):
            if not task.done():
                continue
            del self._pending[node]
            try:
                self._take(task.result(), node)
            except AdapterError as error:
                self._refusals[node] = error
            else:
                break
        if self._favourite is None and time.monotonic() - self._answered_at > PATIENCE_S:
            self._give_up()

    def _witnesses(self) -> list[Node]:
        controllers = [*self.desk.target.bootstrap_controllers, *self._endpoints.values()]
        up = [broker.id for broker in self.desk.brokers.values() if broker.state is BrokerState.UP]
        shift = self._rounds % len(up) if up else 0
        self._rounds += 1
        return [*dict.fromkeys(controllers), *(up[shift:] + up[:shift])[:WITNESSES]]

    async def _describe(self, node: Node) -> QuorumAnswer:
        if isinstance(node, Address):
            link = self.desk.controllers.link(node, Lane.READ, timeout_s=DIRECT_S, is_urgent=True)
        else:
            timeout_s = QUICK_S if node == self._favourite else FORWARDED_S
            link = self.desk.pool.link(node, Lane.FORWARD, timeout_s=timeout_s)
        return await describe_quorum(link)

    def _take(self, answer: QuorumAnswer, node: Node) -> None:
        last = self._last
        if last is not None and answer.quorum.leader_epoch < last.quorum.leader_epoch:
            raise Refused(74, "FENCED_LEADER_EPOCH", "told of a leader of the past")
        self._last, self._favourite = answer, node
        self._answered_at = time.monotonic()
        self._refusals.clear()
        self._cancel_pending()
        told = {
            node_id: next(iter(by_name.values())) for node_id, by_name in answer.listeners.items() if by_name
        }
        self._endpoints = told or self._endpoints
        self._prefer_direct(answer)
        leader = answer.quorum.leader_id
        endpoint = self._endpoints.get(leader)
        controller = Controller(
            leader, answer.quorum.leader_epoch, "quorum", str(endpoint) if endpoint else None
        )
        stamp = self.desk.stamp()
        self.desk.tell(ControllerChanged(stamp, controller), QuorumObserved(stamp, answer.quorum))

    def _prefer_direct(self, answer: QuorumAnswer) -> None:
        """Ask the leader itself from now on, if it can be reached: no broker has to forward."""
        endpoint = self._endpoints.get(answer.quorum.leader_id)
        if endpoint is None or endpoint == self._favourite:
            return
        now = time.monotonic()
        if now - self._direct_tried_at.get(endpoint, -DIRECT_AGAIN_S) >= DIRECT_AGAIN_S:
            self._direct_tried_at[endpoint] = now
            task = self._pending[endpoint] = asyncio.create_task(self._describe(endpoint))
            task.add_done_callback(lambda done: self._adopt(endpoint, done))

    def _adopt(self, endpoint: Address, task: asyncio.Task[QuorumAnswer]) -> None:
        if self._pending.get(endpoint) is task:
            del self._pending[endpoint]
        if task.cancelled():
            return
        if task.exception() is None and self._favourite is not None:
            self._favourite = endpoint

    def _give_up(self) -> None:
        stamp = self.desk.stamp()
        reason = self._reason()
        is_absent = reason == NO_LEADER
        self.desk.tell(ControllerChanged(stamp, None, reason, is_absent), QuorumObserved(stamp, None))

    def _reason(self) -> str:
        """Why nobody knows, in one sentence."""
        refusals = list(self._refusals.values())
        denied = next((r for r in refusals if isinstance(r, NotPermitted | NotSupported)), None)
        if denied is not None:
            return "needs Describe on Cluster" if isinstance(denied, NotPermitted) else str(denied)
        reached = [r for r in refusals if not isinstance(r, ConnectFailed)]
        if reached or self._pending:
            return NO_LEADER
        return "no broker or controller answers"

    def _cancel_pending(self) -> None:
        for task in self._pending.values():
            task.cancel()
        self._pending.clear()
