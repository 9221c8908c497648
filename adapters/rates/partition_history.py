"""Five minutes of the partitions that somebody looks at, and of no others."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from math import nan
from typing import Final

from ktui.adapters.rates.frames import Frame
from ktui.adapters.rates.track import Track

MOST_PARTITIONS: Final = 5_000
MOMENTS: Final = 300
ARRAY_BYTES: Final = 80
"""What an array takes beside its values."""


class PartitionHistory:
    """Frames of one topic at a time; a topic that does not fit any more is cut to its first partitions."""

    def __init__(self) -> None:
        self._kept: dict[str, deque[Frame]] = {}
        self._sizes: dict[str, int] = {}

    def keep(self, wanted: Sequence[tuple[str, int]]) -> None:
        """These topics, with as many partitions each, in the order of their importance; others are forgotten."""
        left, sizes = MOST_PARTITIONS, dict[str, int]()
        for name, count in wanted:
            if left <= 0:
                break
            sizes[name] = min(count, left)
            left -= sizes[name]
        self._kept = {name: self._kept.get(name) or deque(maxlen=MOMENTS) for name in sizes}
        self._sizes = sizes

    def put(self, tracks: Mapping[str, Track], at: float, clock: float, since: float) -> None:
        """The newest rates; a partition whose last sample is not younger than `since` has none."""
        for name, kept in self._kept.items():
            track = tracks.get(name)
            if track is not None:
                kept.append(Frame(at, clock, _fresh(track, self._sizes[name], since)))

    def picture(self) -> Mapping[str, tuple[Frame, ...]]:
        return {name: tuple(kept) for name, kept in self._kept.items()}

    @property
    def bytes(self) -> int:
        return sum(
            len(kept) * (ARRAY_BYTES + self._sizes[name] * array("f").itemsize)
            for name, kept in self._kept.items()
        )


def _fresh(track: Track, size: int, since: float) -> array[float]:
    pairs: Iterable[tuple[float, float]] = zip(track.rates[:size], track.stamps[:size], strict=True)
    return array("f", [rate if since < stamp < float("inf") else nan for rate, stamp in pairs])
