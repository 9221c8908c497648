"""Metadata answers for tests, written and read by kio: another implementation than ours."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import timedelta
from functools import lru_cache
from types import ModuleType
from typing import Any

from kio.index import load_payload_module
from kio.schema.errors import ErrorCode
from kio.serial import entity_reader, entity_writer
from kio.static.constants import EntityType
from kio.static.primitive import i32Timedelta

from ktui.adapters.kafka.answer_check import check_lengths

NOT_TOLD = -(2**31)


@dataclass(frozen=True)
class P:
    """A partition of an answer."""

    index: int
    leader: int = 1
    epoch: int = 5
    replicas: tuple[int, ...] = (1, 2, 3)
    isr: tuple[int, ...] = (1, 2, 3)
    offline: tuple[int, ...] = ()
    error: int = 0


@dataclass(frozen=True)
class T:
    """A topic of an answer."""

    name: str
    partitions: tuple[P, ...] = ()
    error: int = 0
    id: uuid.UUID | None = field(default=uuid.UUID(int=7))
    is_internal: bool = False
    operations: int = NOT_TOLD


def topic(name: str, partitions: int, **changes: Any) -> T:
    return T(name, tuple(P(index, **changes) for index in range(partitions)))


@lru_cache
def _module(version: int) -> ModuleType:
    return load_payload_module(3, version, EntityType.response)


def _made(cls: type[Any], values: Mapping[str, object]) -> Any:
    """Of this version's class, with those values that the version has."""
    known = {f.name for f in fields(cls)}
    return cls(**{name: value for name, value in values.items() if name in known})


def answer(
    version: int,
    topics: Iterable[T],
    *,
    brokers: Sequence[tuple[int, str, int, str | None]] = ((1, "one", 9092, None), (2, "two", 9092, "r2")),
    cluster_id: str | None = "cluster",
    controller: int = 1,
    error: int = 0,
) -> bytes:
    module = _module(version)
    entity = _made(
        module.MetadataResponse,
        {
            "throttle_time": i32Timedelta.parse(timedelta(0)),
            "brokers": tuple(
                _made(module.MetadataResponseBroker, {"node_id": i, "host": h, "port": p, "rack": r})
                for i, h, p, r in brokers
            ),
            "cluster_id": cluster_id,
            "controller_id": controller,
            "topics": tuple(_topic(module, one) for one in topics),
            "cluster_authorized_operations": NOT_TOLD,
            "error_code": ErrorCode(error),
        },
    )
    stream = io.BytesIO()
    entity_writer(module.MetadataResponse)(stream, entity)
    return stream.getvalue()


def _topic(module: ModuleType, one: T) -> Any:
    return _made(
        module.MetadataResponseTopic,
        {
            "error_code": ErrorCode(one.error),
            "name": one.name,
            "topic_id": one.id,
            "is_internal": one.is_internal,
            "partitions": tuple(_partition(module, part) for part in one.partitions),
            "topic_authorized_operations": one.operations,
        },
    )


def _partition(module: ModuleType, part: P) -> Any:
    return _made(
        module.MetadataResponsePartition,
        {
            "error_code": ErrorCode(part.error),
            "partition_index": part.index,
            "leader_id": part.leader,
            "leader_epoch": part.epoch,
            "replica_nodes": part.replicas,
            "isr_nodes": part.isr,
            "offline_replicas": part.offline,
        },
    )


def read_by_kio(version: int, data: bytes) -> Any:
    """The answer as kio reads it; raises whatever kio raises, and ValueError when bytes are left over or missing.

    kio must not see a length that cannot be: it would end the process.
    """
    check_lengths(_module(version).MetadataResponse, data)
    entity, size = entity_reader(_module(version).MetadataResponse)(data, 0)
    if size != len(data):
        raise ValueError("bytes are left over")
    return entity
