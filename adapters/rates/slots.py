"""Frames with names: which slot belongs to what, and the values of the moment that is being written."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping, Sequence
from math import nan
from typing import Final, Generic, NamedTuple, TypeVar

from ktui.adapters.rates.frames import TIERS, Frame, Frames, Steps, Tier

K = TypeVar("K")
NO_VALUE: Final = nan


class Picture(NamedTuple, Generic[K]):
    """What readers of other threads get. Slots, frames and numbers never change their meaning."""

    slots: Mapping[K, int]
    tiers: tuple[tuple[Frame, ...], ...]
    shown: array[float]

    def number(self, key: K) -> float | None:
        """The number shown; None: not known now."""
        slot = self.slots.get(key)
        value = self.shown[slot] if slot is not None and slot < len(self.shown) else NO_VALUE
        return value if value == value else None


class SlotFrames(Generic[K]):
    """Frames of things that come and go."""

    def __init__(self, tiers: Sequence[Tier] = TIERS) -> None:
        self.frames = Frames(tiers)
        self._slots: dict[K, int] = {}
        self._told: Mapping[K, int] = {}
        self._is_told = True
        self._free: list[int] = []
        self._resting = array("f")
        """What a slot is worth in a moment in which nobody says anything about it."""
        self._now = array("f")
        self._shown = array("f")

    def __len__(self) -> int:
        return len(self._resting)

    def __contains__(self, key: K) -> bool:
        return key in self._slots

    @property
    def keys(self) -> Collection[K]:
        return self._slots.keys()

    def slot(self, key: K) -> int:
        """The slot of this thing; a new one when it has none."""
        slot = self._slots.get(key)
        if slot is None:
            slot = self._free.pop() if self._free else len(self._resting)
            if slot == len(self._resting):
                for values in (self._resting, self._now, self._shown):
                    values.append(NO_VALUE)
            self._slots[key] = slot
            self._is_told = False
        return slot

    def release(self, key: K) -> None:
        """Forget a thing and its history."""
        slot = self._slots.pop(key, None)
        if slot is None:
            return
        self.frames.wipe(slot)
        self._resting[slot] = self._now[slot] = self._shown[slot] = NO_VALUE
        self._free.append(slot)
        self._is_told = False

    def begin(self) -> None:
        """A new moment begins."""
        self._now = self._resting[:]

    def put(self, key: K, value: float, shown: float | None) -> None:
        """A rate (NaN: not known) and the number beside it."""
        slot = self.slot(key)
        self._now[slot] = value
        self._shown[slot] = NO_VALUE if shown is None else shown

    def rest(self, key: K, value: float) -> None:
        """From now on this value stands, until something else is put."""
        slot = self._slots.get(key)
        if slot is not None:
            self._resting[slot] = self._now[slot] = self._shown[slot] = value

    def fill(self, key: K, after: float, until: float, value: float) -> None:
        """A sample covers earlier moments too."""
        if after < until:
            self.frames.fill(self.slot(key), after, until, value)

    def end(self, at: float, clock: float, limits: Sequence[int]) -> Steps:
        """The moment is over."""
        yield from self.frames.push(Frame(at, clock, self._now[:]), limits)

    def picture(self) -> Picture[K]:
        if not self._is_told:
            self._told, self._is_told = dict(self._slots), True
        return Picture(self._told, self.frames.picture(), self._shown[:])
