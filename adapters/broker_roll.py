"""The roll of brokers: those that are registered, and those that ought to be and are missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from ktui.adapters.model import Broker, BrokerState
from ktui.adapters.topics import BrokerShare


def as_seen_by_us(logged: Sequence[Broker], polled: Sequence[Broker] | None) -> tuple[Broker, ...]:
    """The brokers of the metadata log, with what only asking tells: the address of the listener that we talk to,
    and whether a fenced one still answers."""
    if polled is None:
        return tuple(logged)
    by_id = {broker.id: broker for broker in polled}
    return tuple(_seen(broker, by_id.get(broker.id)) for broker in logged)


def _seen(broker: Broker, polled: Broker | None) -> Broker:
    is_fenced = broker.state is BrokerState.FENCED
    if polled is None:
        return replace(broker, state=BrokerState.MISSING) if is_fenced else broker
    is_silent = is_fenced and polled.state is BrokerState.MISSING
    state = BrokerState.MISSING if is_silent else broker.state
    if polled.host is None:
        return replace(broker, state=state)
    return replace(broker, state=state, host=polled.host, port=polled.port)


@dataclass(slots=True)
class BrokerRoll:
    """Remembers every broker that was seen; `call` tells of each of them how it is now."""

    versions: dict[int, str] = field(default_factory=dict)
    _seen: dict[int, Broker] = field(default_factory=dict)
    _has_called: bool = False

    def call(
        self, registered: Sequence[Broker] | None, shares: Mapping[int, BrokerShare], now: float
    ) -> tuple[Broker, ...]:
        """All brokers by id. `registered` is None while no source has told of them."""
        if registered is None:
            return ()
        present = {broker.id: broker for broker in registered}
        expected = {broker for broker in shares if broker >= 0} | self._seen.keys()
        for broker in sorted(expected - present.keys()):
            present[broker] = self._missing(broker)
        roll = tuple(self._dated(present[broker], now) for broker in sorted(present))
        self._seen = {broker.id: broker for broker in roll}
        self._has_called = True
        return roll

    @property
    def seen(self) -> tuple[Broker, ...]:
        """Every broker as it was when it was called last."""
        return tuple(self._seen.values())

    def recall(self, seen: Sequence[Broker]) -> None:
        """Begin with what another roll has seen."""
        self._seen = {broker.id: broker for broker in seen}
        self._has_called = bool(seen)

    def _missing(self, broker_id: int) -> Broker:
        seen = self._seen.get(broker_id)
        if seen is None:
            return Broker(broker_id, None, None, None, BrokerState.MISSING)
        return replace(seen, state=BrokerState.MISSING)

    def _dated(self, broker: Broker, now: float) -> Broker:
        seen = self._seen.get(broker.id)
        version = broker.version or self.versions.get(broker.id)
        if seen is None:
            return replace(broker, version=version, since=now if self._has_called else None)
        if broker.host is None:
            broker = replace(broker, host=seen.host, port=seen.port, rack=seen.rack)
        since = seen.since if seen.state is broker.state else now
        return replace(broker, version=version, since=since)
