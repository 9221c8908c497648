"""Asking whoever leads the metadata log: any controller tells who that is, and in which epoch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from ktui.adapters.addresses import Address
from ktui.adapters.errors import AdapterError, ConnectFailed, NoAnswer, NobodyReached
from ktui.adapters.kafka.asks.metadata_log import Leader, LeaderMoved, NotALog
from ktui.adapters.kafka.link import Lane, Link
from ktui.adapters.kafka.log.controllers import Controllers
from ktui.adapters.kafka.pool import BrokerPool

T = TypeVar("T")

ANSWER_S: Final = 1.5
"""Beyond the wait that a question carries itself."""
NO_LEADER: Final = "the controllers have no leader now"


class Leading:
    """Holds who leads; a question goes there, or, when nobody is known, to one controller after the other."""

    def __init__(self, pool: BrokerPool, controllers: Controllers) -> None:
        self.epoch = 0
        self.leader: int | None = None
        self.address: Address | None = None
        """The node that answered as the leader last."""
        self._pool = pool
        self._controllers = controllers

    async def ask(self, question: Callable[[Link, int], Awaitable[T]], *, wait_s: float = 0.0) -> T:
        """Put a question (a link and the leader epoch go in) to the leader, looking for it where needed.

        Raises the last error when a whole round found nobody: ConnectFailed, NoAnswer, NotPermitted, Refused.
        """
        waiting = [self.address] if self.address else []
        waiting += [each for each in await self._controllers.find() if each not in waiting]
        asked: dict[Address, int] = {}
        failures: list[AdapterError] = []
        while waiting:
            address = waiting.pop(0)
            if asked.get(address) == self.epoch:
                continue
            asked[address] = self.epoch
            link = self._pool.link(
                address, Lane.LOG, timeout_s=wait_s + ANSWER_S, is_urgent=address == self.address
            )
            try:
                answer = await question(link, self.epoch)
            except LeaderMoved as moved:
                failures.append(moved)
                self._turn(moved.leader, address, waiting)
            except (ConnectFailed, NoAnswer, NotALog) as failure:
                failures.append(failure)
                self._leave(address)
            else:
                self.address, self._controllers.are_doubtful = address, False
                return answer
        self._controllers.are_doubtful = True
        raise _worst(failures)

    def note(self, leader: Leader) -> None:
        """What an answer of the leader itself said."""
        self._controllers.learn(leader.addresses)
        if leader.id is not None:
            self.leader = leader.id
        self.epoch = max(self.epoch, leader.epoch)

    def _turn(self, told: Leader, by: Address, waiting: list[Address]) -> None:
        """Somebody else leads, or nobody does: who is named is asked next, whoever told of an older epoch again."""
        self._controllers.learn(told.addresses)
        is_news = told.epoch > self.epoch
        self._leave(by)
        if told.epoch < self.epoch:
            return
        self.epoch = told.epoch
        address = self._controllers.address_of(told.id)
        if address is not None:
            waiting.insert(0, address)
        elif is_news:
            waiting.extend(each for each in self._controllers.known() if each not in waiting)

    def _leave(self, address: Address) -> None:
        if self.address == address:
            self.address = None


def _worst(failures: list[AdapterError]) -> AdapterError:
    """What to tell of a round in which nobody answered as the leader."""
    reached = [failure for failure in failures if not isinstance(failure, ConnectFailed)]
    unreached = [failure for failure in failures if isinstance(failure, ConnectFailed)]
    if any(isinstance(failure, LeaderMoved) for failure in reached):
        return NoAnswer(NO_LEADER)
    if reached:
        return reached[-1]
    if len(unreached) == 1:
        return unreached[0]
    return NobodyReached(unreached) if unreached else NoAnswer("no controller is known")
