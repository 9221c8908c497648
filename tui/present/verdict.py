"""Is it OK? The worst thing that is known of a cluster, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ktui.adapters.health import Health, PartitionClass
from ktui.adapters.model import Broker, BrokerState, ClusterSnapshot
from ktui.tui.present.formats import age
from ktui.widgets.cells import Run, Tone

OK_SIGN = "●"
ALARM_SIGN = "▲"
PERMISSION_WORD = "needs "
"""How a reason begins when a right is missing."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The words and how alarming they are; `sign` says the same in one cell."""

    words: str
    tone: Tone
    sign: str = ALARM_SIGN

    @property
    def run(self) -> Run:
        return Run(f"{self.sign} {self.words}", self.tone)


def verdict(
    snapshot: ClusterSnapshot, *, silence_s: float | None = None, error: str | None = None
) -> Verdict:
    """The worst of what is known. `silence_s`: how long nothing was heard, if that is too long."""
    if not snapshot.brokers_loaded and not snapshot.is_loaded:
        return Verdict("NOT CONNECTED", Tone.BAD) if error else Verdict("connecting…", Tone.MUTED, "○")
    if silence_s is not None:
        return Verdict(f"STALE {age(silence_s)}", Tone.BAD)
    health = snapshot.topics.health
    return (
        _no_controller(snapshot)
        or _of_class(health, PartitionClass.OFFLINE, "OFFLINE", Tone.BAD)
        or _of_class(health, PartitionClass.UNDER_MIN_ISR, "UNDER MIN ISR", Tone.BAD)
        or _brokers(snapshot.brokers, BrokerState.MISSING, "MISSING", Tone.BAD)
        or _brokers(snapshot.brokers, BrokerState.FENCED, "FENCED", Tone.WARN)
        or _of_class(health, PartitionClass.AT_MIN_ISR, "AT MIN ISR", Tone.WARN)
        or _of_class(health, PartitionClass.UNDER_REPLICATED, "UNDER-REPLICATED", Tone.WARN)
        or _not_read(snapshot)
        or Verdict("OK", Tone.GOOD, OK_SIGN)
    )


def is_missing_right(reason: str | None) -> bool:
    return reason is not None and reason.startswith(PERMISSION_WORD)


def _no_controller(snapshot: ClusterSnapshot) -> Verdict | None:
    return Verdict("NO CONTROLLER", Tone.BAD) if snapshot.has_no_controller else None


def _of_class(health: Health, which: PartitionClass, words: str, tone: Tone) -> Verdict | None:
    how_many = health.of_class(which)
    return Verdict(f"{words} {how_many:,}", tone) if how_many else None


def _brokers(brokers: Iterable[Broker], state: BrokerState, word: str, tone: Tone) -> Verdict | None:
    concerned = [broker.id for broker in brokers if broker.state is state]
    if not concerned:
        return None
    if len(concerned) == 1:
        return Verdict(f"BROKER {concerned[0]} {word}", tone)
    return Verdict(f"{len(concerned)} BROKERS {word}", tone)


def _not_read(snapshot: ClusterSnapshot) -> Verdict | None:
    if not snapshot.is_loaded:
        return Verdict("reading topics…", Tone.MUTED, "○")
    if not snapshot.brokers_loaded:
        return Verdict("brokers not known", Tone.WARN)
    return None
