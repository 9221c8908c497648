"""The source that polls: all questions of one cluster, side by side."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from typing import Final

from ktui.adapters.addresses import Address
from ktui.adapters.errors import AdapterError
from ktui.adapters.events import SourceName
from ktui.adapters.kafka.poll.brokers import BrokersQuestion
from ktui.adapters.kafka.poll.controller import ControllerQuestion
from ktui.adapters.kafka.poll.defaults import DefaultsQuestion
from ktui.adapters.kafka.poll.quiet import QuietQuestion
from ktui.adapters.kafka.poll.rates import RatesQuestion
from ktui.adapters.kafka.poll.round import Desk, Question
from ktui.adapters.kafka.poll.settings import SettingsQuestion
from ktui.adapters.kafka.poll.slow import KindQuestion, LogDirsQuestion, MovingQuestion
from ktui.adapters.kafka.poll.topics import TopicsQuestion, VisibleQuestion
from ktui.adapters.kafka.pool import BrokerPool
from ktui.adapters.kafka.standing import LogStanding
from ktui.adapters.model import Mode
from ktui.adapters.ports import Sink
from ktui.adapters.target import Target

FindBrokers = Callable[[], Awaitable[tuple[Address, ...]]]
"""Where the first addresses come from when none were given."""
LEAST_PACE: Final = 0.25
MOST_PACE: Final = 60.0


class PollSource:
    """Asks brokers and controllers. `run` ends by cancellation only: an unreachable cluster is a fault."""

    name = SourceName.POLL

    def __init__(
        self,
        target: Target,
        pool: BrokerPool,
        controllers: BrokerPool,
        *,
        find_brokers: FindBrokers | None = None,
        with_log_dirs: bool = True,
        with_rates: bool = True,
    ) -> None:
        self._find_brokers = find_brokers
        self._find_error: AdapterError | None = None
        self.desk = Desk(target, pool, controllers, sink=lambda events: None)
        self.settings = SettingsQuestion(self.desk)
        self.topics = TopicsQuestion(self.desk, self.settings.on_names)
        self.controller = ControllerQuestion(self.desk)
        self.kind = KindQuestion(self.desk)
        self.brokers = BrokersQuestion(self.desk, self._on_brokers)
        self.moving = MovingQuestion(self.desk)
        self.rates = RatesQuestion(self.desk, on_stale_leaders=self.topics.hurry)
        self.log_dirs = LogDirsQuestion(self.desk, self.rates.take_sizes)
        self.visible = VisibleQuestion(self.desk, self.topics)
        self._questions: list[Question] = [
            self.brokers, self.kind, self.controller, self.topics, self.visible, self.settings, self.moving,
        ]  # fmt: skip
        if target.live_log:
            self.desk.log = LogStanding(is_wanted=True)
            self.desk.log.on_change = self._on_log_change
            self._questions.append(DefaultsQuestion(self.desk))
        if with_log_dirs:
            self._questions.append(self.log_dirs)
            self.rates.look_at_sizes = self.log_dirs.hurry
        if with_rates:
            self._questions += [self.rates, QuietQuestion(self.rates)]
        if with_rates and target.metrics_urls:
            from ktui.adapters.kafka.poll.metrics import MetricsQuestion

            self._questions.append(MetricsQuestion(self.desk, self.rates.store.exact))

    async def run(self, sink: Sink) -> None:
        self.desk.sink = sink
        if self.desk.target.bootstrap_controllers:
            self.desk.mode = Mode.KRAFT
        if self._find_brokers is not None:
            self.desk.pool.set_bootstrap(await self._found(self._find_brokers))
        async with asyncio.TaskGroup() as group:
            for question in self._questions:
                group.create_task(question.keep_asking(), name=f"ask for {question.what}")

    async def first_round(self) -> None:
        """Wait until every question has been answered or refused once, and every topic's settings asked for."""
        first = [self.brokers, self.kind, self.topics, self.controller]
        await asyncio.gather(*(question.first_round.wait() for question in first))
        await asyncio.gather(self.settings.all_asked.wait(), self.moving.first_round.wait())
        if self.log_dirs in self._questions:
            await self.log_dirs.first_round.wait()

    async def _found(self, find: FindBrokers) -> tuple[Address, ...]:
        try:
            addresses = await find()
        except AdapterError as error:
            self._find_error = error
            raise
        self._find_error = None
        return addresses

    def look_at(self, topics: Collection[str]) -> None:
        self.desk.watched = frozenset(topics)
        self.visible.hurry()

    def refresh(self) -> None:
        self.settings.ask_all()
        for question in self._questions:
            question.hurry()

    def set_pace(self, factor: float) -> None:
        """Stretch or shorten every period."""
        self.desk.pace = min(max(self.desk.pace * factor, LEAST_PACE), MOST_PACE)
        self.refresh()

    def heard_at(self) -> float | None:
        return self.desk.heard_at

    def last_error(self) -> AdapterError | None:
        """Why the cluster cannot be reached now; None: it can."""
        return self._find_error or self.brokers.last_error

    def period_s(self) -> float:
        """The period of the quick questions."""
        return self.brokers.period_s() * self.desk.pace

    def _on_log_change(self) -> None:
        """The metadata log tells of these now, or does not any more."""
        for question in (self.topics, self.settings, self.visible, self.moving):
            question.hurry()

    def _on_brokers(self) -> None:
        """Membership changed: everything else may have."""
        for question in (self.controller, self.topics, self.kind, self.log_dirs):
            question.hurry()
