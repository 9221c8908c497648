"""Brokers and controllers as the log tells them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ktui.adapters.kafka.log.records import (
    BrokerRegistered,
    BrokerStateChanged,
    BrokerUnregistered,
    ControllerRegistered,
    ControllerUnregistered,
    Listener,
)
from ktui.adapters.model import Broker, BrokerState

PROTOCOLS: Final = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
"""By code (`SecurityProtocol` of kafka-clients)."""

MemberChange = (
    BrokerRegistered | BrokerUnregistered | BrokerStateChanged | ControllerRegistered | ControllerUnregistered
)


@dataclass(slots=True)
class Members:
    """`protocol` is the security protocol of the listener whose address is told of a broker that has several."""

    protocol: str | None = None
    brokers: dict[int, BrokerRegistered] = field(default_factory=dict)
    controllers: dict[int, tuple[Listener, ...]] = field(default_factory=dict)
    _registered_at: dict[int, float] = field(default_factory=dict)

    def take(self, change: MemberChange, at: float | None) -> bool:
        """Keep a change that happened at this instant (None: not known); whether brokers are others now."""
        match change:
            case BrokerRegistered():
                self.brokers[change.id] = change
                if at is None:
                    self._registered_at.pop(change.id, None)
                else:
                    self._registered_at[change.id] = at
            case BrokerUnregistered():
                self._registered_at.pop(change.id, None)
                return self.brokers.pop(change.id, None) is not None
            case BrokerStateChanged():
                return self._take_state(change)
            case ControllerRegistered():
                self.controllers[change.id] = change.listeners
                return False
            case ControllerUnregistered():
                self.controllers.pop(change.id, None)
                return False
        return True

    def up(self) -> frozenset[int]:
        """Ids of the brokers that are registered and not fenced."""
        return frozenset(broker.id for broker in self.brokers.values() if not broker.is_fenced)

    def told(self) -> list[Broker]:
        """The brokers by id."""
        return [self._told(self.brokers[broker]) for broker in sorted(self.brokers)]

    def controller_endpoint(self, controller: int) -> str | None:
        """host:port of a controller, where the log tells it (3.7 and newer)."""
        listeners = self.controllers.get(controller)
        return f"{listeners[0].host}:{listeners[0].port}" if listeners else None

    def _take_state(self, change: BrokerStateChanged) -> bool:
        held = self.brokers.get(change.id)
        if held is None:
            return False
        now = replace(
            held,
            is_fenced=held.is_fenced if change.is_fenced is None else change.is_fenced,
            is_shutting_down=held.is_shutting_down or bool(change.is_shutting_down),
        )
        self.brokers[change.id] = now
        return now != held

    def _told(self, broker: BrokerRegistered) -> Broker:
        state = BrokerState.UP
        if broker.is_fenced:
            state = BrokerState.FENCED
        elif broker.is_shutting_down:
            state = BrokerState.SHUTTING_DOWN
        listener = self._listener(broker.listeners)
        return Broker(
            broker.id,
            listener.host if listener else None,
            listener.port if listener else None,
            broker.rack,
            state,
            registered_at=self._registered_at.get(broker.id),
            epoch=broker.epoch,
        )

    def _listener(self, listeners: Sequence[Listener]) -> Listener | None:
        for listener in listeners:
            code = listener.security_protocol
            if self.protocol is not None and PROTOCOLS[code : code + 1] == (self.protocol,):
                return listener
        return listeners[0] if listeners else None
