"""What all views share: the one picture of the cluster, the clock, and how times are written."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from datetime import tzinfo

from ktui.adapters.groups.view import EMPTY_GROUPS
from ktui.adapters.model import ClusterSnapshot
from ktui.adapters.rates.keys import Key
from ktui.adapters.rates.view import EMPTY_VIEW
from ktui.adapters.timeline.story import EMPTY_TIMELINE
from ktui.tui.ports import FeedPort, PlayerPort
from ktui.tui.present.header import Surroundings, age_line, silence
from ktui.tui.present.rates import RateLook, common_top
from ktui.tui.present.replay import replay_line
from ktui.tui.present.times import Times
from ktui.tui.settings import ConsoleSettings
from ktui.widgets.cells import Line

Clock = Callable[[], float]
PACE_STEP = 2.0
PACE_LEAST = 0.25
PACE_MOST = 16.0


class Desk:
    """Holds the newest snapshot, and the one that is shown: the same, unless the screen is paused."""

    def __init__(
        self,
        feed: FeedPort,
        settings: ConsoleSettings,
        *,
        player: PlayerPort | None = None,
        clock: Clock = time.time,
        monotonic: Clock = time.monotonic,
        zone: tzinfo | None = None,
    ) -> None:
        self.feed = feed
        self.player = player
        """Of a replay; None: the cluster is live."""
        self.settings = settings
        self.times = Times(settings.uses_utc, zone)
        self.newest = ClusterSnapshot()
        self.snapshot = self.newest
        self.newest_rates = EMPTY_VIEW
        self.rates = EMPTY_VIEW
        self.newest_groups = EMPTY_GROUPS
        self.groups = EMPTY_GROUPS
        self.newest_timeline = EMPTY_TIMELINE
        self.timeline = EMPTY_TIMELINE
        self.has_common_scale = False
        """Whether all sparklines of a table are drawn against the same value."""
        self.pace = 1.0
        self._clock = clock if player is None else player.clock
        self.monotonic = monotonic
        self._paused_at: float | None = None
        self._heard_when_paused: float | None = None

    def take(self, snapshot: ClusterSnapshot) -> bool:
        """A new snapshot; tells whether it is shown now."""
        self.newest = snapshot
        if self.is_paused:
            return False
        self.snapshot = snapshot
        return True

    def take_rates(self) -> bool:
        """Look whether the feed has newer ones; tells whether they are shown now."""
        newest = self.feed.rates()
        if newest is self.newest_rates:
            return False
        self.newest_rates = newest
        if self.is_paused:
            return False
        self.rates = newest
        return True

    def take_groups(self) -> bool:
        """Look whether more is known of groups; tells whether it is shown now."""
        newest = self.feed.groups()
        if newest is self.newest_groups:
            return False
        self.newest_groups = newest
        if self.is_paused:
            return False
        self.groups = newest
        return True

    def take_timeline(self) -> bool:
        """Look whether something happened; tells whether it is shown now."""
        newest = self.feed.timeline()
        if newest is self.newest_timeline:
            return False
        self.newest_timeline = newest
        if self.is_paused:
            return False
        self.timeline = newest
        return True

    def rate_look(self, spark_width: int, keys: Callable[[], Iterable[Key]]) -> RateLook:
        """How rates are drawn now; `keys` are those that share a scale, if they do."""
        top = common_top(self.rates, keys(), spark_width) if self.has_common_scale else None
        return RateLook(self.rates, spark_width, top)

    @property
    def is_paused(self) -> bool:
        return self._paused_at is not None

    def toggle_pause(self) -> None:
        if self.is_paused:
            self._paused_at = None
            self.snapshot = self.newest
            self.rates = self.newest_rates
            self.groups = self.newest_groups
            self.timeline = self.newest_timeline
        else:
            self._paused_at = self._clock()
            self._heard_when_paused = self.feed.heard_at()

    def now(self) -> float:
        """Seconds since the epoch; while the screen is paused, the moment when it was."""
        return self._clock() if self._paused_at is None else self._paused_at

    def set_pace(self, factor: float) -> float:
        """Multiply the periods of asking; gives what they are now, as a multiple of the usual."""
        self.pace = min(PACE_MOST, max(PACE_LEAST, self.pace * factor))
        self.feed.pace(self.pace)
        return self.pace

    def surroundings(self) -> Surroundings:
        """What the header says besides the snapshot."""
        heard_at = self.feed.heard_at()
        heard_s = None if heard_at is None else self.monotonic() - heard_at
        period_s = self.feed.period_s()
        settings = self.settings
        return Surroundings(
            settings.name,
            settings.environment,
            settings.is_read_only and self.player is None,
            settings.lock.is_locked,
            settings.lock.left_s,
            self._age(heard_s, period_s),
            None if self.is_paused else silence(heard_s, period_s),
            self.feed.last_error(),
            self.rates,
        )

    def _age(self, heard_s: float | None, period_s: float) -> Line:
        if self.player is not None:
            return replay_line(self.player.playing, self.now(), self.times)
        return age_line(heard_s, period_s, paused_s=self._paused_s())

    def _paused_s(self) -> float | None:
        if self._paused_at is None:
            return None
        if self._heard_when_paused is not None:
            return self.monotonic() - self._heard_when_paused
        return self._clock() - self._paused_at
