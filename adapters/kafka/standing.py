"""How far the metadata log is: those who would ask brokers for the same look here first."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import StrEnum
from typing import Final

from ktui.adapters.topics import UNKNOWN_SETTINGS, TopicSettings

HEAD_START_S: Final = 1.0
"""Time for a controller to be found, before brokers are asked for everything."""


class LogState(StrEnum):
    """How far it is."""

    OFF = "off"
    """Not wanted."""
    STARTING = "starting"
    """No controller has answered yet."""
    LOADING = "loading"
    LIVE = "live"
    STALE = "stale"
    """It was refused, or nobody answers: a fault says why."""


class LogStanding:
    """Written by the follower of the log, read by the questions of the source that polls; both on the feed's loop."""

    def __init__(self, *, is_wanted: bool = False) -> None:
        self.state = LogState.STARTING if is_wanted else LogState.OFF
        self.on_change: Callable[[], None] = lambda: None
        self.defaults = UNKNOWN_SETTINGS
        """What the brokers' files say of topics: it is not in the log."""
        self.on_defaults: Callable[[TopicSettings], None] = lambda settings: None
        self._started_at = time.monotonic()

    @property
    def is_wanted(self) -> bool:
        return self.state is not LogState.OFF

    def put(self, state: LogState) -> None:
        """Tell how far it is."""
        if state is not self.state:
            self.state = state
            self.on_change()

    def put_defaults(self, defaults: TopicSettings) -> None:
        """Tell what the brokers' files say of topics."""
        self.defaults = defaults
        self.on_defaults(defaults)

    @property
    def is_live(self) -> bool:
        return self.state is LogState.LIVE

    @property
    def is_pending(self) -> bool:
        """Whether it may be live soon."""
        return self.state in (LogState.STARTING, LogState.LOADING)

    @property
    def covers(self) -> bool:
        """Whether topics, their settings and reassignments need not be asked of brokers."""
        if self.state is LogState.STARTING:
            return time.monotonic() - self._started_at < HEAD_START_S
        return self.state in (LogState.LOADING, LogState.LIVE)
