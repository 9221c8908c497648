"""All rates of a cluster and their history: a store of its own, which never makes a topic look changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ktui.adapters.rates.book import Book
from ktui.adapters.rates.exact import ExactRates
from ktui.adapters.rates.frames import TIERS, Steps, Tier, limits_for
from ktui.adapters.rates.meter import OwnTraffic
from ktui.adapters.rates.motion import Changes
from ktui.adapters.rates.partition_history import PartitionHistory
from ktui.adapters.rates.record_sizes import RecordSizes
from ktui.adapters.rates.slots import NO_VALUE, SlotFrames
from ktui.adapters.rates.totals import SHOWN_MISSES, TickSums, Totals
from ktui.adapters.rates.track import Track
from ktui.adapters.rates.view import RatesView

MEMORY_BYTES: Final = 32_000_000
AT_ONCE: Final = 500
"""Topics that are worked on in one step."""
LATE: Final = 1.5
"""Ticks after which a sample covers more than its own tick."""


@dataclass(frozen=True, slots=True)
class Tick:
    """One round of samples. Clocks are `time.monotonic()`."""

    at: float
    """Its end, seconds since the epoch."""
    clock: float
    """Its end."""
    began: float
    """The end of the tick before: samples from before belong there."""
    seconds: float
    """Its length."""
    patience_s: Callable[[Track], float]
    """How much older a topic's samples may be because it was not its turn; 0 for one that is due in every tick."""
    brokers: Mapping[int, bool | None]
    """All known brokers, and whether they answer; None: gone, so that it leads nothing."""


