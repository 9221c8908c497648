"""The first line of the screen: is it OK, in which cluster, and how old is what is shown."""

from __future__ import annotations

from dataclasses import dataclass

from ktui.adapters.model import BrokerState, ClusterSnapshot, Mode
from ktui.adapters.rates.keys import CLUSTER
from ktui.adapters.rates.view import EMPTY_VIEW, RatesView
from ktui.adapters.target import PRODUCTION
from ktui.tui.present.formats import UNKNOWN, age, counted, rate
from ktui.tui.present.sanitise import safe
from ktui.tui.present.verdict import verdict
from ktui.tui.present.words import MODE_WORD
from ktui.widgets.cells import Line, Run, Tone, line
from ktui.widgets.status_line import StatusSegment


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the header says besides the snapshot."""

    name: str
    environment: str | None = None
    is_read_only: bool = False
    is_locked: bool = False
    unlocked_s: float | None = None
    """How long changes stay unlocked; None: they are locked, or were never."""
    age: Line = ()
    silence_s: float | None = None
    """How long nothing was heard, when that is too long to call the picture true."""
    error: str | None = None
    rates: RatesView = EMPTY_VIEW


def segments(snapshot: ClusterSnapshot, around: Surroundings) -> tuple[StatusSegment, ...]:
    """Rank 0 never goes: health, controller, brokers and age; the rate goes first, then partitions and topics."""
    judged = verdict(snapshot, silence_s=around.silence_s, error=around.error)
    parts = [StatusSegment(_name(around), rank=1)]
    if around.environment:
        parts.append(StatusSegment((Run(safe(around.environment), _environment_tone(around)),), rank=4))
    if snapshot.mode is not Mode.UNKNOWN or snapshot.brokers_loaded:
        parts.append(StatusSegment(line(MODE_WORD[snapshot.mode]), rank=2))
    if snapshot.brokers_loaded or snapshot.is_loaded:
        parts.append(StatusSegment(_controller(snapshot)))
        parts.append(StatusSegment(_brokers(snapshot)))
    if snapshot.is_loaded:
        parts.append(StatusSegment(line(counted(len(snapshot.topics), "topic")), rank=5))
        parts.append(StatusSegment(line(counted(snapshot.topics.partition_count, "partition")), rank=6))
    parts.append(StatusSegment((judged.run,)))
    lock = _lock(around)
    if lock is not None:
        parts.append(StatusSegment((lock,), rank=3, grow_right=True))
    if around.rates is not EMPTY_VIEW:
        total = f"{rate(around.rates.per_s(CLUSTER))}/s"
        parts.append(StatusSegment((Run(total, Tone.MUTED),), rank=7, grow_right=True))
    parts.append(StatusSegment(around.age, grow_right=True))
    return tuple(parts)


def age_line(heard_s: float | None, period_s: float, *, paused_s: float | None = None) -> Line:
    """`live` while the data is younger than two periods, its age beyond; `PAUSED` and the age of the picture."""
    if paused_s is not None:
        return (Run(f"PAUSED {age(paused_s)}", Tone.WARN),)
    if heard_s is None:
        return ()
    if heard_s < 2 * period_s:
        return (Run("live", Tone.GOOD),)
    return (Run(f"{age(heard_s)} old", Tone.WARN),)


def silence(heard_s: float | None, period_s: float) -> float | None:
    """The age of the data once it is too old to be called the present."""
    return heard_s if heard_s is not None and heard_s >= max(5.0, 4 * period_s) else None


def _lock(around: Surroundings) -> Run | None:
    """Whether the cluster can be changed, where that is not a matter of course."""
    if around.is_read_only:
        return Run("read-only", Tone.ACCENT)
    if around.is_locked:
        return Run("locked", Tone.ACCENT)
    return None if around.unlocked_s is None else Run(f"UNLOCKED {age(around.unlocked_s)}", Tone.WARN)


def _environment_tone(around: Surroundings) -> Tone:
    return Tone.BAD if around.environment == PRODUCTION else Tone.ACCENT


def _name(around: Surroundings) -> Line:
    return (Run(safe(around.name), _environment_tone(around) if around.environment else Tone.TITLE),)


def _controller(snapshot: ClusterSnapshot) -> Line:
    controller = snapshot.controller
    if controller is not None:
        epoch = "" if controller.epoch is None else f" e{controller.epoch}"
        return line(f"ctrl {controller.id}{epoch}")
    if snapshot.has_no_controller:
        return (Run("ctrl none", Tone.BAD),)
    return line(f"ctrl {UNKNOWN}")


def _brokers(snapshot: ClusterSnapshot) -> Line:
    if not snapshot.brokers_loaded:
        return line(f"{UNKNOWN} brokers")
    up = sum(1 for broker in snapshot.brokers if broker.state is BrokerState.UP)
    known = len(snapshot.brokers)
    return (Run(f"{up}/{known} brokers", Tone.NORMAL if up == known else Tone.BAD),)
