"""Asking for Metadata (api key 3), in a way that can never create a topic."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ktui.adapters.errors import NotSupported
from ktui.adapters.kafka.link import Link
from ktui.adapters.kafka.metadata_layout import HIGHEST, LOWEST, layout_of
from ktui.adapters.kafka.wire import uvarint_bytes

API_KEY: Final = 3
_NAMES_FROM: Final = 4
"""The first version in which a broker can be told not to create the topics that are named."""
_NO_ID: Final = bytes(16)
_NO_TAGS: Final = b"\0"


@dataclass(frozen=True, slots=True)
class RawMetadata:
    """An answer that is not decoded yet."""

    version: int
    data: bytes


async def fetch_metadata(
    link: Link, topics: Sequence[str] | None, *, include_operations: bool = False
) -> RawMetadata:
    """Ask for all topics (None), no topic but the brokers (empty), or these topics."""
    offered = (await link.versions()).get(API_KEY)
    if offered is None:
        raise NotSupported("the node does not answer Metadata requests: it is not a broker")
    version = min(HIGHEST, offered.highest)
    if version < max(LOWEST, offered.lowest):
        raise NotSupported(
            f"Metadata: the broker takes versions {offered.lowest} to {offered.highest}, "
            f"we know {LOWEST} to {HIGHEST}"
        )
    body = encode_metadata(version, topics, include_operations=include_operations)
    is_flexible = layout_of(version).is_flexible
    return RawMetadata(version, await link.request(API_KEY, version, body, is_flexible=is_flexible))


def encode_metadata(version: int, topics: Sequence[str] | None, *, include_operations: bool = False) -> bytes:
    """The body of a request. NotSupported for named topics below version 4, where a broker might create them."""
    if topics and version < _NAMES_FROM:
        raise NotSupported(
            f"Metadata of named topics needs version {_NAMES_FROM}: older ones may create them"
        )
    layout = layout_of(version)
    parts = [_array_length(None if topics is None else len(topics), is_flexible=layout.is_flexible)]
    for name in topics or ():
        text = name.encode()
        if layout.has_topic_id:
            parts.append(_NO_ID)
        if layout.is_flexible:
            parts += (uvarint_bytes(len(text) + 1), text, _NO_TAGS)
        else:
            parts += (struct.pack(">h", len(text)), text)
    if version >= _NAMES_FROM:
        parts.append(b"\0")
    if layout.has_cluster_operations:
        parts.append(bytes([include_operations]))
    if layout.has_topic_operations:
        parts.append(bytes([include_operations]))
    if layout.is_flexible:
        parts.append(_NO_TAGS)
    return b"".join(parts)


def _array_length(length: int | None, *, is_flexible: bool) -> bytes:
    if is_flexible:
        return uvarint_bytes(0 if length is None else length + 1)
    return struct.pack(">i", -1 if length is None else length)
