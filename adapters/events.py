"""The closed union of what a source can tell. Events are bulk: never one object for each partition of a cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ktui.adapters.model import Broker, Controller, DirectoryUse, Mode, Quorum
from ktui.adapters.partitions import Partition
from ktui.adapters.topics import TopicSettings


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


@dataclass(frozen=True, slots=True)
class TopicsReplaced:
    """Topics that are new or changed, whole, and the names of those that are gone."""

    stamp: Stamp
    topics: Sequence[TopicState]
    removed: Sequence[str] = ()
    is_complete: bool = False
    """Whether the source has by now told of every topic of the cluster."""


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
    | BrokersChanged
    | VersionsInferred
    | ControllerChanged
    | QuorumObserved
    | LogDirsObserved
    | SourceState
    | Gap
)
