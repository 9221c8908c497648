"""The words for states and classes, and how alarming each is."""

from __future__ import annotations

from typing import Final

from ktui.adapters.health import Health, PartitionClass
from ktui.adapters.model import BrokerState, Mode
from ktui.widgets.cells import Run, Tone

MODE_WORD: Final = {
    Mode.KRAFT: "KRaft",
    Mode.ZOOKEEPER: "ZooKeeper",
    Mode.MIGRATING: "migrating to KRaft",
    Mode.UNKNOWN: "kind not known yet",
}

CLASS_WORD: Final = {
    PartitionClass.OFFLINE: "offline",
    PartitionClass.UNDER_MIN_ISR: "under min ISR",
    PartitionClass.AT_MIN_ISR: "at min ISR",
    PartitionClass.UNDER_REPLICATED: "under-replicated",
    PartitionClass.OK: "ok",
}

CLASS_TONE: Final = {
    PartitionClass.OFFLINE: Tone.BAD,
    PartitionClass.UNDER_MIN_ISR: Tone.BAD,
    PartitionClass.AT_MIN_ISR: Tone.WARN,
    PartitionClass.UNDER_REPLICATED: Tone.WARN,
    PartitionClass.OK: Tone.MUTED,
}

STATE_TONE: Final = {
    BrokerState.UP: Tone.MUTED,
    BrokerState.FENCED: Tone.WARN,
    BrokerState.SHUTTING_DOWN: Tone.WARN,
    BrokerState.MISSING: Tone.BAD,
}

STATE_WORD: Final = {
    BrokerState.UP: "up",
    BrokerState.FENCED: "fenced",
    BrokerState.SHUTTING_DOWN: "shutting down",
    BrokerState.MISSING: "missing",
}

STATE_SIGN: Final = {
    BrokerState.UP: "●",
    BrokerState.FENCED: "▲",
    BrokerState.SHUTTING_DOWN: "▼",
    BrokerState.MISSING: "✕",
}

CONTROLLER_SIGN: Final = "◆"
NOT_LOADED_WORD: Final = "not read yet"


def class_run(which: PartitionClass) -> Run:
    return Run(CLASS_WORD[which], CLASS_TONE[which])


def health_run(health: Health) -> Run:
    """The worst class of a topic with its count, `moving` and `not read yet` when nothing is worse."""
    worst = health.worst
    if worst is not PartitionClass.OK:
        return Run(f"{CLASS_WORD[worst]} {health.of_class(worst):,}", CLASS_TONE[worst])
    if health.not_loaded:
        return Run(f"{NOT_LOADED_WORD} {health.not_loaded:,}", Tone.MUTED)
    if health.moving:
        return Run(f"ok, moving {health.moving:,}", Tone.MUTED)
    return Run("ok", Tone.MUTED)
