"""What is known of a cluster at one moment: frozen values, standard library only.

Times called `…_at` and `since` are seconds since the epoch by this machine's clock.
Unknown is None, and a `Fault` says why; nothing unknown is ever 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from ktui.adapters.topics import BrokerShare, TopicMap


class Mode(StrEnum):
    """Where the cluster keeps its metadata."""

    KRAFT = "kraft"
    ZOOKEEPER = "zookeeper"
    MIGRATING = "migrating"
    UNKNOWN = "unknown"


class BrokerState(StrEnum):
    """Up: active. Fenced: registered and answering. Missing: expected, not active, not answering."""

    UP = "up"
    FENCED = "fenced"
    SHUTTING_DOWN = "shutting-down"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker that is registered, or is named in a replica list, or was seen before."""

    id: int
    host: str | None
    port: int | None
    rack: str | None
    state: BrokerState
    since: float | None = None
    """When this state was first seen, unless it was there at the first look."""
    version: str | None = None
    """Kafka release or a range of releases, inferred from its answers."""
    registered_at: float | None = None
    """When it registered, by the cluster's clock (ZooKeeper)."""
    epoch: int | None = None
    """Another one for each registration: the offset of its record (KRaft log), the czxid of its znode (ZooKeeper)."""


@dataclass(frozen=True, slots=True)
class Controller:
    """The active controller and who says so."""

    id: int
    epoch: int | None
    source: str
    """"quorum" (the Raft leader), "zookeeper" (/controller) or "metadata" (a broker's word, ZooKeeper mode only)."""
    endpoint: str | None = None
    """host:port where known."""
    since: float | None = None


@dataclass(frozen=True, slots=True)
class QuorumReplica:
    """A voter or an observer of the metadata log, as the leader sees it."""

    id: int
    log_end_offset: int | None
    lag_records: int | None
    caught_up_age_s: float | None
    """Seconds since it had all of the log, against the leader's clock; None: not known."""
    endpoint: str | None = None


@dataclass(frozen=True, slots=True)
class Quorum:
    """The Raft quorum of a KRaft cluster."""

    leader_id: int
    leader_epoch: int
    high_watermark: int
    voters: tuple[QuorumReplica, ...]
    observers: tuple[QuorumReplica, ...]


@dataclass(frozen=True, slots=True)
class Migration:
    """A cluster on its way from ZooKeeper to KRaft, as ZooKeeper shows it: the controllers write to both."""

    controller_id: int
    """The KRaft controller that holds `/controller`."""
    controller_epoch: int | None
    """Of the quorum."""
    copied_offset: int | None
    """Offset in the metadata log up to which ZooKeeper has a copy; None: nothing has been copied yet."""
    copied_at: float | None
    zookeeper_brokers: tuple[int, ...] = ()
    """Those that are registered in ZooKeeper: the others run in KRaft mode already."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that could not be read, where, and why; `what` and `where` identify it."""

    what: str
    where: str
    reason: str
    since: float
    blocks: bool = False
    """Whether nothing at all can be read because of it."""


@dataclass(frozen=True, slots=True)
class DirectoryUse:
    """A log directory of a broker; volume sizes in bytes, None where the broker does not tell."""

    path: str
    error: str | None
    total_bytes: int | None
    usable_bytes: int | None
    is_cordoned: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Sizes:
    """Bytes on disk, a store of its own: it changes without the topics changing."""

    revision: int = 0
    by_topic: Mapping[str, int] = field(default_factory=dict)
    """Bytes of the leaders' replicas; a topic is absent while any of its leaders' sizes is not known."""
    directories: Mapping[int, tuple[DirectoryUse, ...]] = field(default_factory=dict)
    """By broker id; a broker that could not be asked is absent."""


@dataclass(frozen=True, slots=True, eq=False)
class ClusterSnapshot:
    """One picture of the cluster; compared by identity."""

    revision: int = 0
    taken_at: float = 0.0
    cluster_id: str | None = None
    mode: Mode = Mode.UNKNOWN
    metadata_version: str | None = None
    sources: tuple[str, ...] = ()
    """Which of "poll", "metadata-log" and "zookeeper" have contributed."""
    controller: Controller | None = None
    controller_reason: str | None = None
    """Why the controller is not known, when it is not."""
    has_no_controller: bool = False
    """Whether those who should know say that there is none, rather than that it is not known."""
    quorum: Quorum | None = None
    migration: Migration | None = None
    """While the cluster is migrating, and ZooKeeper can be read."""
    brokers: tuple[Broker, ...] = ()
    """By id; the missing ones included."""
    topics: TopicMap = field(default_factory=TopicMap)
    is_loaded: bool = False
    """Whether the topics have been read at least once."""
    brokers_loaded: bool = False
    sizes: Sizes = field(default_factory=Sizes)
    faults: tuple[Fault, ...] = ()
    problem_since: Mapping[tuple[str, int], float] = field(default_factory=dict)
    """When a partition's class was first seen as it is now, for partitions that are not OK."""

    def broker(self, broker_id: int) -> Broker | None:
        return next((broker for broker in self.brokers if broker.id == broker_id), None)

    @property
    def shares(self) -> Mapping[int, BrokerShare]:
        return self.topics.shares
