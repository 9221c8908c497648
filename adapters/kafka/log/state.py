"""The state of a cluster that the records of its log add up to, and a journal of what the current batch did to it."""

from __future__ import annotations

from collections import Counter
from typing import Final, assert_never

from ktui.adapters.kafka.log.decode import NO_TYPE
from ktui.adapters.kafka.log.journal import Journal, Resource
from ktui.adapters.kafka.log.members import Members
from ktui.adapters.kafka.log.records import (
    AclAdded,
    AclRemoved,
    BrokerRegistered,
    BrokerStateChanged,
    BrokerUnregistered,
    Change,
    ConfigSet,
    ControllerRegistered,
    ControllerUnregistered,
    FeatureSet,
    LeaderElected,
    MigrationStateSet,
    PartitionChanged,
    PartitionRun,
    PartitionSet,
    RecordType,
    TopicCreated,
    TopicRemoved,
    Transaction,
    Unreadable,
)
from ktui.adapters.kafka.log.settings_chain import SettingsChain
from ktui.adapters.kafka.log.topics_image import TopicsImage
from ktui.adapters.model import Mode
from ktui.adapters.topics import TopicSettings

_MIGRATING: Final = (1, 2)
_NEEDED: Final = frozenset(
    (
        NO_TYPE, RecordType.REGISTER_BROKER, RecordType.UNREGISTER_BROKER, RecordType.TOPIC, RecordType.PARTITION,
        RecordType.PARTITION_CHANGE, RecordType.FENCE_BROKER, RecordType.UNFENCE_BROKER, RecordType.REMOVE_TOPIC,
        RecordType.BROKER_REGISTRATION_CHANGE,
    )
)  # fmt: skip
"""Without one of these, topics or brokers would be told wrong."""


class ClusterState:
    """Changes go in one by one."""

    def __init__(self, defaults: TopicSettings, protocol: str | None) -> None:
        self.topics: Final = TopicsImage()
        self.members: Final = Members(protocol)
        self.settings: Final = SettingsChain(defaults)
        self.acls: Final[dict[bytes, str]] = {}
        self.features: Final[dict[str, int]] = {}
        self.configs: Final[dict[Resource, dict[str, str]]] = {}
        self.leader: tuple[int, int] | None = None
        """Who was elected last, and the epoch."""
        self.migration_state = 0
        self.journal = Journal()
        self.unreadable: Final[Counter[tuple[int, int]]] = Counter()
        """Records of a type or version that is not known, by type and version."""
        self.malformed = 0
        self.is_exact = True
        """False once a record was passed over without which topics or brokers are not as they are told."""

    @property
    def mode(self) -> Mode:
        return Mode.MIGRATING if self.migration_state in _MIGRATING else Mode.KRAFT

    def put(self, change: Change, epoch: int, at: float | None) -> None:
        """Apply a change of this leader epoch and instant."""
        match change:
            case PartitionChanged():
                self.topics.change(change)
            case PartitionRun():
                self.topics.put_run(change)
            case PartitionSet():
                self.topics.put(change)
            case TopicCreated():
                self.topics.create(change.name, change.id)
            case TopicRemoved():
                self._remove_topic(change.id)
            case BrokerRegistered() | BrokerUnregistered() | BrokerStateChanged():
                self.journal.has_new_brokers |= self.members.take(change, at)
            case ControllerRegistered() | ControllerUnregistered():
                self.members.take(change, at)
                self.journal.has_new_leader |= self.leader is not None and change.id == self.leader[0]
            case ConfigSet():
                self._put_config(change)
            case FeatureSet():
                self._put_feature(change)
            case AclAdded() | AclRemoved():
                self._put_acl(change)
            case MigrationStateSet(state=state):
                self.migration_state, self.journal.has_new_mode = state, True
            case LeaderElected():
                self.leader, self.journal.has_new_leader = (change.id, epoch), True
            case Unreadable():
                self._note_unreadable(change)
            case Transaction():
                pass
            case _:
                assert_never(change)

    def _remove_topic(self, topic: bytes) -> None:
        name = self.topics.remove(topic)
        if name is not None:
            self.settings.forget(name)
            self.configs.pop(("topic", name), None)

    def _put_config(self, change: ConfigSet) -> None:
        resource = change.resource_type, change.resource_name
        values = self.configs.setdefault(resource, {})
        if change.value is None:
            values.pop(change.name, None)
        else:
            values[change.name] = change.value
        if not values:
            del self.configs[resource]
        self.journal.configs.setdefault(resource, {})[change.name] = change.value
        self.journal.has_new_defaults |= self.settings.take(change)

    def _put_feature(self, change: FeatureSet) -> None:
        self.journal.features[change.name] = change.level
        if change.level:
            self.features[change.name] = change.level
        else:
            self.features.pop(change.name, None)

    def _put_acl(self, change: AclAdded | AclRemoved) -> None:
        if isinstance(change, AclAdded):
            self.acls[change.id] = change.sentence
            self.journal.acls_added.append(change.sentence)
            return
        sentence = self.acls.pop(change.id, None)
        if sentence is not None:
            self.journal.acls_removed.append(sentence)

    def _note_unreadable(self, record: Unreadable) -> None:
        if record.is_malformed:
            self.malformed += 1
        else:
            self.unreadable[record.type, record.version] += 1
        if record.type in _NEEDED:
            self.is_exact = False
