"""Plays a tape: where it is, what was known then, and the ways to get elsewhere. No clock and no thread of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from ktui.adapters.errors import BadAnswer
from ktui.adapters.events import Gap, SourceName, Stamp
from ktui.adapters.model import BrokerState, ClusterSnapshot
from ktui.adapters.rates.view import EMPTY_VIEW, RatesView
from ktui.adapters.reduce import Reducer
from ktui.adapters.replay.documents import Batch, Broken, Opening, Pulse, PulseTaken, RatesMoment, Step
from ktui.adapters.replay.rates_state import RatesState
from ktui.adapters.replay.tape import Tape
from ktui.adapters.timeline.story import TimelineView
from ktui.adapters.timeline.timeline import Timeline

WARM_S: Final = 1_800.0
"""So much before the moment that is sought is played too: what happened then is on the timeline."""
HOLE_S: Final = 30.0
"""Where nothing was recorded for longer, playing goes on behind it."""


class Player:
    """Used by one thread."""

    def __init__(self, tape: Tape) -> None:
        """At the beginning. AdapterError when nothing can be played."""
        self.tape = tape
        self.reducer = Reducer()
        self.pulse = Pulse()
        self.at = tape.begins_at
        """The moment that is shown."""
        self._rates = RatesState()
        self._view: RatesView | None = EMPTY_VIEW
        self._steps: Iterator[Step] = iter(())
        self._next: Step | None = None
        self._last_at = self.at
        """Of the last step that was played."""
        self._lost: str | None = None
        self._known: frozenset[str] | None = None
        """What was wrong when a search for problems was interrupted."""
        self.unknown = 0
        """Events that this program does not know."""
        self._begin(tape.begins_at)

    # What is shown

    @property
    def snapshot(self) -> ClusterSnapshot:
        return self.reducer.snapshot

    def rates(self) -> RatesView:
        """The same object until there are newer ones."""
        if self._view is None:
            self._view = self._rates.view() if self._rates.at else EMPTY_VIEW
        return self._view

    @property
    def is_at_end(self) -> bool:
        """Whether nothing follows."""
        return self._next is None

    @property
    def hole_ends_at(self) -> float | None:
        """When nothing was recorded for a while from here on: the moment at which it goes on."""
        if self._next is None or self._next.at - max(self.at, self._last_at) < HOLE_S:
            return None
        return self._next.at

    def timeline(self) -> TimelineView:
        """What happened since the chapter that playing began with; the same object until something did."""
        return self.reducer.timeline.view

    # Ways to go

    def play_until(self, at: float) -> None:
        """Go on to this moment."""
        while self._next is not None and self._next.at <= at:
            self._take()
        self.at = max(self.at, min(at, self.tape.ends_at))
        self._known = None
        self._settle()

    def step(self) -> bool:
        """Go on to the next change that a person would call one; whether there was one."""
        before = self.snapshot
        while self._next is not None:
            self._take()
            if is_change(before, self.snapshot):
                self._stand()
                return True
        self.at = self.tape.ends_at
        return False

    def look_for_problem(self, most: int = 1_000) -> bool | None:
        """Go on to the next moment at which something is wrong that was not. False: there is none; None: not yet found.

        No more than so many steps at once: call it again to look further.
        """
        known = troubles(self.snapshot) if self._known is None else self._known
        for _ in range(most):
            if self._next is None:
                self.at, self._known = self.tape.ends_at, None
                return False
            before = self.snapshot
            self._take()
            now = known if self.snapshot is before else troubles(self.snapshot)
            if not now <= known:
                self._stand()
                return True
            known = now
        self.at, self._known = self._last_at, known
        return None

    def seek(self, at: float) -> None:
        """Go to any moment, forward or back."""
        at = min(max(at, self.tape.begins_at), self.tape.ends_at)
        chapter = self.tape.chapter_at(at - WARM_S)
        if at < self.at or chapter > self._last_at:
            self._begin(chapter)
        self.play_until(at)

    def step_back(self) -> bool:
        """Go to the last change before this moment; whether there was one."""
        end = self.at
        self._begin(self.tape.chapter_at(end - WARM_S))
        begun_at, before, changed_at = self.at, self.snapshot, None
        while self._next is not None and self._next.at < end:
            self._take()
            if is_change(before, self.snapshot):
                before, changed_at = self.snapshot, self._last_at
        self.seek(begun_at if changed_at is None else changed_at)
        return changed_at is not None

    def _stand(self) -> None:
        """Here, at the last step that was played."""
        self.at, self._known = self._last_at, None

    # Steps

    def _begin(self, chapter_at: float) -> None:
        self._steps = self.tape.steps(chapter_at)
        self._lost, self._last_at = None, chapter_at
        self._next = next(self._steps, None)
        while self._next is not None and not isinstance(self._next, Opening):
            self._take()
        if self._next is None:
            raise BadAnswer(self.tape.damage or f"{self.tape.name}: nothing of it can be read")
        self._take(is_first=True)
        self.at, self._known = self._last_at, None

    def _take(self, *, is_first: bool = False) -> None:
        step = self._next
        assert step is not None
        before_at, self._last_at = self._last_at, step.at
        match step:
            case Opening():
                self._open(step, None if is_first else before_at)
            case Batch(events=events):
                self.unknown += step.unknown
                self.reducer.apply(events)
            case RatesMoment():
                self._move(step)
            case PulseTaken(pulse=pulse):
                self.pulse = pulse
            case Broken(sentence=sentence):
                self._lost = sentence
        self._settle()
        self._next = next(self._steps, None)

    def _settle(self) -> None:
        """What the timeline held back is told when its time has come."""
        due = self.reducer.timeline.due
        if due is not None and due <= max(self.at, self._last_at):
            self.reducer.settle()

    def _move(self, step: RatesMoment) -> None:
        try:
            step.apply(self._rates)
        except BadAnswer as error:
            self._lost = str(error)
        self._view = None

    def _open(self, opening: Opening, last_at: float | None) -> None:
        """Begin with a state; what was missed before it is told."""
        self.reducer = Reducer.recalling(opening.memory, Timeline(clock=lambda: max(self.at, self._last_at)))
        self._rates, self._view, self.pulse = opening.rates, None, opening.pulse
        if last_at is None and self._lost is None:
            return
        since = self.tape.begins_at if last_at is None else last_at
        reason = self._lost or f"nothing was recorded between {_when(since)} and {_when(opening.at)}"
        self._lost = None
        self.reducer.apply([Gap(Stamp(_source(self.snapshot), opening.at), reason)])


def is_change(before: ClusterSnapshot, after: ClusterSnapshot) -> bool:
    """Whether more is different than the offsets of the quorum and sizes on disk."""
    return before is not after and (
        before.topics is not after.topics
        or before.brokers is not after.brokers
        or any(
            getattr(before, name) != getattr(after, name)
            for name in ("controller", "controller_reason", "faults", "mode", "metadata_version", "is_loaded")
        )
    )


def troubles(snapshot: ClusterSnapshot) -> frozenset[str]:
    """What is wrong, by words that stay the same while it is."""
    health = snapshot.topics.health
    found = {
        name
        for name in ("offline", "under_min_isr", "at_min_isr", "under_replicated")
        if getattr(health, name)
    }
    found |= {
        f"broker {broker.id} {broker.state}"
        for broker in snapshot.brokers
        if broker.state in (BrokerState.MISSING, BrokerState.FENCED)
    }
    if snapshot.controller is None and snapshot.brokers_loaded:
        found.add("no controller" if snapshot.has_no_controller else "controller not known")
    return frozenset(found)


def _source(snapshot: ClusterSnapshot) -> SourceName:
    return SourceName(snapshot.sources[0]) if snapshot.sources else SourceName.POLL


def _when(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
