"""Rates over time, one array for each moment: a slot of the array for each thing that has a rate.

Writing a moment is one copy, reading a thing's history is one look into each of its moments, and a picture for another
thread is a tuple of references. A missing value is NaN; it may be filled in later, when a sample turns out to cover it.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from math import nan
from typing import Final, NamedTuple

AT_ONCE: Final = 2_000
"""Slots that are worked on in one step."""
VALUE_BYTES: Final = 4

Steps = Generator[None, None, None]


class Frame(NamedTuple):
    """One moment: the mean rates of the time that ends there."""

    at: float
    """Seconds since the epoch."""
    clock: float
    """`time.monotonic()`."""
    values: array[float]
    """By slot; may be shorter than the slots there are now."""

    def value(self, slot: int) -> float | None:
        """None: not known then."""
        if slot >= len(self.values):
            return None
        value = self.values[slot]
        return value if value == value else None


@dataclass(frozen=True, slots=True)
class Tier:
    """A resolution and how far back it reaches when there is room."""

    step_s: float
    count: int


class Filled(NamedTuple):
    """A sample turned out to cover earlier moments (by the clock)."""

    slot: int
    after: float
    until: float
    value: float


class Wiped(NamedTuple):
    """A slot lost its history."""

    slot: int


TIERS: Final = (Tier(1.0, 300), Tier(10.0, 360), Tier(300.0, 288))
"""Five minutes, an hour, a day."""


class Frames:
    """The moments of all tiers. A coarse one is the mean of its fine ones, of which at least half must be known."""

    def __init__(self, tiers: Sequence[Tier] = TIERS) -> None:
        self.tiers = tuple(tiers)
        self._kept: tuple[deque[Frame], ...] = tuple(deque() for _ in tiers)
        self._bucket_ends = [0.0] * len(tiers)
        self.journal: list[Filled | Wiped] | None = None
        """While it is a list, what happens to earlier moments is noted there."""

    @classmethod
    def of(cls, kept: Sequence[Sequence[Frame]], tiers: Sequence[Tier] = TIERS) -> Frames:
        """Go on with the moments of another one."""
        frames = cls(tiers)
        frames._kept = tuple(map(deque, kept))
        for number, (tier, moments) in enumerate(zip(tiers, kept, strict=True)):
            last = moments[-1:] or kept[0][:1]
            frames._bucket_ends[number] = last[0].clock + tier.step_s if last else 0.0
        return frames

    def push(self, frame: Frame, limits: Sequence[int]) -> Steps:
        """Add the newest moment, in steps; of each tier no more than so many are kept."""
        self._kept[0].append(frame)
        for number, tier in enumerate(self.tiers[1:], 1):
            end = self._bucket_ends[number]
            if not end:
                self._bucket_ends[number] = frame.clock + tier.step_s
            elif frame.clock >= end - self.tiers[0].step_s / 2:
                self._bucket_ends[number] = frame.clock + tier.step_s
                finer = [f for f in self._kept[number - 1] if f.clock > end - tier.step_s]
                if limits[number]:
                    yield from self._push_mean(number, frame, finer)
        for kept, limit in zip(self._kept, limits, strict=True):
            while len(kept) > limit:
                kept.popleft()

    def _push_mean(self, number: int, newest: Frame, finer: Sequence[Frame]) -> Steps:
        size = len(newest.values)
        mean = array("f")
        for start in range(0, size, AT_ONCE):
            end = min(start + AT_ONCE, size)
            columns = [_padded(frame.values[start:end], end - start) for frame in finer]
            mean.extend(map(_mean, zip(*columns, strict=True)))
            yield
        self._kept[number].append(Frame(newest.at, newest.clock, mean))

    def fill(self, slot: int, after: float, until: float, value: float) -> None:
        """Write a value into the fine moments of this time (by the clock): a sample covers them all."""
        if self.journal is not None:
            self.journal.append(Filled(slot, after, until, value))
        for frame in reversed(self._kept[0]):
            if frame.clock <= after:
                return
            if frame.clock <= until:
                missing = slot + 1 - len(frame.values)
                if missing > 0:
                    frame.values.extend([nan] * missing)
                frame.values[slot] = value

    def wipe(self, slot: int) -> None:
        """Forget the history of a slot that is to be used for something else."""
        if self.journal is not None:
            self.journal.append(Wiped(slot))
        for kept in self._kept:
            for frame in kept:
                if slot < len(frame.values):
                    frame.values[slot] = nan

    def picture(self) -> tuple[tuple[Frame, ...], ...]:
        """The moments of each tier, oldest first."""
        return tuple(tuple(kept) for kept in self._kept)

    @property
    def bytes(self) -> int:
        """What the values take."""
        return sum(len(frame.values) * VALUE_BYTES for kept in self._kept for frame in kept)


def _padded(values: array[float], size: int) -> array[float]:
    return values if len(values) == size else values + array("f", [nan]) * (size - len(values))


def _mean(values: tuple[float, ...]) -> float:
    total = sum(values)
    if total == total:
        return total / len(values)
    known = [value for value in values if value == value]
    return sum(known) / len(known) if 2 * len(known) >= len(values) else nan


def limits_for(tiers: Sequence[Tier], slots: int, room_bytes: int) -> tuple[int, ...]:
    """How many moments of each tier fit: the finest come first, so the coarsest go first."""
    limits, left = [], max(room_bytes, 0) // (VALUE_BYTES * max(slots, 1))
    for tier in tiers:
        limits.append(min(tier.count, left))
        left -= limits[-1]
    limits[0] = max(limits[0], 1)
    return tuple(limits)
