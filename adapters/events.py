"""The closed union of what a source can tell. Events are bulk: never one object for each partition of a cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ktui.adapters.model import Broker, Controller, DirectoryUse, Migration, Mode, Quorum
from ktui.adapters.partitions import Partition
from ktui.adapters.topics import TopicSettings

SENSITIVE: Final = "***"
"""Stands for a value that must not be shown."""


class SourceName(StrEnum):
    """The ways of learning about a cluster."""

    POLL = "poll"
    ZOOKEEPER = "zookeeper"
    METADATA_LOG = "metadata-log"


@dataclass(frozen=True, slots=True)
class Stamp:
    """Where and when an event was learned. Instants are seconds since the epoch."""

    source: SourceName
    seen_at: float
    happened_at: float | None = None
    position: int | None = None
    """Offset in the metadata log or zxid, where the source has one."""
    batch: int | None = None
    """Events with the same batch happened together."""


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic as a source of partitions knows it (its settings come from elsewhere)."""

    name: str
    id: bytes | None
    is_internal: bool
    table: bytes
    moving: tuple[int, ...] | None = None
    """None: this source does not know; the value held stays."""
    is_deleting: bool = False


@dataclass(frozen=True, slots=True)
class ClusterIdentified:
    """What kind of cluster this is; None leaves what was known."""

    stamp: Stamp
    cluster_id: str | None
    mode: Mode | None
    metadata_version: str | None = None
    migration: Migration | None = None
    """As ZooKeeper shows it; None there: there is none."""


@dataclass(frozen=True, slots=True)
class TopicsReplaced:
    """Topics that are new or changed, whole, and the names of those that are gone."""

    stamp: Stamp
    topics: Sequence[TopicState]
    removed: Sequence[str] = ()
    is_complete: bool = False
    """Whether the source has by now told of every topic of the cluster."""
    unclean: Sequence[tuple[str, int]] = ()
    """Partitions that got a leader which may lack records, where the source says so itself."""


@dataclass(frozen=True, slots=True)
class PartitionsChanged:
    """Partitions of one topic, whole."""

    stamp: Stamp
    topic: str
    partitions: Sequence[Partition]


@dataclass(frozen=True, slots=True)
class MovingChanged:
    """All partitions of the cluster that are being reassigned, by topic."""

    stamp: Stamp
    moving: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """Configuration of topics by name."""

    stamp: Stamp
    settings: Mapping[str, TopicSettings]


@dataclass(frozen=True, slots=True)
class ConfigsChanged:
    """Configuration set on or taken off one resource; sensitive values are not told."""

    stamp: Stamp
    resource_type: str
    """"topic", "broker", "group", "client-metrics", "user" or "client-id" (quotas)."""
    resource_name: str
    """Empty: the default of all resources of this type."""
    changes: Mapping[str, str | None]
    """The value by name; None: taken off; SENSITIVE: set to what must not be shown."""


@dataclass(frozen=True, slots=True)
class AclsChanged:
    """Access rules as sentences: "User:a ALLOW READ on TOPIC LITERAL orders from *"."""

    stamp: Stamp
    added: Sequence[str] = ()
    removed: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class FeaturesChanged:
    """Finalized levels of features by name, those that changed; 0: taken off."""

    stamp: Stamp
    levels: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class BrokersChanged:
    """All brokers that are registered now (the feed adds those that are missing)."""

    stamp: Stamp
    brokers: Sequence[Broker]


@dataclass(frozen=True, slots=True)
class VersionsInferred:
    """Kafka releases by broker id."""

    stamp: Stamp
    versions: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class ControllerChanged:
    """The active controller, or None with the reason why it is not known."""

    stamp: Stamp
    controller: Controller | None
    reason: str | None = None
    is_absent: bool = False
    """Whether there is none, as far as those who should know can tell."""


@dataclass(frozen=True, slots=True)
class QuorumObserved:
    """The quorum as its leader sees it; None when there is none or nobody answers."""

    stamp: Stamp
    quorum: Quorum | None


@dataclass(frozen=True, slots=True)
class LogDirsObserved:
    """Log directories of one broker, and the bytes of its replicas by topic and partition index."""

    stamp: Stamp
    broker: int
    directories: tuple[DirectoryUse, ...]
    replica_bytes: Mapping[str, Mapping[int, int]]


@dataclass(frozen=True, slots=True)
class SourceState:
    """A part of a source failed (reason) or works (None). `what` and `where` identify the part."""

    stamp: Stamp
    what: str
    where: str
    reason: str | None
    blocks: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """Changes were missed between two moments; what is shown is right again, the history is not whole."""

    stamp: Stamp
    reason: str


ClusterEvent = (
    ClusterIdentified
    | TopicsReplaced
    | PartitionsChanged
    | MovingChanged
    | SettingsChanged
    | ConfigsChanged
    | AclsChanged
    | FeaturesChanged
    | BrokersChanged
    | VersionsInferred
    | ControllerChanged
    | QuorumObserved
    | LogDirsObserved
    | SourceState
    | Gap
)
