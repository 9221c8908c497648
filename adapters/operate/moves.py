"""Which brokers partitions should be on: another replication factor, or none of them on one broker. Pure.

Racks first, then load: a new replica goes to the rack that the partition uses least, there to the broker with the
fewest replicas; the lowest id decides what is left. Replicas that stay, stay in their order, so that no leader moves
without need.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ktui.adapters.errors import BadSettings
from ktui.adapters.partitions import Partition

Key = tuple[str, int]
Replicas = tuple[int, ...]


@dataclass
class Brokers:
    """Those that may take replicas, with their racks, and how many they have; grows with what is planned."""

    racks: Mapping[int, str | None]
    load: Counter[int] = field(default_factory=Counter)

    def best(self, replicas: Replicas) -> int | None:
        """For one more replica; None when each has one already."""
        used = Counter(self.racks.get(broker) for broker in replicas)
        free = [broker for broker in self.racks if broker not in replicas]
        return min(
            free, key=lambda broker: (used[self.racks[broker]], self.load[broker], broker), default=None
        )

    def worst(self, row: Partition, replicas: Replicas) -> int:
        """The replica to take away first: one that is not in sync, of a rack that has more, of a full broker.

        The preferred leader is the last to go.
        """
        used = Counter(self.racks.get(broker) for broker in replicas)
        return max(
            replicas[1:] or replicas,
            key=lambda broker: (
                broker not in row.isr,
                used[self.racks.get(broker)],
                self.load[broker],
                broker,
            ),
        )


def with_factor(rows: Iterable[tuple[Key, Partition]], factor: int, brokers: Brokers) -> dict[Key, Replicas]:
    """Moves after which each partition has so many replicas; BadSettings when there are too few brokers."""
    if not 1 <= factor <= len(brokers.racks):
        raise BadSettings(
            f"A replication factor of {factor} needs as many brokers; {len(brokers.racks)} are up."
        )
    moves: dict[Key, Replicas] = {}
    for key, row in rows:
        replicas = row.replicas
        while len(replicas) > factor:
            gone = brokers.worst(row, replicas)
            brokers.load[gone] -= 1
            replicas = tuple(broker for broker in replicas if broker != gone)
        while len(replicas) < factor:
            replicas = (*replicas, _taken(brokers, key, replicas))
        if replicas != row.replicas:
            moves[key] = replicas
    return moves


def off_broker(rows: Iterable[tuple[Key, Partition]], broker: int, brokers: Brokers) -> dict[Key, Replicas]:
    """Moves after which the broker has no replica; BadSettings when nobody can take one."""
    others = Brokers({id_: rack for id_, rack in brokers.racks.items() if id_ != broker}, brokers.load)
    moves: dict[Key, Replicas] = {}
    for key, row in rows:
        if broker in row.replicas:
            staying = tuple(other for other in row.replicas if other != broker)
            new = _taken(others, key, staying)
            moves[key] = tuple(new if other == broker else other for other in row.replicas)
            others.load[broker] -= 1
    return moves


def _taken(brokers: Brokers, key: Key, replicas: Replicas) -> int:
    best = brokers.best(replicas)
    if best is None:
        raise BadSettings(f"No broker is left that could take a replica of {key[0]}-{key[1]}.")
    brokers.load[best] += 1
    return best
