"""Brokers and the cluster: sums of what their partitions receive, as far as all of it is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import nan
from typing import Final

from ktui.adapters.rates.keys import CLUSTER, Whole
from ktui.adapters.rates.record_sizes import RecordSizes
from ktui.adapters.rates.shown import Shown
from ktui.adapters.rates.slots import SlotFrames
from ktui.adapters.rates.track import Track

SHOWN_MISSES: Final = 2
"""A number is shown until so many samples in a row were missing."""


class TickSums:
    """The sums of one tick."""

    def __init__(self, sizes: RecordSizes) -> None:
        self._sizes = sizes
        self._messages: dict[int, float] = {}
        self._sized_messages: dict[int, float] = {}
        self._bytes: dict[int, float] = {}
        self._blank: set[int] = set()
        """Leaders with a partition whose rate is not known yet."""
        self._stale: set[int] = set()
        """Leaders that have not answered for a partition."""
        self._has_lost = False
        """Whether the rate of a topic is not known that has been."""

    def add(self, track: Track, since: float) -> None:
        """Count a topic; samples from until `since` do not count."""
        mean, rates = self._sizes.mean(track.name), track.rates
        for leader, indexes in track.groups:
            if len(indexes) == 1:
                part, oldest = rates[indexes[0]], track.stamps[indexes[0]]
            else:
                part, oldest = sum(rates[i] for i in indexes), min(track.stamps[i] for i in indexes)
            if oldest <= since:
                self._stale.add(leader)
            elif part == part:
                self._messages[leader] = self._messages.get(leader, 0.0) + part
                if mean is not None:
                    self._sized_messages[leader] = self._sized_messages.get(leader, 0.0) + part
                    self._bytes[leader] = self._bytes.get(leader, 0.0) + part * mean
            else:
                self._blank.add(leader)
                self._has_lost = self._has_lost or track.has_value

    @property
    def has_gaps(self) -> bool:
        """Whether a part of the whole is not known."""
        return self._has_lost or bool(self._stale) or not self._blank <= self._messages.keys()

    def total(self) -> float:
        """Of all brokers, as far as it is known."""
        return sum(self._messages.values())

    def broker(self, broker: int) -> float:
        """NaN: not known."""
        if broker in self._stale:
            return nan
        messages = self._messages.get(broker)
        if messages is None:
            return nan if broker in self._blank else 0.0
        return messages

    def record_bytes(self, brokers: Iterable[int]) -> float | None:
        """Mean bytes of the records that these receive, by the topics of which it is known."""
        brokers = tuple(brokers)
        messages = sum(self._sized_messages.get(broker, 0.0) for broker in brokers)
        return sum(self._bytes.get(broker, 0.0) for broker in brokers) / messages if messages else None


class Totals:
    """The history of brokers and of the cluster."""

    def __init__(self) -> None:
        self.slots: SlotFrames[int | Whole] = SlotFrames()
        self.record_bytes: Mapping[int | Whole, float] = {}
        self._shown: dict[int | Whole, Shown] = {}
        self._missed: dict[int | Whole, int] = {}

    def take(self, sums: TickSums, brokers: Mapping[int, bool | None], seconds: float) -> None:
        """The sums of a tick; by broker: whether it answers, None for one that is gone."""
        for gone in [key for key in self.slots.keys if key is not CLUSTER and key not in brokers]:
            self.slots.release(gone)
            self._shown.pop(gone, None)
        self.slots.begin()
        for broker, answers in brokers.items():
            self._put(broker, sums.broker(broker) if answers else nan, seconds)
        is_whole = bool(brokers) and not sums.has_gaps and False not in brokers.values()
        self._put(CLUSTER, sums.total() if is_whole else nan, seconds)
        self._take_sizes(sums, brokers)

    def _take_sizes(self, sums: TickSums, brokers: Iterable[int]) -> None:
        """The mean of the last tick with movement stands while there is none."""
        sizes: dict[int | Whole, float | None] = {CLUSTER: sums.record_bytes(brokers)}
        sizes.update((broker, sums.record_bytes((broker,))) for broker in brokers)
        now = {key: size or self.record_bytes.get(key) for key, size in sizes.items()}
        self.record_bytes = {key: size for key, size in now.items() if size is not None}

    def _put(self, key: int | Whole, rate: float, seconds: float) -> None:
        shown = self._shown.setdefault(key, Shown())
        if rate == rate:
            shown.add(rate, seconds)
            self._missed[key] = 0
        else:
            self._missed[key] = self._missed.get(key, 0) + 1
            if self._missed[key] >= SHOWN_MISSES:
                shown.forget()
        self.slots.put(key, rate, shown.value)
