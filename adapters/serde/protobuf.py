"""Protobuf by descriptors that the registry gives, of the extra `registry`; the one import of google.protobuf.

Wire format: after the schema's id the path of the message in its file, as varints (zigzag): how many steps, then the
index at each; a single zero stands for the first message. Source: Confluent's wire format, "Protobuf".
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from google.protobuf import (
    any_pb2,
    descriptor_pb2,
    descriptor_pool,
    duration_pb2,
    empty_pb2,
    field_mask_pb2,
    json_format,
    message,
    message_factory,
    struct_pb2,
    timestamp_pb2,
    wrappers_pb2,
)

from ktui.adapters.serde.schemas import Schema

FAILURES = (
    message.DecodeError, json_format.Error, ValueError, TypeError, LookupError, RecursionError, MemoryError,
)  # fmt: skip
"""What protobuf raises for descriptors and bytes that do not fit each other."""
_WELL_KNOWN: Final = (
    any_pb2, duration_pb2, empty_pb2, field_mask_pb2, struct_pb2, timestamp_pb2, wrappers_pb2, descriptor_pb2,
)  # fmt: skip
_MOST_STEPS: Final = 32


def reader_of(schema: Schema) -> Callable[[bytes], str]:
    """From the payload to JSON text. Both raise one of FAILURES."""
    pool = descriptor_pool.DescriptorPool()
    for module in _WELL_KNOWN:
        pool.AddSerializedFile(module.DESCRIPTOR.serialized_pb)
    known = {module.DESCRIPTOR.name for module in _WELL_KNOWN}
    file = pool.FindFileByName(_add(schema, "ktui-main.proto", pool, known))
    messages = list(file.message_types_by_name.values())

    @cache
    def class_at(path: tuple[int, ...]) -> Any:
        found = messages[path[0]]
        for step in path[1:]:
            found = found.nested_types[step]
        return message_factory.GetMessageClass(found)

    def read(payload: bytes) -> str:
        path, start = message_path(payload)
        content = class_at(path).FromString(payload[start:])
        as_json = json_format.MessageToDict(content, preserving_proto_field_name=True, descriptor_pool=pool)
        return json.dumps(as_json, ensure_ascii=False, separators=(",", ":"))

    return read


def message_path(payload: bytes) -> tuple[tuple[int, ...], int]:
    """Indexes from the file down to the message, and where the message begins. ValueError."""
    count, at = _zigzag(payload, 0)
    if not 0 <= count <= _MOST_STEPS:
        raise ValueError("the path of the message is no path")
    if count == 0:
        return (0,), at
    steps = []
    for _ in range(count):
        step, at = _zigzag(payload, at)
        if step < 0:
            raise ValueError("the path of the message is no path")
        steps.append(step)
    return tuple(steps), at


def _add(schema: Schema, name: str, pool: Any, known: set[str]) -> str:
    """Put the file and those that it imports into the pool; returns its name."""
    for reference in schema.references:
        if reference.name not in known:
            known.add(reference.name)
            _add(reference.schema, reference.name, pool, known)
    try:
        data = base64.b64decode(schema.text, validate=True)
    except binascii.Error:
        raise ValueError("this registry gives no descriptors of Protobuf (format=serialized)") from None
    file = descriptor_pb2.FileDescriptorProto.FromString(data)
    file.name = name
    pool.AddSerializedFile(file.SerializeToString())
    return name


def _zigzag(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 35, 7):
        if at >= len(data):
            raise ValueError("the path of the message is cut off")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (value >> 1) ^ -(value & 1), at
    raise ValueError("the path of the message is no path")
