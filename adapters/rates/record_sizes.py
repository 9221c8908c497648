"""The mean size of a topic's records on disk, from the growth of the leaders' logs.

A log also shrinks: retention and DeleteRecords take whole segments away, compaction rewrites them. So a size that went
down says nothing, one that grew far too little is not believed at once, and the median of some samples counts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from statistics import median
from typing import Final

from ktui.adapters.rates.book import Book
from ktui.adapters.rates.frames import Steps
from ktui.adapters.rates.track import Track

SAMPLES: Final = 5
SUSPICIOUS: Final = 0.5
"""A sample below this part of the mean is believed when the next one agrees."""
AT_ONCE: Final = 300

_Place = tuple[int, float]
"""Bytes and end offset."""


class RecordSizes:
    """Mean bytes of a record by topic."""

    def __init__(self) -> None:
        self._before: dict[int, dict[str, dict[int, _Place]]] = {}
        self._samples: dict[str, deque[float]] = {}
        self._suspects: set[str] = set()
        self._means = Book()

    def mean(self, topic: str) -> float | None:
        """None: not known yet."""
        return self._means.get(topic)

    def picture(self) -> Mapping[str, float]:
        """All of them, for another thread."""
        return self._means.picture()

    def observe(
        self, broker: int, sizes: Mapping[str, Mapping[int, int]], at: float, tracks: Iterable[Track]
    ) -> Steps:
        """Take the bytes of a broker's replicas, as they were at this time (`time.monotonic()`), in steps."""
        before, now = self._before.get(broker, {}), dict[str, dict[int, _Place]]()
        for number, track in enumerate(tracks, 1):
            of_topic = sizes.get(track.name)
            led = next((indexes for leader, indexes in track.groups if leader == broker), None)
            if of_topic is not None and led is not None:
                now[track.name] = _places(track, led, of_topic, at)
                self._compare(track.name, before.get(track.name, {}), now[track.name])
            if number % AT_ONCE == 0:
                yield
        self._before[broker] = now

    def _compare(self, name: str, before: Mapping[int, _Place], now: Mapping[int, _Place]) -> None:
        grown, records = 0, 0.0
        for index, (size, offset) in now.items():
            was = before.get(index)
            if was is not None and size > was[0] and offset - was[1] >= 1:
                grown += size - was[0]
                records += offset - was[1]
        if records:
            self._add(name, grown / records)

    def _add(self, name: str, sample: float) -> None:
        mean = self._means.get(name)
        if mean is not None and sample < mean * SUSPICIOUS and name not in self._suspects:
            self._suspects.add(name)
            return
        samples = self._samples.setdefault(name, deque(maxlen=SAMPLES))
        if name in self._suspects:
            self._suspects.discard(name)
            if mean is not None and sample < mean * SUSPICIOUS:
                samples.clear()
        samples.append(sample)
        self._means.replace(name, median(samples))

    def forget(self, name: str) -> None:
        """The topic is gone or is another."""
        self._samples.pop(name, None)
        self._suspects.discard(name)
        self._means.drop(name)
        for places in self._before.values():
            places.pop(name, None)


def _places(track: Track, led: Iterable[int], sizes: Mapping[int, int], at: float) -> dict[int, _Place]:
    found = ((index, sizes.get(index), track.offset_at(index, at)) for index in led)
    return {index: (size, offset) for index, size, offset in found if size is not None and offset is not None}
