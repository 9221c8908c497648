"""Rates as a replay holds them: moments as they were written, from which the same tiers and the same views are made."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import nan
from typing import Generic, TypeVar

from ktui.adapters.rates.exact import BrokerRates
from ktui.adapters.rates.frames import TIERS, Filled, Frame, Frames, Wiped, limits_for
from ktui.adapters.rates.keys import Whole
from ktui.adapters.rates.meter import OwnTraffic
from ktui.adapters.rates.motion import Change
from ktui.adapters.rates.partition_history import MOMENTS
from ktui.adapters.rates.slots import Picture
from ktui.adapters.rates.store import MEMORY_BYTES
from ktui.adapters.rates.view import RatesView

K = TypeVar("K")


@dataclass
class Moments(Generic[K]):
    """The history of things with slots."""

    slots: Mapping[K, int] = field(default_factory=dict)
    frames: Frames = field(default_factory=Frames)
    now: array[float] = field(default_factory=lambda: array("f"))
    shown: array[float] = field(default_factory=lambda: array("f"))

    @classmethod
    def of(cls, picture: Picture[K]) -> Moments[K]:
        """Go on from a picture; its moments are this one's own from now on."""
        newest = picture.tiers[0][-1].values[:] if picture.tiers[0] else array("f")
        return cls(picture.slots, Frames.of(picture.tiers), newest, picture.shown)

    def rename(self, slots: Mapping[K, int]) -> None:
        """These things have these slots from now on."""
        self.slots = slots

    def correct(self, notes: Iterable[Filled | Wiped]) -> None:
        """What happened to earlier moments."""
        for note in notes:
            if isinstance(note, Filled):
                self.frames.fill(*note)
            else:
                self.frames.wipe(note.slot)
        newest = self.frames.picture()[0][-1:]
        self.now = newest[0].values[:] if newest else array("f")

    def push(
        self, at: float, clock: float, size: int, changed: Iterable[tuple[int, float, float]], room: int
    ) -> None:
        """A new moment of so many slots: those that changed, with value and number, the others as before."""
        for values in (self.now, self.shown):
            values.extend([nan] * (size - len(values)))
        self.shown = self.shown[:]
        for slot, value, number in changed:
            self.now[slot], self.shown[slot] = value, number
        limits = limits_for(TIERS, size, room)
        for _ in self.frames.push(Frame(at, clock, self.now[:]), limits):
            pass

    def picture(self) -> Picture[K]:
        return Picture(self.slots, self.frames.picture(), self.shown)


@dataclass
class RatesState:
    """Everything a view is made of."""

    revision: int = 0
    at: float = 0.0
    clock: float = 0.0
    own: OwnTraffic | None = None
    active_period_s: float = 1.0
    shortened: str | None = None
    began: tuple[Change, ...] = ()
    stopped: tuple[Change, ...] = ()
    topics: Moments[str] = field(default_factory=Moments)
    totals: Moments[int | Whole] = field(default_factory=Moments)
    partitions: Mapping[str, tuple[Frame, ...]] = field(default_factory=dict)
    quiet: Mapping[str, float] = field(default_factory=dict)
    record_sizes: Mapping[str, float] = field(default_factory=dict)
    total_record_sizes: Mapping[int | Whole, float] = field(default_factory=dict)
    exact: Mapping[int, BrokerRates] = field(default_factory=dict)

    @property
    def room(self) -> int:
        """Bytes for the history of topics."""
        partitions = sum(
            len(frames) * len(frames[-1].values) * 4 for frames in self.partitions.values() if frames
        )
        return MEMORY_BYTES - partitions

    def add_partitions(self, at: float, clock: float, values: Mapping[str, array[float]]) -> None:
        """The newest moment of the partitions that are kept; others are kept no more."""
        self.partitions = {
            name: (*self.partitions.get(name, ())[-MOMENTS + 1 :], Frame(at, clock, of_topic))
            for name, of_topic in values.items()
        }

    def view(self) -> RatesView:
        """For any thread."""
        self.revision += 1
        return RatesView(
            self.revision, self.at, self.clock, self.own, self.active_period_s, self.shortened,
            self.began, self.stopped, self.topics.picture(), self.totals.picture(), dict(self.partitions),
            self.quiet, self.record_sizes, self.total_record_sizes, self.exact,
        )  # fmt: skip
