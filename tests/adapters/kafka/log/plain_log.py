"""The metadata log written and read slowly, field by field from a table of schemas: what the decoders are held against.

Nothing of the program is used here. Schemas: `metadata/src/main/resources/common/metadata/*.json` of Apache Kafka.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from crc32c import crc32c

Value = Any


@dataclass(frozen=True)
class F:
    """One field: its name, its type, the version it came with, its tag if it is a tagged one, its default."""

    name: str
    type: str
    since: int = 0
    tag: int | None = None
    default: Value = None


_ENDPOINT: Final = (F("name", "str"), F("host", "str"), F("port", "u16"), F("protocol", "i16"))
_FEATURE: Final = (F("name", "str"), F("least", "i16"), F("most", "i16"))
_ENTITY: Final = (F("type", "str"), F("name", "str?"))
_STRUCTS: Final[Mapping[str, tuple[F, ...]]] = {"endpoint": _ENDPOINT, "feature": _FEATURE, "entity": _ENTITY}

SCHEMAS: Final[Mapping[int, tuple[int, tuple[F, ...]]]] = {
    0: (4, (
        F("broker", "i32"), F("migrating", "bool", 2), F("incarnation", "uuid"), F("epoch", "i64"),
        F("endpoints", "[endpoint]"), F("features", "[feature]"), F("rack", "str?"), F("fenced", "bool"),
        F("shutting_down", "bool", 1), F("dirs", "[uuid]", 3, 0, []), F("cordoned", "[uuid]?", 4, 1),
    )),
    1: (0, (F("broker", "i32"), F("epoch", "i64"))),
    2: (0, (F("name", "str"), F("id", "uuid"))),
    3: (2, (
        F("partition", "i32"), F("topic", "uuid"), F("replicas", "[i32]"), F("isr", "[i32]"),
        F("removing", "[i32]"), F("adding", "[i32]"), F("leader", "i32"), F("leader_epoch", "i32"),
        F("epoch", "i32"), F("dirs", "[uuid]", 1), F("recovery", "i8", 0, 0, 0), F("elr", "[i32]?", 2, 1),
        F("last_elr", "[i32]?", 2, 2),
    )),
    4: (0, (F("type", "i8"), F("resource", "str"), F("name", "str"), F("value", "str?"))),
    5: (2, (
        F("partition", "i32"), F("topic", "uuid"), F("isr", "[i32]?", 0, 0), F("leader", "i32", 0, 1, -2),
        F("replicas", "[i32]?", 0, 2), F("removing", "[i32]?", 0, 3), F("adding", "[i32]?", 0, 4),
        F("recovery", "i8", 0, 5, -1), F("elr", "[i32]?", 2, 6), F("last_elr", "[i32]?", 2, 7),
        F("dirs", "[uuid]?", 1, 8),
    )),
    7: (0, (F("broker", "i32"), F("epoch", "i64"))),
    8: (0, (F("broker", "i32"), F("epoch", "i64"))),
    9: (0, (F("topic", "uuid"),)),
    10: (0, (
        F("owner", "str"), F("requester", "str"), F("renewers", "[str]"), F("issued", "i64"), F("most", "i64"),
        F("expires", "i64"), F("token", "str"),
    )),
    11: (0, (
        F("name", "str"), F("mechanism", "i8"), F("salt", "bytes"), F("stored", "bytes"), F("server", "bytes"),
        F("iterations", "i32"),
    )),
    12: (0, (F("name", "str"), F("level", "i16"))),
    14: (0, (F("entity", "[entity]"), F("key", "str"), F("value", "f64"), F("remove", "bool"))),
    15: (0, (F("broker", "i32"), F("epoch", "i64"), F("next", "i64"))),
    16: (0, (F("name", "str"),)),
    17: (3, (
        F("broker", "i32"), F("epoch", "i64"), F("fenced", "i8", 0, 0, 0), F("shutting_down", "i8", 1, 1, 0),
        F("dirs", "[uuid]", 2, 2, []), F("cordoned", "[uuid]?", 3, 3),
    )),
    18: (0, (
        F("id", "uuid"), F("type", "i8"), F("name", "str"), F("pattern", "i8"), F("principal", "str"),
        F("host", "str"), F("operation", "i8"), F("permission", "i8"),
    )),
    19: (0, (F("id", "uuid"),)),
    20: (0, ()),
    21: (0, (F("state", "i8"),)),
    22: (0, (F("name", "str"), F("mechanism", "i8"))),
    23: (0, (F("name", "str?", 0, 0),)),
    24: (0, ()),
    25: (0, (F("reason", "str?", 0, 0),)),
    26: (0, (F("token", "str"),)),
    27: (0, (
        F("controller", "i32"), F("incarnation", "uuid"), F("migration_ready", "bool"),
        F("endpoints", "[endpoint]"), F("features", "[feature]"),
    )),
    28: (0, (F("topic", "str"),)),
    29: (0, (F("controller", "i32"),)),
}  # fmt: skip
"""By type: the newest version and the fields."""

_NUMBERS: Final = {"i8": ">b", "i16": ">h", "u16": ">H", "i32": ">i", "i64": ">q", "f64": ">d", "bool": ">?"}


@dataclass(frozen=True)
class Record:
    """One data record."""

    type: int
    fields: Mapping[str, Value]
    version: int = 0


def uvarint(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def varint(value: int) -> bytes:
    return uvarint((value << 1) ^ (value >> 63))


def written(kind: str, value: Value) -> bytes:
    """A value of this type."""
    if kind in _NUMBERS:
        return struct.pack(_NUMBERS[kind], value)
    if kind == "uuid":
        return bytes(value)
    if kind.startswith("["):
        if value is None:
            return b"\0"
        inner = kind.strip("[]?")
        return uvarint(len(value) + 1) + b"".join(written(inner, one) for one in value)
    if kind in _STRUCTS:
        return b"".join(written(f.type, value[f.name]) for f in _STRUCTS[kind]) + b"\0"
    if value is None:
        return b"\0"
    raw = value.encode() if isinstance(value, str) else value
    return uvarint(len(raw) + 1) + raw


def value_of(record: Record) -> bytes:
    """The value of a record: frame, and the fields of its version."""
    _, fields = SCHEMAS[record.type]
    known = [field for field in fields if field.since <= record.version]
    plain = b"".join(written(f.type, record.fields[f.name]) for f in known if f.tag is None)
    tags = [
        (f.tag, written(f.type, record.fields[f.name]))
        for f in known
        if f.tag is not None and record.fields.get(f.name, f.default) != f.default
    ]
    tagged = uvarint(len(tags)) + b"".join(
        uvarint(tag) + uvarint(len(raw)) + raw for tag, raw in tags if tag is not None
    )
    return uvarint(1) + uvarint(record.type) + uvarint(record.version) + plain + tagged


def record_bytes(value: bytes, delta: int, key: bytes | None = None) -> bytes:
    keyed = varint(-1) if key is None else varint(len(key)) + key
    body = b"\0" + varint(0) + varint(delta) + keyed + varint(len(value)) + value + b"\0"
    return varint(len(body)) + body


def batch_bytes(
    values: Sequence[bytes],
    base: int = 0,
    *,
    epoch: int = 1,
    at_ms: int = 1_000,
    keys: Sequence[bytes] | None = None,
    packed: tuple[int, bytes] | None = None,
) -> bytes:
    """A batch of these values; `packed` puts a codec and other bytes in place of the records."""
    records = b"".join(
        record_bytes(value, delta, keys[delta] if keys else None) for delta, value in enumerate(values)
    )
    attributes = 0x20 if keys else 0
    if packed is not None:
        attributes, records = attributes | packed[0], packed[1]
    checked = (
        struct.pack(">hiqqqhii", attributes, len(values) - 1, at_ms, at_ms, -1, -1, -1, len(values)) + records
    )
    rest = struct.pack(">ibI", epoch, 2, crc32c(checked)) + checked
    return struct.pack(">qi", base, len(rest)) + rest


def batch_of(records: Iterable[Record], base: int = 0, *, epoch: int = 1, at_ms: int = 1_000) -> bytes:
    return batch_bytes([value_of(record) for record in records], base, epoch=epoch, at_ms=at_ms)


def leader_change(leader: int, base: int, *, epoch: int, at_ms: int = 1_000) -> bytes:
    """A batch with the control record of an election."""
    value = struct.pack(">hi", 0, leader) + b"\x02" + struct.pack(">i", leader) + b"\0\x01\0"
    return batch_bytes([value], base, epoch=epoch, at_ms=at_ms, keys=[struct.pack(">hh", 0, 2)])


class Broken(Exception):
    """Bytes that are not what the schema says."""


class PlainReader:
    """Reads a record's value back, strictly."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, size: int) -> bytes:
        if size < 0 or self.at + size > len(self.data):
            raise Broken
        self.at += size
        return self.data[self.at - size : self.at]

    def uvarint(self) -> int:
        value = 0
        for shift in range(0, 35, 7):
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value
        raise Broken

    def varint(self) -> int:
        value = self.uvarint()
        return (value >> 1) ^ -(value & 1)

    def value(self, kind: str) -> Value:
        if kind in _NUMBERS:
            size = struct.calcsize(_NUMBERS[kind])
            return struct.unpack(_NUMBERS[kind], self.take(size))[0]
        if kind == "uuid":
            return self.take(16)
        if kind in _STRUCTS:
            read = {f.name: self.value(f.type) for f in _STRUCTS[kind]}
            self.tags()
            return read
        length = self.uvarint() - 1
        if kind.startswith("["):
            return None if length < 0 else [self.value(kind.strip("[]?")) for _ in range(length)]
        if length < 0:
            return None
        raw = self.take(length)
        try:
            return raw if kind == "bytes" else raw.decode()
        except UnicodeDecodeError:
            raise Broken from None

    def tags(self) -> dict[int, bytes]:
        return {self.uvarint(): self.take(self.uvarint()) for _ in range(self.uvarint())}


def read_value(data: bytes) -> Record:
    """A record from its value. Broken for what no schema covers."""
    reader = PlainReader(data)
    if reader.uvarint() != 1:
        raise Broken
    kind, version = reader.uvarint(), reader.uvarint()
    if kind not in SCHEMAS or version > SCHEMAS[kind][0]:
        raise Broken
    fields = [field for field in SCHEMAS[kind][1] if field.since <= version]
    read = {f.name: reader.value(f.type) for f in fields if f.tag is None}
    tags = reader.tags()
    for f in fields:
        if f.tag is not None:
            read[f.name] = f.default
            if f.tag in tags:
                inner = PlainReader(tags[f.tag])
                read[f.name] = inner.value(f.type)
                if inner.at != len(inner.data):
                    raise Broken
    if reader.at != len(data):
        raise Broken
    return Record(kind, read, version)
