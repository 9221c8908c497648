"""The cells of one partition: leader, replicas with the ones out of sync marked, health."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ktui.adapters.health import PartitionClass, classify
from ktui.adapters.model import Broker, BrokerState
from ktui.adapters.partitions import NO_LEADER, Partition
from ktui.adapters.topics import Topic
from ktui.tui.present.formats import UNKNOWN, ids
from ktui.tui.present.words import CLASS_TONE, CLASS_WORD, NOT_LOADED_WORD
from ktui.widgets.cells import Cell, Run, Tone

GONE = "✕"
"""Behind a replica that is out of sync and whose broker is not up."""
LAGS = "!"
"""Behind a replica that is out of sync though its broker is up."""


class Part(StrEnum):
    """What of a partition can be seen to change."""

    LEADER = "leader"
    REPLICAS = "replicas"
    ISR = "isr"
    EPOCH = "epoch"


@dataclass(frozen=True, slots=True)
class BrokerStates:
    """Which brokers are up; None: not known."""

    up: frozenset[int] | None = None

    @staticmethod
    def of(brokers: Collection[Broker], *, is_loaded: bool) -> BrokerStates:
        if not is_loaded:
            return BrokerStates()
        return BrokerStates(frozenset(broker.id for broker in brokers if broker.state is BrokerState.UP))

    def is_down(self, broker: int) -> bool:
        return self.up is not None and broker not in self.up


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed a moment ago, by topic name and partition index."""

    parts: Mapping[tuple[str, int], frozenset[Part]] = field(default_factory=dict)

    def of(self, topic: str, index: int) -> frozenset[Part]:
        return self.parts.get((topic, index), frozenset())


def changed_parts(before: Partition, now: Partition) -> frozenset[Part]:
    """Which parts of a partition differ."""
    return frozenset(
        part
        for part, was, is_now in (
            (Part.LEADER, before.leader, now.leader),
            (Part.REPLICAS, before.replicas, now.replicas),
            (Part.ISR, frozenset(before.isr), frozenset(now.isr)),
            (Part.EPOCH, before.leader_epoch, now.leader_epoch),
        )
        if was != is_now
    )


def leader_cell(partition: Partition, changed: frozenset[Part] = frozenset()) -> Run:
    if not partition.is_loaded:
        return Run(UNKNOWN, Tone.MUTED)
    if partition.leader == NO_LEADER:
        return Run("none", Tone.BAD)
    return Run(str(partition.leader), Tone.CHANGED if Part.LEADER in changed else Tone.NORMAL)


def replicas_cell(partition: Partition, states: BrokerStates) -> Cell:
    """`1 2✕ 3!` in the order of assignment; all in sync is grey."""
    if not partition.is_loaded:
        return Run(UNKNOWN, Tone.MUTED)
    runs: list[Run] = []
    for position, broker in enumerate(partition.replicas):
        gap = " " if position else ""
        if broker in partition.isr:
            runs.append(Run(f"{gap}{broker}", Tone.MUTED))
        elif states.is_down(broker):
            runs.append(Run(f"{gap}{broker}{GONE}", Tone.BAD))
        else:
            runs.append(Run(f"{gap}{broker}{LAGS}", Tone.WARN))
    return tuple(runs)


def isr_cell(partition: Partition, changed: frozenset[Part] = frozenset()) -> Run:
    """`2/3`: replicas in sync of all."""
    if not partition.is_loaded:
        return Run(UNKNOWN, Tone.MUTED)
    short = len(partition.isr) < len(partition.replicas)
    tone = Tone.WARN if short else Tone.MUTED
    text = f"{len(partition.isr)}/{len(partition.replicas)}"
    return Run(text, Tone.CHANGED if Part.ISR in changed else tone)


def epoch_cell(partition: Partition) -> Run:
    if not partition.is_loaded or partition.leader_epoch < 0:
        return Run(UNKNOWN, Tone.MUTED)
    return Run(str(partition.leader_epoch), Tone.MUTED)


def min_isr_cell(topic: Topic) -> Run:
    return Run(UNKNOWN if topic.settings.min_isr is None else str(topic.settings.min_isr), Tone.MUTED)


def health_cell(topic: Topic, partition: Partition) -> Run:
    if topic.is_deleting:
        return Run("being deleted", Tone.WARN)
    if not partition.is_loaded:
        return Run(NOT_LOADED_WORD, Tone.MUTED)
    which = classify(partition, topic.settings.min_isr)
    if which is PartitionClass.OK and partition.index in topic.moving:
        return Run("ok, moving", Tone.MUTED)
    return Run(CLASS_WORD[which], CLASS_TONE[which])


def blame(partition: Partition, which: PartitionClass, states: BrokerStates) -> str:
    """Which broker is to blame, or must come back."""
    if which is PartitionClass.OFFLINE:
        waited_for = partition.isr or partition.replicas
        return f"waits for broker {' or '.join(map(str, waited_for))}" if waited_for else "no replica is left"
    out = [broker for broker in partition.replicas if broker not in partition.isr]
    down = [broker for broker in out if states.is_down(broker)]
    behind = [broker for broker in out if not states.is_down(broker)]
    if not out:
        return "replication factor < min ISR"
    if down and behind:
        return f"{ids(down)} not up, {ids(behind)} {_lag(behind)}"
    return f"{_brokers(down)} not up" if down else f"{_brokers(behind)} {_lag(behind)}"


def _lag(broker_ids: list[int]) -> str:
    return "lags" if len(broker_ids) == 1 else "lag"


def _brokers(broker_ids: list[int]) -> str:
    return f"broker{'s' if len(broker_ids) > 1 else ''} {ids(broker_ids)}"
