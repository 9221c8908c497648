"""Who holds up the deletion of a topic in ZooKeeper mode. Pure.

Source: Kafka's `TopicDeletionManager`: a topic with a replica on a broker that is not there, or with a partition that
is being reassigned, waits; it goes on by itself when that is over.
"""

from __future__ import annotations

from dataclasses import dataclass

from ktui.adapters.model import BrokerState, ClusterSnapshot
from ktui.adapters.partitions import Column, column
from ktui.adapters.replica_sets import replicas_of
from ktui.adapters.topics import Topic


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What a deletion waits for; with none of it the controller is at work."""

    brokers: tuple[int, ...] = ()
    """Holders of replicas that are not up."""
    moving: tuple[int, ...] = ()
    """Partitions that are being reassigned."""
    has_no_controller: bool = False

    def __bool__(self) -> bool:
        return bool(self.brokers or self.moving or self.has_no_controller)


def obstacles(topic: Topic, snapshot: ClusterSnapshot) -> Obstacles:
    """Of a topic that is marked for deletion."""
    down: tuple[int, ...] = ()
    if snapshot.brokers_loaded:
        up = {broker.id for broker in snapshot.brokers if broker.state is BrokerState.UP}
        sets = set(column(topic.table, Column.REPLICAS))
        down = tuple(sorted({broker for number in sets for broker in replicas_of(number)} - up))
    return Obstacles(down, tuple(topic.moving), snapshot.has_no_controller)
