"""One picture of all rates, for readers in any thread: a new one at most once a second."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from heapq import nlargest
from typing import Final, NamedTuple

from ktui.adapters.rates.exact import BrokerRates
from ktui.adapters.rates.frames import TIERS, Frame
from ktui.adapters.rates.keys import CLUSTER, BytesRate, Key, Method, Whole
from ktui.adapters.rates.meter import OwnTraffic
from ktui.adapters.rates.motion import Change
from ktui.adapters.rates.shown import Shown
from ktui.adapters.rates.slots import Picture

NUMBER_FRAMES: Final = 10
"""More than go into a number: the oldest only say whether a step lies in between."""
LOOKED_FOR: Final = 100
"""The busiest topics that are remembered once they were asked for."""


class Point(NamedTuple):
    """A moment of a history; None: not known then."""

    at: float
    """Seconds since the epoch, at the end of the time that it is the mean of."""
    value: float | None


NO_PICTURE: Final[Picture[str]] = Picture({}, ((),) * len(TIERS), array("f"))
NO_TOTALS: Final[Picture[int | Whole]] = Picture({}, ((),) * len(TIERS), array("f"))


@dataclass(frozen=True, eq=False)
class RatesView:
    """Messages a second of topics, brokers, partitions and the cluster. 0.0: known to be idle; None: not known.

    A value that is missing in a history may be there in the next view, when a later sample covered its time.
    """

    revision: int = 0
    at: float = 0.0
    """Of the newest moment, seconds since the epoch."""
    clock: float = 0.0
    """The same by `time.monotonic()`."""
    own: OwnTraffic | None = None
    """What the program itself causes at the cluster."""
    active_period_s: float = 1.0
    """In which the topics that move are sampled: more than 1 when they are too many for the budget."""
    shortened: str | None = None
    """Why history is shorter than it should be, in one sentence; None: it is not."""
    began: tuple[Change, ...] = ()
    """Topics that began to move after being idle, newest first."""
    stopped: tuple[Change, ...] = ()
    """Topics that moved steadily and have stopped, newest first."""
    topics: Picture[str] = NO_PICTURE
    totals: Picture[int | Whole] = NO_TOTALS
    partitions: Mapping[str, tuple[Frame, ...]] = field(default_factory=dict)
    quiet: Mapping[str, float] = field(default_factory=dict)
    """Topics that never moved and are known to be idle, with the clock since when."""
    record_sizes: Mapping[str, float] = field(default_factory=dict)
    total_record_sizes: Mapping[int | Whole, float] = field(default_factory=dict)
    exact: Mapping[int, BrokerRates] = field(default_factory=dict)

    def messages_per_s(self, topic: str) -> float | None:
        """The number shown beside the topic's sparkline."""
        return self.per_s(topic)

    def per_s(self, key: Key) -> float | None:
        """Messages a second: a mean of the last five seconds that begins anew on a step."""
        if isinstance(key, tuple):
            return self._partition_number(*key)
        if isinstance(key, str):
            number = self.topics.number(key)
            return 0.0 if number is None and key in self.quiet else number
        return self.totals.number(key)

    def spark(self, key: Key, width: int) -> tuple[float | None, ...]:
        """The newest moments, so many, the newest last."""
        values = [point.value for point in self._points(key, 0, width)]
        return (*(None,) * (width - len(values)), *values)

    def history(self, key: Key, span_s: float) -> tuple[Point, ...]:
        """Oldest first, in steps of 1 s up to five minutes, 10 s up to an hour, 5 min beyond; the end is fine."""
        number = next(
            (n for n, tier in enumerate(TIERS) if tier.step_s * tier.count >= span_s), len(TIERS) - 1
        )
        points: list[Point] = []
        for tier in range(number, -1, -1):
            last = points[-1].at if points else self.at - span_s
            points += [point for point in self._points(key, tier, TIERS[tier].count) if point.at > last]
        return tuple(points)

    def bytes_per_s(self, key: str | int | Whole) -> BytesRate | None:
        """Bytes a second into a topic, a broker or the cluster, replication not counted."""
        exact = self._exact_bytes_in(key)
        if exact is not None:
            return BytesRate(exact, Method.METRICS)
        messages = self.per_s(key)
        if not messages:
            return None if messages is None else BytesRate(0.0, Method.LOG_GROWTH)
        size = self.record_sizes.get(key) if isinstance(key, str) else self.total_record_sizes.get(key)
        return None if size is None else BytesRate(messages * size, Method.LOG_GROWTH)

    def bytes_out_per_s(self, key: str | int | Whole) -> float | None:
        """Bytes a second to consumers; only the brokers' own counters tell."""
        if isinstance(key, int):
            rates = self.exact.get(key)
            return rates.bytes_out if rates else None
        if not self._has_all_counters:
            return None
        if isinstance(key, str):
            return sum(rates.topic_bytes_out.get(key, 0.0) for rates in self.exact.values())
        return _sum_of(rates.bytes_out for rates in self.exact.values())

    def handler_idle(self, broker: int) -> float | None:
        """Part of the time in which the broker's request handlers wait, 0 to 1; only its own counters tell."""
        rates = self.exact.get(broker)
        return rates.handler_idle if rates else None

    def record_bytes(self, topic: str) -> float | None:
        """Mean bytes of a record on disk."""
        return self.record_sizes.get(topic)

    def busiest(self, count: int) -> tuple[str, ...]:
        """The topics with the highest numbers, highest first; topics that do not move are left out."""
        if count > LOOKED_FOR:
            return tuple(name for _, name in nlargest(count, self._moving()))
        return self._busiest[:count]

    @cached_property
    def _busiest(self) -> tuple[str, ...]:
        return tuple(name for _, name in nlargest(LOOKED_FOR, self._moving()))

    def _moving(self) -> Iterator[tuple[float, str]]:
        shown = self.topics.shown
        for name, slot in self.topics.slots.items():
            if slot < len(shown) and shown[slot] > 0:
                yield shown[slot], name

    def _points(self, key: Key, tier: int, count: int) -> list[Point]:
        if isinstance(key, tuple):
            name, index = key
            frames = self.partitions.get(name, ()) if tier == 0 else ()
            return [Point(frame.at, frame.value(index)) for frame in frames[-count:]]
        if isinstance(key, str):
            slot = self.topics.slots.get(key)
            frames = self.topics.tiers[tier][-count:]
            if slot is None:
                since = self.quiet.get(key)
                return [Point(f.at, 0.0 if since is not None and f.clock > since else None) for f in frames]
        else:
            slot, frames = self.totals.slots.get(key), self.totals.tiers[tier][-count:]
            if slot is None:
                return [Point(frame.at, None) for frame in frames]
        return [Point(frame.at, frame.value(slot)) for frame in frames]

    def _partition_number(self, topic: str, index: int) -> float | None:
        shown = Shown()
        frames = self.partitions.get(topic, ())[-NUMBER_FRAMES:]
        if not frames or frames[-1].value(index) is None:
            return None
        for frame in frames:
            value = frame.value(index)
            if value is not None:
                shown.add(value, 1.0)
        return shown.value

    def _exact_bytes_in(self, key: str | int | Whole) -> float | None:
        if isinstance(key, int):
            rates = self.exact.get(key)
            return rates.bytes_in if rates else None
        if not self._has_all_counters:
            return None
        if isinstance(key, str):
            told = [r.topic_bytes_in[key] for r in self.exact.values() if key in r.topic_bytes_in]
            return sum(told) if told else None
        return _sum_of(rates.bytes_in for rates in self.exact.values())

    @cached_property
    def _has_all_counters(self) -> bool:
        brokers = {key for key in self.totals.slots if key is not CLUSTER}
        return bool(self.exact) and brokers <= self.exact.keys()


def _sum_of(values: Iterable[float | None]) -> float | None:
    known = list(values)
    return None if None in known else sum(value for value in known if value is not None)


EMPTY_VIEW: Final = RatesView()
