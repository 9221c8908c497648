"""The closed list of what an entry of the timeline can be."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """The names are those of `ktui events --json`."""

    BROKER_JOINED = "broker-joined"
    BROKER_LEFT = "broker-left"
    BROKER_RESTARTED = "broker-restarted"
    BROKER_FENCED = "broker-fenced"
    BROKER_UNFENCED = "broker-unfenced"
    BROKER_SHUTTING_DOWN = "broker-shutting-down"
    CONTROLLER_MOVED = "controller-moved"
    QUORUM_LOST = "quorum-lost"
    QUORUM_REGAINED = "quorum-regained"
    LEADER_MOVED = "leader-moved"
    LEADER_LOST = "leader-lost"
    ISR_SHRANK = "isr-shrank"
    ISR_EXPANDED = "isr-expanded"
    UNCLEAN_ELECTION = "unclean-election"
    TOPIC_CREATED = "topic-created"
    TOPIC_DELETED = "topic-deleted"
    TOPIC_RECREATED = "topic-recreated"
    PARTITIONS_ADDED = "partitions-added"
    REASSIGNMENT_STARTED = "reassignment-started"
    REASSIGNMENT_FINISHED = "reassignment-finished"
    CONFIG_CHANGED = "config-changed"
    ACL_CHANGED = "acl-changed"
    FEATURE_CHANGED = "feature-changed"
    SOURCE_STALE = "source-stale"
    SOURCE_RESUMED = "source-resumed"
    GAP = "gap"


KINDS: Final = tuple(Kind)
NUMBER_OF: Final = {kind: number for number, kind in enumerate(KINDS)}
"""How columns write a kind."""

AWAY: Final = frozenset({Kind.BROKER_LEFT, Kind.BROKER_FENCED, Kind.BROKER_SHUTTING_DOWN})
"""A broker goes: leaders move from it, in-sync sets lose it."""
BACK: Final = frozenset({Kind.BROKER_JOINED, Kind.BROKER_RESTARTED, Kind.BROKER_UNFENCED})
"""A broker comes: in-sync sets and leadership go to it."""
OF_LEADERS: Final = frozenset({Kind.LEADER_MOVED, Kind.LEADER_LOST, Kind.UNCLEAN_ELECTION})
OF_ISR: Final = frozenset({Kind.ISR_SHRANK, Kind.ISR_EXPANDED})
OF_MOVES: Final = frozenset({Kind.REASSIGNMENT_STARTED, Kind.REASSIGNMENT_FINISHED})
OF_TOPICS: Final = frozenset({Kind.TOPIC_CREATED, Kind.TOPIC_DELETED, Kind.PARTITIONS_ADDED})
