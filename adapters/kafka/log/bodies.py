"""Bodies of the records that are few: everything but partitions. Fields in wire order, every struct ends with tags."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import Final

from ktui.adapters.events import SENSITIVE
from ktui.adapters.kafka.log.acl_sentences import acl_sentence
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
    Listener,
    MigrationStateSet,
    RecordType,
    TopicCreated,
    TopicRemoved,
)
from ktui.adapters.kafka.wire import WireReader, uvarint
from ktui.adapters.redaction import shown_value

_UUID: Final = 16
_SCRAM: Final[Mapping[int, str]] = {1: "SCRAM-SHA-256", 2: "SCRAM-SHA-512"}
_CONFIG_TYPES: Final[Mapping[int, str]] = {2: "topic", 4: "broker", 16: "client-metrics", 32: "group"}

Body = Callable[[WireReader, int], Change | None]
"""Reads the fields of a record of this version and leaves the reader after them; None: nothing that is shown."""


def _tags(wire: WireReader) -> dict[int, bytes]:
    """The tagged fields that end a struct, by number."""
    found: dict[int, bytes] = {}
    count, wire.position = uvarint(wire.data, wire.position)
    for _ in range(count):
        tag, wire.position = uvarint(wire.data, wire.position)
        size, wire.position = uvarint(wire.data, wire.position)
        found[tag] = wire.take(size)
    return found


def _int8(wire: WireReader) -> int:
    return int.from_bytes(wire.take(1), "big", signed=True)


def _listeners(wire: WireReader) -> tuple[Listener, ...]:
    found = []
    for _ in range(wire.array_length(item_bytes=7)):
        name, host, port, protocol = wire.string(), wire.string(), wire.int16() & 0xFFFF, wire.int16()
        wire.tags()
        found.append(Listener(name, host, port, protocol))
    return tuple(found)


def _skip_features(wire: WireReader) -> None:
    for _ in range(wire.array_length(item_bytes=6)):
        wire.string()
        wire.take(4)
        wire.tags()


def _register_broker(wire: WireReader, version: int) -> Change:
    broker = wire.int32()
    if version >= 2:
        wire.boolean()
    incarnation, epoch = wire.take(_UUID), wire.int64()
    listeners = _listeners(wire)
    _skip_features(wire)
    rack, is_fenced = wire.nullable_string(), wire.boolean()
    is_shutting_down = wire.boolean() if version >= 1 else False
    _tags(wire)
    return BrokerRegistered(broker, epoch, incarnation, listeners, rack, is_fenced, is_shutting_down)


def _unregister_broker(wire: WireReader, _version: int) -> Change:
    broker, _ = wire.int32(), wire.int64()
    _tags(wire)
    return BrokerUnregistered(broker)


def _fence(is_fenced: bool) -> Body:
    def read(wire: WireReader, _version: int) -> Change:
        broker, _ = wire.int32(), wire.int64()
        _tags(wire)
        return BrokerStateChanged(broker, is_fenced, None)

    return read


def _registration_change(wire: WireReader, _version: int) -> Change:
    broker, _ = wire.int32(), wire.int64()
    tags = _tags(wire)
    fenced = int.from_bytes(tags.get(0, b"\0"), "big", signed=True)
    shutting_down = int.from_bytes(tags.get(1, b"\0"), "big", signed=True)
    return BrokerStateChanged(
        broker, fenced > 0 if fenced else None, shutting_down > 0 if shutting_down else None
    )


def _topic(wire: WireReader, _version: int) -> Change:
    name, topic_id = wire.string(), wire.take(_UUID)
    _tags(wire)
    return TopicCreated(name, topic_id)


def _remove_topic(wire: WireReader, _version: int) -> Change:
    topic_id = wire.take(_UUID)
    _tags(wire)
    return TopicRemoved(topic_id)


def _config(wire: WireReader, _version: int) -> Change:
    code = _int8(wire)
    resource_type = _CONFIG_TYPES.get(code, f"type {code}")
    resource_name, name, value = wire.string(), wire.string(), wire.nullable_string()
    _tags(wire)
    return ConfigSet(resource_type, resource_name, name, shown_value(resource_type, name, value))


def _feature_level(wire: WireReader, _version: int) -> Change:
    name, level = wire.string(), wire.int16()
    _tags(wire)
    return FeatureSet(name, level)


def _remove_feature_level(wire: WireReader, _version: int) -> Change:
    name = wire.string()
    _tags(wire)
    return FeatureSet(name, 0)


def _client_quota(wire: WireReader, _version: int) -> Change:
    entity: dict[str, str | None] = {}
    for _ in range(wire.array_length(item_bytes=3)):
        kind, name = wire.string(), wire.nullable_string()
        wire.tags()
        entity[kind] = name
    key, raw, is_removed = wire.string(), wire.take(8), wire.boolean()
    _tags(wire)
    value = None if is_removed else f"{_float64(raw):g}"
    resource_type = next((kind for kind in ("user", "client-id", "ip") if kind in entity), "user")
    names = [entity.pop(resource_type, None) or ""]
    names += [f"{kind} {name or '<default>'}" for kind, name in sorted(entity.items())]
    return ConfigSet(resource_type, ", ".join(names), key, value)


def _scram(wire: WireReader, _version: int) -> Change:
    """Salt, keys and iterations are passed over."""
    user, mechanism = wire.string(), _int8(wire)
    for _ in range(3):
        length, wire.position = uvarint(wire.data, wire.position)
        wire.position += max(0, length - 1)
    wire.int32()
    _tags(wire)
    return ConfigSet("user", user, _SCRAM.get(mechanism, f"SCRAM #{mechanism}"), SENSITIVE)


def _remove_scram(wire: WireReader, _version: int) -> Change:
    user, mechanism = wire.string(), _int8(wire)
    _tags(wire)
    return ConfigSet("user", user, _SCRAM.get(mechanism, f"SCRAM #{mechanism}"), None)


def _acl(wire: WireReader, _version: int) -> Change:
    rule, resource, name, pattern = wire.take(_UUID), _int8(wire), wire.string(), _int8(wire)
    principal, host, operation, permission = wire.string(), wire.string(), _int8(wire), _int8(wire)
    _tags(wire)
    sentence = acl_sentence(
        principal,
        host,
        permission=permission,
        operation=operation,
        resource=resource,
        pattern=pattern,
        name=name,
    )
    return AclAdded(rule, sentence)


def _remove_acl(wire: WireReader, _version: int) -> Change:
    rule = wire.take(_UUID)
    _tags(wire)
    return AclRemoved(rule)


def _migration_state(wire: WireReader, _version: int) -> Change:
    state = _int8(wire)
    _tags(wire)
    return MigrationStateSet(state)


def _register_controller(wire: WireReader, _version: int) -> Change:
    controller = wire.int32()
    wire.take(_UUID)
    wire.boolean()
    listeners = _listeners(wire)
    _skip_features(wire)
    _tags(wire)
    return ControllerRegistered(controller, listeners)


def _unregister_controller(wire: WireReader, _version: int) -> Change:
    controller = wire.int32()
    _tags(wire)
    return ControllerUnregistered(controller)


def _passed_over(wire: WireReader, _version: int) -> None:
    """Nothing that is shown, or a secret: not looked at."""
    wire.position = len(wire.data)


def _float64(raw: bytes) -> float:
    value: float = struct.unpack(">d", raw)[0]
    return value


BODIES: Final[Mapping[int, tuple[int, Body]]] = {
    RecordType.REGISTER_BROKER: (4, _register_broker),
    RecordType.UNREGISTER_BROKER: (0, _unregister_broker),
    RecordType.TOPIC: (0, _topic),
    RecordType.CONFIG: (0, _config),
    RecordType.FENCE_BROKER: (0, _fence(is_fenced=True)),
    RecordType.UNFENCE_BROKER: (0, _fence(is_fenced=False)),
    RecordType.REMOVE_TOPIC: (0, _remove_topic),
    RecordType.DELEGATION_TOKEN: (0, _passed_over),
    RecordType.USER_SCRAM_CREDENTIAL: (0, _scram),
    RecordType.FEATURE_LEVEL: (0, _feature_level),
    RecordType.CLIENT_QUOTA: (0, _client_quota),
    RecordType.PRODUCER_IDS: (0, _passed_over),
    RecordType.REMOVE_FEATURE_LEVEL: (0, _remove_feature_level),
    RecordType.BROKER_REGISTRATION_CHANGE: (3, _registration_change),
    RecordType.ACCESS_CONTROL_ENTRY: (0, _acl),
    RecordType.REMOVE_ACCESS_CONTROL_ENTRY: (0, _remove_acl),
    RecordType.NO_OP: (0, _passed_over),
    RecordType.ZK_MIGRATION_STATE: (0, _migration_state),
    RecordType.REMOVE_USER_SCRAM_CREDENTIAL: (0, _remove_scram),
    RecordType.REMOVE_DELEGATION_TOKEN: (0, _passed_over),
    RecordType.REGISTER_CONTROLLER: (0, _register_controller),
    RecordType.CLEAR_ELR: (0, _passed_over),
    RecordType.UNREGISTER_CONTROLLER: (0, _unregister_controller),
}
"""By type: the newest version that is read, and how."""
