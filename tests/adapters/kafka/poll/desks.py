"""A desk without connections: links only say where they lead, and events are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from ktui.adapters.addresses import Address
from ktui.adapters.events import ClusterEvent, SourceState
from ktui.adapters.kafka.link import Lane, VersionRange
from ktui.adapters.kafka.poll.round import Desk
from ktui.adapters.kafka.pool import BrokerPool
from ktui.adapters.model import Broker, BrokerState, Mode
from ktui.adapters.target import Target


@dataclass(frozen=True)
class NowhereLink:
    """Leads to a node (None: any) without ever sending anything."""

    node: int | Address | None
    lane: Lane

    async def versions(self) -> Mapping[int, VersionRange]:
        raise NotImplementedError

    async def request(self, api_key: int, version: int, body: bytes, *, is_flexible: bool) -> bytes:
        raise NotImplementedError


class NowherePool:
    def __init__(self) -> None:
        self.learned: Mapping[int, Address] = {}

    def link(
        self, node: int | Address, lane: Lane, *, timeout_s: float, is_urgent: bool = False
    ) -> NowhereLink:
        return NowhereLink(node, lane)

    def bootstrap_link(self, lane: Lane, *, timeout_s: float, is_urgent: bool = False) -> NowhereLink:
        return NowhereLink(None, lane)

    def learn(self, brokers: Mapping[int, Address]) -> None:
        self.learned = brokers


class Told(list[ClusterEvent]):
    """Everything that was told, in order."""

    def __call__(self, events: Sequence[ClusterEvent]) -> None:
        self.extend(events)

    def last(self, kind: type[ClusterEvent]) -> ClusterEvent:
        return next(event for event in reversed(self) if isinstance(event, kind))

    def reasons(self, what: str) -> list[str | None]:
        return [event.reason for event in self if isinstance(event, SourceState) and event.what == what]


def desk(mode: Mode = Mode.KRAFT, brokers: Sequence[int] = (1, 2, 3), **target: object) -> tuple[Desk, Told]:
    """A desk that knows the kind of cluster and its brokers."""
    told, pool = Told(), cast(BrokerPool, NowherePool())
    made = Desk(Target(**target), pool, pool, told, mode)  # type: ignore[arg-type]
    made.brokers = {i: Broker(i, f"host{i}", 9092, None, BrokerState.UP) for i in brokers}
    made.is_kind_told = True
    made.orient()
    return made, told
