"""Effective settings of topics (min.insync.replicas first of all): asked once for each topic, cached long.

What is wrong and what is on screen is asked again sooner; the broker's defaults are part of the answer.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from ktui.adapters.errors import AdapterError, NotPermitted, Refused
from ktui.adapters.events import SettingsChanged
from ktui.adapters.kafka.asks.config_values import ConfigValue
from ktui.adapters.kafka.asks.topic_configs import describe_topic_configs
from ktui.adapters.kafka.link import Lane
from ktui.adapters.kafka.poll.round import Desk, Question
from ktui.adapters.kafka.settings_names import TOPIC_NAMES, topic_settings
from ktui.adapters.topics import TopicSettings

PERIOD_S: Final = 1.0
AGAIN_S: Final = 600.0
SOON_AGAIN_S: Final = 15.0
BATCH: Final = 500
ANSWER_S: Final = 10.0
UNKNOWN_TOPIC: Final = 3


class SettingsQuestion(Question):
    """Keeps a list of names to ask for; the ones with a short ISR go first."""

    what = "min.insync.replicas"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._due: dict[str, None] = {}
        self._known: dict[str, None] = {}
        self._urgent: frozenset[str] = frozenset()
        self._all_asked_at = time.monotonic()
        self._soon_asked_at = time.monotonic()
        self._has_failed = False
        self.all_asked = asyncio.Event()

    def period_s(self) -> float:
        return 0.0 if self._due and not self._has_failed and not self.is_covered else PERIOD_S

    @property
    def is_covered(self) -> bool:
        return self.desk.log.covers

    def on_covered(self) -> None:
        super().on_covered()
        self._due.clear()
        self._known.clear()
        if self.desk.log.is_live:
            self.all_asked.set()

    def on_names(self, fresh: Collection[str], removed: Collection[str], short: Collection[str]) -> None:
        """Topics are new, or are gone; `short` are those with a short ISR."""
        for name in removed:
            self._known.pop(name, None)
            self._due.pop(name, None)
        self._urgent = frozenset(short)
        self._due.update(dict.fromkeys(fresh))
        if fresh:
            self.all_asked.clear()
            self.hurry()

    def ask_all(self) -> None:
        """Ask for everything again."""
        self._due.update(self._known)
        self._all_asked_at = time.monotonic()
        self.hurry()

    async def ask(self) -> None:
        self._has_failed = False
        self._add_what_is_old()
        if self._due:
            await self._ask_batch()
        if not self._due:
            self.all_asked.set()

    def on_failure(self, error: AdapterError) -> None:
        self._has_failed = True
        self.desk.failed(self.what, "topics", str(error))
        self.all_asked.set()

    async def _ask_batch(self) -> None:
        names = self._next_batch()
        answer = await describe_topic_configs(
            self.desk.any_broker(Lane.BULK, timeout_s=ANSWER_S), names, TOPIC_NAMES
        )
        for name in names:
            self._due.pop(name, None)
        self._known.update(dict.fromkeys(names))
        settings, refusals = _split(answer)
        if settings:
            self.desk.tell(SettingsChanged(self.desk.stamp(), settings))
        self._tell_refusals(refusals)

    def _add_what_is_old(self) -> None:
        now = time.monotonic()
        if now - self._all_asked_at > AGAIN_S:
            self.ask_all()
        if now - self._soon_asked_at > SOON_AGAIN_S:
            self._soon_asked_at = now
            self._due.update(dict.fromkeys(name for name in self._soon() if name in self._known))

    def _soon(self) -> Iterable[str]:
        return [*self.desk.watched, *list(self._urgent)[:BATCH]]

    def _next_batch(self) -> list[str]:
        first = [name for name in self._urgent if name in self._due][:BATCH]
        seen = set(first)
        for name in self._due:
            if len(first) >= BATCH:
                break
            if name not in seen:
                first.append(name)
        return first

    def _tell_refusals(self, refusals: Mapping[str, Refused]) -> None:
        if not refusals:
            if not self._due:
                self.desk.works(self.what, "topics")
            return
        denied = [refusal for refusal in refusals.values() if isinstance(refusal, NotPermitted)]
        reason = str(next(iter(denied or refusals.values())))
        self.desk.failed(self.what, "topics", f"{len(refusals)} or more topics: {reason}")


def _split(
    answer: Mapping[str, Mapping[str, ConfigValue] | Refused],
) -> tuple[dict[str, TopicSettings], dict[str, Refused]]:
    settings: dict[str, TopicSettings] = {}
    refusals: dict[str, Refused] = {}
    for name, values in answer.items():
        if not isinstance(values, Refused):
            settings[name] = _settings_of(values)
        elif values.code != UNKNOWN_TOPIC:
            refusals[name] = values
    return settings, refusals


def _settings_of(values: Mapping[str, ConfigValue]) -> TopicSettings:
    return topic_settings({name: value.value for name, value in values.items() if value.value is not None})
