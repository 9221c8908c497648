"""Asks for what is only wanted while a topic is looked at, again and again while it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from textual.widget import Widget

from ktui.adapters.errors import AdapterError
from ktui.adapters.model import Fault
from ktui.adapters.topics import Topic
from ktui.tui.asking import on_feed
from ktui.tui.desk import Desk

if TYPE_CHECKING:
    from ktui.adapters.kafka.topic_details import TopicDetails

PERIOD_S: Final = 5.0
PATIENCE_S: Final = 4.0


class DetailsReader:
    """`details` are those of the newest answer about the topic asked for last."""

    def __init__(self, desk: Desk, owner: Widget, changed: Callable[[], None]) -> None:
        self._desk = desk
        self._owner = owner
        self._changed = changed
        self.details: TopicDetails | None = None
        self._name: str | None = None
        self._asked_at: float | None = None
        self._heard_at: float | None = None
        self._is_asking = False

    def forget(self) -> None:
        """Another topic is looked at."""
        self.details = None
        self._name = None
        self._asked_at = None
        self._heard_at = None
        self._is_asking = False

    @property
    def faults(self) -> Sequence[Fault]:
        """What could not be read of it."""
        return () if self.details is None else self.details.faults

    def age_s(self) -> float | None:
        return None if self._heard_at is None else self._desk.monotonic() - self._heard_at

    def keep_fresh(self, topic: Topic) -> None:
        """Ask when the last time is a period ago and no answer is awaited."""
        now = self._desk.monotonic()
        period = PERIOD_S * max(1.0, self._desk.pace)
        if self._is_asking or (self._asked_at is not None and now - self._asked_at < period):
            return
        self._name, self._asked_at, self._is_asking = topic.name, now, True
        self._owner.run_worker(self._ask(topic), group="details", exclusive=True, exit_on_error=False)

    async def _ask(self, topic: Topic) -> None:
        from ktui.adapters.kafka.topic_details import fetch_topic_details

        try:
            details = await on_feed(
                self._desk.feed,
                lambda cluster: fetch_topic_details(cluster.pool, topic, timeout_s=PATIENCE_S),
            )
        except AdapterError:
            # What cannot be asked at all is a fault of the feed, which every view shows.
            details = None
        finally:
            if self._name == topic.name:
                self._is_asking = False
        if details is not None and self._name == topic.name:
            self.details, self._heard_at = details, self._desk.monotonic()
            self._changed()
