"""DescribeLogDirs (35) of one broker: its directories, their volumes, and the bytes of every replica.

Read by hand, in steps: a broker may hold tens of thousands of replicas. Source: DescribeLogDirsResponse.json.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ktui.adapters.kafka.bridge import Api, agreed_version, codec_of
from ktui.adapters.kafka.error_codes import Code, check, refusal, sentence_of
from ktui.adapters.kafka.link import Link
from ktui.adapters.kafka.steps import Pace, Steps, in_steps
from ktui.adapters.kafka.wire import WireReader, after_tags, decoding
from ktui.adapters.model import DirectoryUse

_RIGHT: Final = "Describe on Cluster"
_REPLICA: Final = struct.Struct(">iqq?")
"""Partition index, size, lag, and whether it is a replica that is being moved to this directory."""
_REPLICA_FLEXIBLE: Final = struct.Struct(">iqq?B")
_FIRST_FLEXIBLE: Final = 2
_FIRST_WITH_ERROR: Final = 3
_FIRST_WITH_VOLUME: Final = 4
_FIRST_WITH_CORDON: Final = 5

Sizes = dict[str, dict[int, int]]


@dataclass(frozen=True, slots=True)
class LogDirs:
    """What one broker has on its disks."""

    directories: tuple[DirectoryUse, ...]
    replica_bytes: Mapping[str, Mapping[int, int]]
    """By topic and partition index, without replicas that are still being moved to another directory."""


async def describe_log_dirs(link: Link) -> LogDirs:
    """Ask the broker for all its replicas. NotPermitted needs Describe on Cluster."""
    api = Api.DESCRIBE_LOG_DIRS
    version = await agreed_version(link, api, lowest=1, highest=_FIRST_WITH_CORDON)
    codec = codec_of(api, version)
    data = await link.request(api, version, codec.encode({"topics": None}), is_flexible=codec.is_flexible)
    return await in_steps(decode_log_dirs(data, version))


def decode_log_dirs(data: bytes, version: int) -> Steps[LogDirs]:
    """Decode an answer of versions 1 to 5."""
    with decoding(Api.DESCRIBE_LOG_DIRS.title):
        pace = Pace()
        wire = WireReader(data, is_flexible=version >= _FIRST_FLEXIBLE)
        wire.int32()
        code = wire.int16() if version >= _FIRST_WITH_ERROR else 0
        directories: list[DirectoryUse] = []
        sizes: Sizes = {}
        for _ in range(wire.array_length(item_bytes=4)):
            directory = yield from _directory(wire, version, sizes, pace)
            directories.append(directory)
        wire.tags()
        wire.end()
    check(code, needs=_RIGHT)
    if not directories:
        # A broker always has a directory; before version 3 this is how a missing right looks.
        raise refusal(Code.CLUSTER_AUTHORIZATION_FAILED, needs=_RIGHT)
    return LogDirs(tuple(directories), sizes)


def _directory(wire: WireReader, version: int, sizes: Sizes, pace: Pace) -> Steps[DirectoryUse]:
    code = wire.int16()
    path = wire.string()
    for _ in range(wire.array_length(item_bytes=3)):
        topic = wire.string()
        found = _replicas(wire)
        if found:
            sizes.setdefault(topic, {}).update(found)
        wire.tags()
        if pace.is_over():
            yield
            pace.restart()
    total = usable = -1
    if version >= _FIRST_WITH_VOLUME:
        total, usable = wire.int64(), wire.int64()
    is_cordoned = version >= _FIRST_WITH_CORDON and wire.boolean()
    wire.tags()
    return DirectoryUse(
        path,
        sentence_of(code) if code else None,
        total if total >= 0 else None,
        usable if usable >= 0 else None,
        is_cordoned,
    )


def _replicas(wire: WireReader) -> dict[int, int]:
    """Bytes by partition index of one topic."""
    form = _REPLICA_FLEXIBLE if wire.is_flexible else _REPLICA
    count = wire.array_length(item_bytes=form.size)
    start = wire.position
    rows = list(form.iter_unpack(wire.take(count * form.size)))
    if wire.is_flexible and any(row[4] for row in rows):
        wire.position = start
        rows = [_tagged_replica(wire) for _ in range(count)]
    return {index: size for index, size, _, is_future, *_ in rows if not is_future}


def _tagged_replica(wire: WireReader) -> tuple[int, ...]:
    row = _REPLICA.unpack(wire.take(_REPLICA.size))
    wire.position = after_tags(wire.data, wire.position)
    return row
