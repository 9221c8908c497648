"""From one list of brokers to the next: who came, who went, who is the same and yet another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from ktui.adapters.events import SourceName
from ktui.adapters.model import Broker, BrokerState
from ktui.adapters.timeline.kinds import Kind

BrokerStep: TypeAlias = tuple[Kind, int, BrokerState, str | None]
"""Kind, broker id, its state now, and a word more."""


@dataclass(slots=True)
class BrokersTold:
    """The brokers as they were told of last."""

    source: SourceName | None = None
    _held: Mapping[int, Broker] = field(default_factory=dict)
    _epochs: dict[int, int] = field(default_factory=dict)
    """Of every broker that was ever registered, the last one."""

    def follow(self, source: SourceName, brokers: Mapping[int, Broker]) -> list[BrokerStep]:
        """What is different now; nothing at the first look."""
        before, self._held = self._held, brokers
        if source is not self.source:
            is_first, self.source = self.source is None, source
            self._epochs.clear()
            steps = [] if is_first else list(_up_or_not(before, brokers))
        elif brokers == before:
            return []
        else:
            steps = [
                step
                for broker in sorted(before.keys() | brokers.keys())
                for step in self._steps(before.get(broker), brokers.get(broker))
            ]
        self._epochs.update((b.id, b.epoch) for b in brokers.values() if b.epoch is not None)
        return steps

    def knows(self, broker: int) -> bool:
        """Whether it is or was one of the brokers."""
        return broker in self._held

    def _steps(self, was: Broker | None, now: Broker | None) -> Iterator[BrokerStep]:
        if now is None or now.state is BrokerState.MISSING:
            if was is not None and was.state is not BrokerState.MISSING:
                yield (Kind.BROKER_LEFT, was.id, BrokerState.MISSING, None)
            return
        known = self._epochs.get(now.id)
        was_there = was is not None and was.state is not BrokerState.MISSING
        if known is not None and now.epoch is not None and known != now.epoch:
            yield (Kind.BROKER_RESTARTED, now.id, now.state, f"epoch {known} → {now.epoch}")
        elif was is None or (not was_there and now.state is BrokerState.UP):
            yield (Kind.BROKER_JOINED, now.id, now.state, None)
        elif was.state is not now.state:
            kind = {
                BrokerState.UP: Kind.BROKER_UNFENCED,
                BrokerState.FENCED: Kind.BROKER_FENCED,
                BrokerState.SHUTTING_DOWN: Kind.BROKER_SHUTTING_DOWN,
            }[now.state]
            yield (kind, now.id, now.state, None)


def _up_or_not(before: Mapping[int, Broker], brokers: Mapping[int, Broker]) -> Iterator[BrokerStep]:
    """Between two sources only this can be compared."""
    was, now = _up(before), _up(brokers)
    for broker in sorted(was - now):
        yield (Kind.BROKER_LEFT, broker, BrokerState.MISSING, None)
    for broker in sorted(now - was):
        yield (Kind.BROKER_JOINED, broker, BrokerState.UP, None)


def _up(brokers: Mapping[int, Broker]) -> set[int]:
    return {broker.id for broker in brokers.values() if broker.state is BrokerState.UP}
