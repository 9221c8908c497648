"""A recording in the place of a cluster: what the console needs of a feed, and the buttons of a player."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Awaitable, Callable, Collection
from concurrent.futures import Future
from typing import TYPE_CHECKING, Final, TypeVar

from ktui.adapters.errors import AdapterError, NoAnswer
from ktui.adapters.groups.view import EMPTY_GROUPS, GroupsView, Wanted
from ktui.adapters.model import ClusterSnapshot
from ktui.adapters.rates.view import EMPTY_VIEW, RatesView
from ktui.adapters.replay.player import Player
from ktui.adapters.replay.playing import Playing
from ktui.adapters.timeline.story import EMPTY_TIMELINE, TimelineView

if TYPE_CHECKING:
    from ktui.adapters.connect import Cluster

log = logging.getLogger(__name__)

T = TypeVar("T")
TICK_S: Final = 0.05
LEAST_SPEED: Final = 0.25
MOST_SPEED: Final = 1_024.0
LATE_S: Final = 0.25
"""More time than this between two ticks is not played: the machine slept, or a step took long."""


class ReplayFeed:
    """Made and used by the thread of the terminal; plays on its own."""

    def __init__(
        self,
        player: Player,
        *,
        speed: float = 1.0,
        is_running: bool = True,
        loops: bool = False,
        greeting: str = "",
    ) -> None:
        self._player = player
        self._loops = loops
        self._greeting = greeting
        """What is said at the beginning."""
        self._orders: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._on_snapshot: Callable[[ClusterSnapshot], None] = lambda snapshot: None
        self._shown: ClusterSnapshot | None = None
        self._rates: RatesView = EMPTY_VIEW
        self._timeline: TimelineView = EMPTY_TIMELINE
        tape = player.tape
        self._playing = Playing(player.at, tape.begins_at, tape.ends_at, speed, is_running)
        self._told_at = time.monotonic()
        self.say: Callable[[str], None] = lambda sentence: None
        """Is called on the player's thread with what came of a button."""

    # The feed

    def start(self, on_snapshot: Callable[[ClusterSnapshot], None]) -> None:
        """Begin; `on_snapshot` is called on the player's thread, at most about twenty times a second."""
        self._on_snapshot = on_snapshot
        self._thread = threading.Thread(target=self._run, name="ktui-replay", daemon=True)
        self._thread.start()

    def stop(self, limit_s: float = 1.0) -> None:
        self._orders.put(None)
        if self._thread is not None:
            self._thread.join(limit_s)

    def look_at(self, topics: Collection[str]) -> None:
        """Everything has been recorded already."""

    def refresh(self) -> None:
        """There is nobody to ask."""

    def pace(self, factor: float) -> None:
        """See `play_at`."""

    def heard_at(self) -> float | None:
        """By this machine's `time.monotonic()`, as if the cluster had been heard then."""
        silent_s = self._player.pulse.silent_s
        return None if silent_s is None else time.monotonic() - silent_s

    def last_error(self) -> str | None:
        """What the recorder could not reach then."""
        return self._player.pulse.error

    def period_s(self) -> float:
        return self._player.pulse.period_s

    def rates(self) -> RatesView:
        return self._rates

    def timeline(self) -> TimelineView:
        return self._timeline

    def look_at_groups(self, wanted: Wanted) -> None:
        """See `groups`."""

    def groups(self) -> GroupsView:
        """Groups are asked for when somebody looks; nobody did."""
        return EMPTY_GROUPS

    def submit(self, work: Callable[[Cluster], Awaitable[T]]) -> Future[T]:
        """Nothing can be asked of a recording."""
        failed: Future[T] = Future()
        failed.set_exception(NoAnswer("this is a replay: what was not recorded cannot be asked for"))
        return failed

    # The player

    @property
    def playing(self) -> Playing:
        """As of the last tick."""
        return self._playing

    def clock(self) -> float:
        """The time in the recording, which passes with the speed; seconds since the epoch."""
        now = self._playing
        if not now.is_running:
            return now.at
        passed = min(time.monotonic() - self._told_at, LATE_S)
        return min(now.at + passed * now.speed, now.ends_at)

    def toggle(self) -> None:
        """Play or pause; from the end it begins anew."""
        self._orders.put(self._toggle)

    def play_at(self, factor: float) -> float:
        """Multiply the speed; gives the new one."""
        speed = min(MOST_SPEED, max(LEAST_SPEED, self._playing.speed * factor))
        self._orders.put(lambda: self._tell(speed=speed))
        return speed

    def step(self) -> None:
        """To the next change, and pause there."""
        self._orders.put(lambda: self._stand(self._player.step(), "No change follows."))

    def step_back(self) -> None:
        """To the change before, and pause there."""
        self._orders.put(lambda: self._stand(self._player.step_back(), "No change is before this."))

    def next_problem(self) -> None:
        """To the next moment at which something is wrong that was not, and pause there."""
        self._orders.put(lambda: self._tell(is_searching=True, is_running=False))

    def seek(self, at: float) -> None:
        """To this moment, and go on as before."""
        self._orders.put(lambda: self._seek(at))

    # On its own thread

    def _run(self) -> None:
        try:
            self._publish()
            if self._greeting:
                self.say(self._greeting)
            while self._obey():
                self._advance()
                self._publish()
        except Exception:
            log.exception("the replay ended")
            self.say("The replay has failed; the log has the details.")

    def _obey(self) -> bool:
        """Do what was asked for; without anything to play, wait for it. False: leave."""
        is_busy = self._playing.is_running or self._playing.is_searching
        wait_s: float | None = TICK_S if self._playing.is_running else 0.0 if is_busy else None
        while True:
            try:
                order = self._orders.get(timeout=wait_s) if wait_s != 0.0 else self._orders.get_nowait()
            except queue.Empty:
                return True
            if order is None:
                return False
            self._tell(is_searching=False)
            try:
                order()
            except AdapterError as error:
                self.say(str(error))
            self._publish()
            wait_s = 0.0

    def _advance(self) -> None:
        now = self._playing
        if now.is_searching:
            found = self._player.look_for_problem()
            if found is not None:
                self._stand(found, "No other problem follows.")
            return
        if not now.is_running:
            return
        passed = min(time.monotonic() - self._told_at, LATE_S)
        hole_ends_at = self._player.hole_ends_at
        self._player.play_until(hole_ends_at or now.at + passed * now.speed)
        if self._player.is_at_end and self._player.at >= now.ends_at:
            self._end()

    def _end(self) -> None:
        if self._loops:
            self._player.seek(self._player.tape.begins_at)
            self.say("It begins again.")
        else:
            self._tell(is_running=False)

    def _toggle(self) -> None:
        if self._playing.is_at_end and not self._playing.is_running:
            self._player.seek(self._player.tape.begins_at)
            self._tell(is_running=True)
        else:
            self._tell(is_running=not self._playing.is_running)

    def _seek(self, at: float) -> None:
        self._tell(is_searching=True)
        self._player.seek(at)
        self._tell(is_searching=False)

    def _stand(self, is_found: bool, otherwise: str) -> None:
        self._tell(is_running=False, is_searching=False)
        if not is_found:
            self.say(otherwise)

    def _tell(self, **changed: bool | float) -> None:
        now = self._playing
        self._playing = Playing(
            self._player.at,
            now.begins_at,
            now.ends_at,
            float(changed.get("speed", now.speed)),
            bool(changed.get("is_running", now.is_running)),
            bool(changed.get("is_searching", now.is_searching)),
            self._player.is_at_end and self._player.at >= now.ends_at,
        )
        self._told_at = time.monotonic()

    def _publish(self) -> None:
        self._tell()
        self._rates, self._timeline = self._player.rates(), self._player.timeline()
        if self._player.snapshot is not self._shown:
            self._shown = self._player.snapshot
            self._on_snapshot(self._shown)
