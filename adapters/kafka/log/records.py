"""What the records of the metadata log say, as far as a console shows it. Brokers and topics by their ids.

Source: the schemas in `metadata/src/main/resources/common/metadata` of Kafka 3.3 to 4.4. Values that are secret
(SCRAM credentials, tokens, passwords) are not in here: the decoder drops them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple


class RecordType(IntEnum):
    """Api keys of the records."""

    REGISTER_BROKER = 0
    UNREGISTER_BROKER = 1
    TOPIC = 2
    PARTITION = 3
    CONFIG = 4
    PARTITION_CHANGE = 5
    FENCE_BROKER = 7
    UNFENCE_BROKER = 8
    REMOVE_TOPIC = 9
    DELEGATION_TOKEN = 10
    USER_SCRAM_CREDENTIAL = 11
    FEATURE_LEVEL = 12
    CLIENT_QUOTA = 14
    PRODUCER_IDS = 15
    REMOVE_FEATURE_LEVEL = 16
    BROKER_REGISTRATION_CHANGE = 17
    ACCESS_CONTROL_ENTRY = 18
    REMOVE_ACCESS_CONTROL_ENTRY = 19
    NO_OP = 20
    ZK_MIGRATION_STATE = 21
    REMOVE_USER_SCRAM_CREDENTIAL = 22
    BEGIN_TRANSACTION = 23
    END_TRANSACTION = 24
    ABORT_TRANSACTION = 25
    REMOVE_DELEGATION_TOKEN = 26
    REGISTER_CONTROLLER = 27
    CLEAR_ELR = 28
    UNREGISTER_CONTROLLER = 29


class Listener(NamedTuple):
    """An endpoint of a broker or controller."""

    name: str
    host: str
    port: int
    security_protocol: int
    """`SecurityProtocol` of kafka-clients: 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL; -1: not told."""


@dataclass(frozen=True, slots=True)
class BrokerRegistered:
    """A broker began (or began again: another incarnation, another epoch)."""

    id: int
    epoch: int
    incarnation: bytes
    listeners: tuple[Listener, ...]
    rack: str | None
    is_fenced: bool
    is_shutting_down: bool


@dataclass(frozen=True, slots=True)
class BrokerUnregistered:
    id: int


@dataclass(frozen=True, slots=True)
class BrokerStateChanged:
    """Fenced, unfenced, in controlled shutdown; None: as it was."""

    id: int
    is_fenced: bool | None
    is_shutting_down: bool | None


@dataclass(frozen=True, slots=True)
class ControllerRegistered:
    id: int
    listeners: tuple[Listener, ...]


@dataclass(frozen=True, slots=True)
class ControllerUnregistered:
    id: int


@dataclass(frozen=True, slots=True)
class TopicCreated:
    name: str
    id: bytes


@dataclass(frozen=True, slots=True)
class TopicRemoved:
    id: bytes


class PartitionSet(NamedTuple):
    """A partition, whole. Replica sets as numbers of `replica_sets`."""

    topic: bytes
    partition: int
    leader: int
    leader_epoch: int
    epoch: int
    replicas: int
    isr: int
    removing: bool
    """Whether replicas are being removed."""
    adding: bool
    is_recovering: bool
    """Whether the leader was elected uncleanly and has not recovered."""


class PartitionRun(NamedTuple):
    """Neighbouring partitions of one topic, none of them moving or recovering."""

    topic: bytes
    first: int
    """The index of the first one; the others follow without a hole."""
    table: bytes
    """As in `ktui.adapters.partitions`; offline replicas are not told."""


class PartitionChanged(NamedTuple):
    """What is new about a partition; None: as it was. Replica sets as numbers of `replica_sets`."""

    topic: bytes
    partition: int
    leader: int | None
    replicas: int | None
    isr: int | None
    removing: bool | None
    """Whether replicas are being removed now."""
    adding: bool | None
    is_recovering: bool | None


@dataclass(frozen=True, slots=True)
class ConfigSet:
    """One value set on a resource, or taken off (None)."""

    resource_type: str
    """As in `events.ConfigsChanged`."""
    resource_name: str
    name: str
    value: str | None
    """`events.SENSITIVE` for what must not be shown."""


@dataclass(frozen=True, slots=True)
class FeatureSet:
    """A finalized feature level; 0: taken off."""

    name: str
    level: int


@dataclass(frozen=True, slots=True)
class AclAdded:
    id: bytes
    sentence: str


@dataclass(frozen=True, slots=True)
class AclRemoved:
    id: bytes


@dataclass(frozen=True, slots=True)
class MigrationStateSet:
    """0 none, 1 migration (both are written), 2 before it, 3 after it."""

    state: int


@dataclass(frozen=True, slots=True)
class LeaderElected:
    """Control record LeaderChange: who leads the quorum; the epoch is the batch's."""

    id: int


class Transaction(IntEnum):
    """What comes between BEGIN and END counts at END only, or never (ABORT)."""

    BEGIN = 23
    END = 24
    ABORT = 25


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that could not be read: of a type or version that is not known, or malformed."""

    type: int
    version: int
    is_malformed: bool


Change = (
    BrokerRegistered
    | BrokerUnregistered
    | BrokerStateChanged
    | ControllerRegistered
    | ControllerUnregistered
    | TopicCreated
    | TopicRemoved
    | PartitionSet
    | PartitionRun
    | PartitionChanged
    | ConfigSet
    | FeatureSet
    | AclAdded
    | AclRemoved
    | MigrationStateSet
    | LeaderElected
    | Transaction
    | Unreadable
)

Changes = Sequence[Change]
