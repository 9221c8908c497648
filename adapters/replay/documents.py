"""The documents of a recording: the state at the beginning of a chapter, and the steps that follow it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ktui.adapters.errors import BadAnswer
from ktui.adapters.events import ClusterEvent
from ktui.adapters.memory import Memory
from ktui.adapters.rates.view import EMPTY_VIEW, RatesView
from ktui.adapters.replay.event_codec import read_event, write_event
from ktui.adapters.replay.payload import Blobs, join, split
from ktui.adapters.replay.plain import from_plain, to_plain
from ktui.adapters.replay.rates_codec import read_moment, read_rates, write_rates
from ktui.adapters.replay.rates_state import RatesState


@dataclass(frozen=True, slots=True)
class Pulse:
    """How the recorder stood with the cluster, told once a second."""

    silent_s: float | None = None
    """Seconds since the last answer; None: there has been none."""
    error: str | None = None
    """Why nothing was heard, in one sentence."""
    period_s: float = 1.0
    """In which the main source asked."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How things stand when a chapter begins."""

    at: float
    name: str
    """What the cluster is called."""
    program: str
    """Which ktui wrote it."""
    memory: Memory
    rates: RatesState
    pulse: Pulse


@dataclass(frozen=True, slots=True)
class Batch:
    """Events that were reduced together."""

    at: float
    events: Sequence[ClusterEvent]
    unknown: int = 0
    """Events of kinds that this program does not know."""


@dataclass(frozen=True, slots=True)
class RatesMoment:
    """New rates, as differences from those before."""

    at: float
    written: Any
    blobs: Sequence[bytes]

    def apply(self, state: RatesState) -> None:
        """BadAnswer for what cannot be read."""
        read_moment(state, self.written, self.blobs)


@dataclass(frozen=True, slots=True)
class PulseTaken:
    """A second has passed."""

    at: float
    pulse: Pulse


@dataclass(frozen=True, slots=True)
class Broken:
    """Something that was recorded is lost; what follows is right again."""

    at: float
    sentence: str


Step = Opening | Batch | RatesMoment | PulseTaken | Broken


def write_opening(name: str, program: str, memory: Memory, rates: RatesView, pulse: Pulse) -> bytes:
    """The payload of a STATE."""
    blobs: Blobs = []
    events = [write_event(event, blobs) for event in memory.events]
    document = {
        "name": name,
        "program": program,
        "events": events,
        "memory": to_plain(replace(memory, events=())),
        "rates": None if rates is EMPTY_VIEW else write_rates(rates, blobs),
        "pulse": to_plain(pulse),
    }
    return join(document, blobs)


def read_opening(at: float, payload: bytes) -> Opening:
    """BadAnswer for a payload that cannot be read."""
    document, blobs = split(payload)
    try:
        events = [read_event(written, blobs) for written in document["events"]]
        known = tuple(event for event in events if event is not None)
        memory = replace(from_plain(document["memory"], Memory), events=known)
        rates = RatesState() if document["rates"] is None else read_rates(document["rates"], blobs)
        pulse = from_plain(document["pulse"], Pulse)
        return Opening(at, str(document["name"]), str(document["program"]), memory, rates, pulse)
    except (TypeError, KeyError, AttributeError) as error:
        raise BadAnswer(f"the state of a recording cannot be read: {error}") from error


class StepsWriter:
    """Collects the steps of one frame."""

    def __init__(self) -> None:
        self._steps: list[Any] = []
        self.blobs: Blobs = []

    def __bool__(self) -> bool:
        return bool(self._steps)

    def add_events(self, at: float, events: Sequence[ClusterEvent]) -> None:
        self._steps.append([at, "events", [write_event(event, self.blobs) for event in events]])

    def add_rates(self, at: float, written: Any) -> None:
        """What `write_moment` gave with the blobs of this."""
        self._steps.append([at, "rates", written])

    def add_pulse(self, at: float, pulse: Pulse) -> None:
        self._steps.append([at, "pulse", to_plain(pulse)])

    def payload(self) -> bytes:
        """The payload of STEPS."""
        return join(self._steps, self.blobs)


def read_steps(payload: bytes) -> Iterator[Step]:
    """BadAnswer for a payload that cannot be read; steps of kinds that this program does not know are left out."""
    document, blobs = split(payload)
    try:
        for at, kind, written in document:
            if kind == "events":
                events = [read_event(each, blobs) for each in written]
                known = tuple(event for event in events if event is not None)
                yield Batch(float(at), known, len(events) - len(known))
            elif kind == "rates":
                yield RatesMoment(float(at), written, blobs)
            elif kind == "pulse":
                yield PulseTaken(float(at), from_plain(written, Pulse))
    except (TypeError, ValueError, AttributeError) as error:
        raise BadAnswer(f"the steps of a recording cannot be read: {error}") from error
