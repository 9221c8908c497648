"""The files of a `__cluster_metadata-0` folder: segments and checkpoints, found and looked through, never written.

    <base offset, 20 digits>.log                          batches of the log, in a row
    <end offset, 20 digits>-<epoch, 10 digits>.checkpoint  a snapshot: the state below its end offset

`00000000000000000000-0000000000.checkpoint` is what a cluster was formatted with and no state of it; files that end in
`.part` or `.deleted` are not whole. Source: `kafka.raft.KafkaMetadataLog` and `org.apache.kafka.snapshot.Snapshots`.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ktui.adapters.errors import BadSettings
from ktui.adapters.java_properties import read_properties
from ktui.adapters.kafka.log.batches import Batch, Damaged, batch_at

FOLDER: Final = "__cluster_metadata-0"
_SEGMENT: Final = re.compile(r"(\d{20})\.log")
_CHECKPOINT: Final = re.compile(r"(\d{20})-(\d{10})\.checkpoint")
_START: Final = struct.Struct(">qi")
_REST: Final = struct.Struct(">iqq")
_REST_AT: Final = 23
_LEAST: Final = 61
"""Bytes of a batch without records."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of the log."""

    path: Path
    base_offset: int


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A snapshot of everything below its end offset."""

    path: Path
    end_offset: int
    epoch: int


@dataclass(frozen=True, slots=True)
class MetadataFiles:
    """Both in the order of their offsets."""

    folder: Path
    segments: tuple[Segment, ...]
    checkpoints: tuple[Checkpoint, ...]
    cluster_id: str | None
    """From `meta.properties` beside the folder; None when that is not there."""


@dataclass(frozen=True, slots=True)
class Span:
    """What the headers in a segment say."""

    last_offset: int
    """-1 for a segment without a batch."""
    first_at: float
    last_at: float
    marks: dict[int, float]
    """By end offset that was asked for: when the last batch below it was appended."""


def find_files(folder: Path) -> MetadataFiles:
    """BadSettings, with a sentence, for a folder without a metadata log."""
    inner = folder / FOLDER
    place = inner if inner.is_dir() else folder
    try:
        names = sorted(path for path in place.iterdir() if path.is_file())
    except OSError as error:
        raise BadSettings(f"{folder}: {error.strerror or error}") from error
    found = ((path, _SEGMENT.fullmatch(path.name)) for path in names)
    segments = tuple(Segment(path, int(match[1])) for path, match in found if match)
    found = ((path, _CHECKPOINT.fullmatch(path.name)) for path in names)
    checkpoints = tuple(
        Checkpoint(path, int(match[1]), int(match[2])) for path, match in found if match and int(match[1])
    )
    if not segments and not checkpoints:
        raise BadSettings(f"{folder} holds no metadata log: neither a segment nor a checkpoint is in it")
    return MetadataFiles(place, segments, checkpoints, _cluster_id(place.parent / "meta.properties"))


def read_file(path: Path) -> bytes:
    """BadSettings for one that cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadSettings(f"{path}: {error.strerror or error}") from error


def look_through(data: bytes, ends: set[int]) -> Span:
    """From header to header, without checking anything else; up to what is no header."""
    position, first_at, last_at, last_offset, marks = 0, 0.0, 0.0, -1, dict[int, float]()
    while position + _LEAST <= len(data):
        base, length = _START.unpack_from(data, position)
        after = position + _START.size + length
        if base < 0 or length < _LEAST - _START.size or after > len(data):
            break
        delta, _, newest = _REST.unpack_from(data, position + _REST_AT)
        if last_offset < 0:
            first_at = newest / 1000
        last_offset, last_at = base + delta, max(last_at, newest / 1000)
        if last_offset + 1 in ends:
            marks[last_offset + 1] = last_at
        position = after
    return Span(last_offset, first_at, last_at, marks)


def batches_from(data: bytes, offset: int) -> Iterator[Batch]:
    """The whole batches that reach beyond an offset; raises Damaged for what is no batch."""
    position = 0
    while True:
        batch, position = batch_at(data, position)
        if batch is None:
            if position < len(data):
                raise Damaged(position, "its last batch is cut off")
            return
        if batch.last_offset >= offset:
            yield batch


def _cluster_id(path: Path) -> str | None:
    try:
        entry = read_properties(path).get("cluster.id")
    except BadSettings:
        return None
    return None if entry is None else entry.value
