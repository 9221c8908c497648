"""What a Metadata answer tells besides topics: brokers, cluster id, controller."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ktui.adapters.kafka.error_codes import check
from ktui.adapters.kafka.metadata_layout import Layout
from ktui.adapters.kafka.operations import Operation, operations_of
from ktui.adapters.kafka.wire import WireReader


@dataclass(frozen=True, slots=True)
class MetadataBroker:
    """An active broker and where it says that it listens."""

    id: int
    host: str
    port: int
    rack: str | None


@dataclass(frozen=True, slots=True)
class MetadataHeader:
    """The fields of the whole answer."""

    brokers: tuple[MetadataBroker, ...]
    cluster_id: str | None
    controller_id: int | None
    """In ZooKeeper mode the controller; in KRaft mode any live broker, which means nothing."""
    throttle_ms: int
    cluster_operations: frozenset[Operation] | None = None
    """Versions 8 to 10, where asked for."""


def read_header(wire: WireReader, layout: Layout) -> MetadataHeader:
    """Read up to the topics."""
    throttle_ms = wire.int32() if layout.has_throttle else 0
    brokers = []
    for _ in range(wire.array_length(item_bytes=10)):
        broker = MetadataBroker(wire.int32(), wire.string(), wire.int32(), wire.nullable_string())
        wire.tags()
        brokers.append(broker)
    cluster_id = wire.nullable_string() if layout.has_cluster_id else None
    controller_id = wire.int32()
    return MetadataHeader(
        tuple(brokers), cluster_id, controller_id if controller_id >= 0 else None, throttle_ms
    )


def read_trailer(wire: WireReader, layout: Layout, header: MetadataHeader) -> MetadataHeader:
    """Read what comes after the topics, to the end; Refused for an error of the whole answer."""
    if layout.has_cluster_operations:
        header = replace(header, cluster_operations=operations_of(wire.int32()))
    code = wire.int16() if layout.has_error else 0
    wire.tags()
    wire.end()
    check(code)
    return header