class RateStore:
    """Fed by one thread; what `view` gives is for all."""

    def __init__(self, *, memory_bytes: int = MEMORY_BYTES, tiers: Sequence[Tier] = TIERS) -> None:
        self.topics: SlotFrames[str] = SlotFrames(tiers)
        self.totals = Totals()
        self.partitions = PartitionHistory()
        self.sizes = RecordSizes()
        self.exact = ExactRates()
        self._quiet = Book()
        """Topics without a slot that are known to be idle, and since when (by the clock)."""
        self._changes = Changes()
        self._memory_bytes = memory_bytes
        self._tiers = tuple(tiers)
        self._limits = limits_for(self._tiers, 1, memory_bytes)
        self._revision = 0

    def finish(self, tick: Tick, tracks: Mapping[str, Track]) -> Steps:
        """Take the samples of a tick, in steps."""
        self.topics.begin()
        sums = TickSums(self.sizes)
        for number, track in enumerate(list(tracks.values()), 1):
            patience_s = tick.patience_s(track)
            since = tick.clock - patience_s if patience_s else tick.began
            self._take(track, tick, since)
            sums.add(track, since)
            if number % AT_ONCE == 0:
                yield
        self.totals.take(sums, tick.brokers, tick.seconds)
        self.partitions.put(tracks, tick.at, tick.clock, tick.began)
        room = self._memory_bytes - self.partitions.bytes - self.totals.slots.frames.bytes
        self._limits = limits_for(self._tiers, len(self.topics), room)
        yield
        full = [tier.count for tier in self.totals.slots.frames.tiers]
        yield from self.totals.slots.end(tick.at, tick.clock, full)
        yield from self.topics.end(tick.at, tick.clock, self._limits)

    def _take(self, track: Track, tick: Tick, since: float) -> None:
        sampled_at = track.sampled_at()
        if sampled_at <= tick.began:
            if sampled_at > since:
                self._put(track, NO_VALUE)
            else:
                self._miss(track)
            return
        rate = track.rate()
        if rate != rate:
            track.covers_from = tick.clock
            self._miss(track)
        else:
            self._know(track, rate, tick)

    def _know(self, track: Track, rate: float, tick: Tick) -> None:
        name, before = track.name, track.covers_from
        seconds = tick.clock - before if before is not None else tick.seconds
        number = track.shown.add(rate, seconds)
        track.missed, track.has_value, track.covers_from = 0, True, tick.clock
        self._changes.note(name, track.motion, number if rate else 0.0, tick.at, tick.clock)
        if name not in self.topics:
            if not rate:
                self._quiet.put(name, tick.clock - seconds)
                return
            self._begin(name, before if before is not None else tick.clock - seconds)
        if before is not None and seconds > LATE * tick.seconds:
            self.topics.fill(name, before, tick.clock, rate)
        self._put(track, rate)

    def _begin(self, name: str, until: float) -> None:
        """Its first movement: until then it was idle, as far as it was sampled."""
        quiet_since = self._quiet.drop(name)
        self.topics.slot(name)
        if quiet_since is not None:
            self.topics.fill(name, quiet_since, until, 0.0)

    def _miss(self, track: Track) -> None:
        track.missed += 1
        track.motion.idle_since = None
        if track.missed >= SHOWN_MISSES or not track.has_value:
            track.shown.forget()
            self._quiet.drop(track.name)
        self._put(track, NO_VALUE)

    def _put(self, track: Track, rate: float) -> None:
        if track.name in self.topics:
            self.topics.put(track.name, rate, track.shown.value)

    def spread(self, track: Track, after: float, at: float, clock: float) -> None:
        """A topic that was sampled seldom has moved since then: its mean rate belongs to all of that time."""
        rate = track.rate()
        if not rate > 0:
            return
        idle_since = self._quiet.get(track.name)
        track.motion.idle_since = after if idle_since is None and track.name in self.topics else idle_since
        self._changes.note(track.name, track.motion, rate, at, clock)
        self._begin(track.name, after)
        self.topics.fill(track.name, after, clock, rate)
        track.has_value, track.covers_from = True, clock

    def rest(self, track: Track) -> None:
        """A topic is not sampled in every tick any more, because it does not move."""
        self._quiet.drop(track.name)
        is_known = track.has_value and not track.missed
        if track.name in self.topics:
            self.topics.rest(track.name, 0.0 if is_known else NO_VALUE)
        elif is_known and track.covers_from is not None:
            self._quiet.put(track.name, track.covers_from)

    def wake(self, name: str) -> None:
        """A topic is sampled in every tick from now on."""
        self.topics.rest(name, NO_VALUE)

    def doubt(self, names: Iterable[str]) -> None:
        """Whether these idle topics are still idle could not be found out."""
        for name in names:
            self._quiet.drop(name)
            self.topics.rest(name, NO_VALUE)

    def trust(self, names: Iterable[str], since: float) -> None:
        """These topics have not moved since then (by the clock)."""
        for name in names:
            if name in self.topics:
                self.topics.rest(name, 0.0)
            else:
                self._quiet.put(name, since)

    def forget(self, names: Collection[str]) -> None:
        """Topics that are gone, or are others of the same name."""
        for name in names:
            self.topics.release(name)
            self._quiet.drop(name)
            self._changes.forget(name)
            self.sizes.forget(name)

    def names(self) -> set[str]:
        """All topics of which anything is known."""
        return {*self.topics.keys, *self._quiet.picture()}

    @property
    def shortened(self) -> str | None:
        """Why history is shorter than it should be; None: it is not."""
        if all(limit >= tier.count for limit, tier in zip(self._limits, self._tiers, strict=True)):
            return None
        kept = ", ".join(
            f"{limit * tier.step_s:.0f} s in steps of {tier.step_s:.0f} s"
            for limit, tier in zip(self._limits, self._tiers, strict=True)
        )
        room = self._memory_bytes // 1_000_000
        return f"{len(self.topics)} topics have moved, too many for {room} MB of history; kept are {kept}"

    def view(self, at: float, clock: float, *, own: OwnTraffic | None, active_period_s: float) -> RatesView:
        """What is known now, for any thread."""
        self._revision += 1
        return RatesView(
            revision=self._revision,
            at=at,
            clock=clock,
            own=own,
            active_period_s=active_period_s,
            shortened=self.shortened,
            began=self._changes.began(),
            stopped=self._changes.stopped(),
            topics=self.topics.picture(),
            totals=self.totals.slots.picture(),
            partitions=self.partitions.picture(),
            quiet=self._quiet.picture(),
            record_sizes=self.sizes.picture(),
            total_record_sizes=self.totals.record_bytes,
            exact=self.exact.picture(clock),
        )
