"""Which topics have just begun to move and which have just stopped."""

from __future__ import annotations

from typing import Final, NamedTuple

STEADY: Final = 5
"""Samples with movement that make a topic one that moves."""
STILL: Final = 3
"""Samples without movement after which it has stopped."""
IDLE_S: Final = 10.0
"""So long it must have been idle to have begun."""
KEPT: Final = 100


class Change(NamedTuple):
    """A topic that began to move or stopped."""

    topic: str
    at: float
    """Seconds since the epoch."""
    before: float
    """Its rate until then."""


class Motion:
    """What one topic did of late."""

    __slots__ = ("idle_since", "last_number", "moving", "number_before", "still")

    def __init__(self) -> None:
        self.moving = 0
        self.still = 0
        self.idle_since: float | None = None
        """Clock of the first sample without movement; None: it moves, or its past is not known."""
        self.last_number = 0.0
        self.number_before = 0.0
        """The last number but one: the last may be that of half a second."""


class Changes:
    """The newest changes, of which each topic has one at most."""

    def __init__(self) -> None:
        self._began: dict[str, Change] = {}
        self._stopped: dict[str, Change] = {}

    def note(self, name: str, motion: Motion, number: float, at: float, clock: float) -> None:
        """Take a sample: the number shown after it. Zero means that nothing came since the sample before."""
        if number > 0:
            self._moved(name, motion, number, at, clock)
            return
        motion.idle_since = clock if motion.idle_since is None else motion.idle_since
        motion.still += 1
        if motion.still == STILL:
            if motion.moving >= STEADY:
                self._began.pop(name, None)
                _put(self._stopped, Change(name, at, max(motion.last_number, motion.number_before)))
            motion.moving = 0

    def _moved(self, name: str, motion: Motion, number: float, at: float, clock: float) -> None:
        idle_since, motion.idle_since = motion.idle_since, None
        motion.still = 0
        motion.moving = min(motion.moving + 1, STEADY)
        motion.last_number, motion.number_before = number, motion.last_number
        self._stopped.pop(name, None)
        if idle_since is not None and clock - idle_since >= IDLE_S:
            _put(self._began, Change(name, at, 0.0))

    def forget(self, name: str) -> None:
        """The topic is gone."""
        self._began.pop(name, None)
        self._stopped.pop(name, None)

    def began(self) -> tuple[Change, ...]:
        """Newest first."""
        return tuple(reversed(self._began.values()))

    def stopped(self) -> tuple[Change, ...]:
        """Newest first; a topic that moves again is no longer there."""
        return tuple(reversed(self._stopped.values()))


def _put(changes: dict[str, Change], change: Change) -> None:
    changes.pop(change.topic, None)
    changes[change.topic] = change
    if len(changes) > KEPT:
        del changes[next(iter(changes))]
