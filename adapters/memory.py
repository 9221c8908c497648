"""What a reducer knows, as values: enough for another process to go on from there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ktui.adapters.events import ClusterEvent
from ktui.adapters.health import PartitionClass
from ktui.adapters.model import Broker, Controller


class Trouble(NamedTuple):
    """A partition that is not OK, its class, and when that was first seen (None: it was so at the first look)."""

    partition: int
    which: PartitionClass
    since: float | None


@dataclass(frozen=True, slots=True)
class Memory:
    """The events of a fresh start, and what cannot be learned from them."""

    events: Sequence[ClusterEvent] = ()
    """What the sources have told and still holds, as few events as it takes."""
    revision: int = 0
    taken_at: float = 0.0
    brokers: Sequence[Broker] = ()
    """Those that were ever seen, with when their state was first seen."""
    controller: Controller | None = None
    troubles: Mapping[str, tuple[Trouble, ...]] = field(default_factory=dict)
    """By topic."""
