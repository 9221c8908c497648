"""From a batch to changes, in the order of its records. What cannot be read is told as such and never guessed.

A record: length, attributes i8, timestamp delta, offset delta, key length, key, value length, value, header count;
lengths and deltas are zigzag varints. Its value: frame version 1, type, version (unsigned varints), and the fields.
"""

from __future__ import annotations

import struct
from typing import Final

from ktui.adapters.kafka.log.batches import Batch
from ktui.adapters.kafka.log.bodies import BODIES
from ktui.adapters.kafka.log.partition_records import (
    NEWEST_CHANGE,
    NEWEST_PARTITION,
    read_partition,
    read_partition_change,
)
from ktui.adapters.kafka.log.records import Change, LeaderElected, RecordType, Transaction, Unreadable
from ktui.adapters.kafka.log.runs import Frame, Runs, shape_of
from ktui.adapters.kafka.steps import Pace, Steps
from ktui.adapters.kafka.wire import WireReader, uvarint

_FRAME_VERSION: Final = 1
_BETWEEN_LOOKS: Final = 64
"""Records between two looks at the clock."""
_TOPIC: Final = int(RecordType.TOPIC)
_PARTITION: Final = int(RecordType.PARTITION)
_CHANGE: Final = int(RecordType.PARTITION_CHANGE)
_TRANSACTION: Final = frozenset(map(int, Transaction))
_LEADER_CHANGE: Final = 2
_MALFORMED: Final = (IndexError, struct.error, ValueError, OverflowError)
NO_TYPE: Final = -1
"""Stands for the type of a record whose frame cannot be read."""
_NO_RECORD: Final = Unreadable(NO_TYPE, 0, is_malformed=True)
_FLUSHED_AT: Final = 2048
"""Rows that are cut into columns at once: some hundred microseconds."""


def decode(batch: Batch) -> Steps[list[Change]]:
    """All records of a batch, in steps."""
    changes: list[Change] = []
    if batch.is_control:
        _control(batch, changes)
        return changes
    yield from _Decoder(batch, changes).run()
    return changes


class _Decoder:
    """Goes through the records of one batch."""

    def __init__(self, batch: Batch, changes: list[Change]) -> None:
        self._data = batch.records
        self._left = batch.count
        self._changes = changes
        self._runs = Runs()

    def run(self) -> Steps[None]:
        pace, looked, position = Pace(), 0, 0
        while self._left > 0:
            try:
                after_length, end = _bounds(self._data, position)
            except _MALFORMED:
                self._end_runs()
                self._changes.extend([_NO_RECORD] * self._left)
                return
            position = self._take(position, after_length, end)
            looked += 1
            if looked >= _BETWEEN_LOOKS or self._runs.rows >= _FLUSHED_AT:
                looked = 0
                if self._runs.rows >= _FLUSHED_AT:
                    self._end_runs()
                if pace.is_over():
                    yield
                    pace.restart()
        self._end_runs()

    def _take(self, position: int, after_length: int, end: int) -> int:
        """One record, or a run of them; returns where the next one starts."""
        try:
            frame, kind, version = _frame(self._data, position, after_length, end)
        except _MALFORMED:
            self._end_runs()
            self._left -= 1
            self._changes.append(_NO_RECORD)
            return end
        if kind == _PARTITION and version <= NEWEST_PARTITION:
            shape = shape_of(self._data, frame)
            if shape is not None:
                if shape is not self._runs.shape:
                    self._end_runs()
                count = self._runs.take(self._data, frame, shape, self._left)
                self._left -= count
                return frame.start + count * shape.stride
        if kind != _TOPIC:
            self._end_runs()
        self._left -= 1
        change = _read(self._data, frame, kind, version)
        if change is not None:
            self._changes.append(change)
        return frame.end

    def _end_runs(self) -> None:
        if not self._runs.rows:
            return
        cut = self._runs.cut()
        if cut is not None:
            self._changes.extend(cut)
        else:
            for piece in self._runs.pieces():
                self._changes.extend(_one_by_one(piece))
        self._runs.clear()


def _one_by_one(piece: bytes) -> list[Change]:
    """Records whose lengths are known to be right."""
    changes: list[Change] = []
    position = 0
    while position < len(piece):
        after_length, end = _bounds(piece, position)
        try:
            change = _read(piece, *_frame(piece, position, after_length, end))
        except _MALFORMED:
            change = _NO_RECORD
        if change is not None:
            changes.append(change)
        position = end
    return changes


def _read(data: bytes, frame: Frame, kind: int, version: int) -> Change | None:
    end = frame.end - 1
    try:
        if kind == _CHANGE and version <= NEWEST_CHANGE:
            return read_partition_change(data, frame.body, end)
        if kind == _PARTITION and version <= NEWEST_PARTITION:
            return read_partition(data, frame.body, end, version)
        if kind in _TRANSACTION and not version:
            return Transaction(kind)
        newest, read = BODIES.get(kind, (NO_TYPE, None))
        if read is None or version > newest:
            return Unreadable(kind, version, is_malformed=False)
        wire = WireReader(data[frame.body : end], is_flexible=True)
        change = read(wire, version)
        wire.end()
    except _MALFORMED:
        return Unreadable(kind, version, is_malformed=True)
    return change


def _bounds(data: bytes, position: int) -> tuple[int, int]:
    """Behind the length of the record at this position, and where the next one starts. Malformed bytes raise."""
    length, after_length = _zigzag(data, position)
    end = after_length + length
    if length <= 0 or end > len(data):
        raise ValueError("a record is cut off")
    return after_length, end


def _frame(data: bytes, position: int, after_length: int, end: int) -> tuple[Frame, int, int]:
    """Where the parts of a record lie, its type and version. Malformed bytes raise."""
    delta = after_length + 1
    while data[delta] > 0x7F:
        delta += 1
    delta += 1
    after_delta = delta
    while data[after_delta] > 0x7F:
        after_delta += 1
    after_delta += 1
    place = after_delta
    if data[place] == 1:
        place += 1
    else:
        size, place = _zigzag(data, place)
        place += max(0, size)
    size, place = _zigzag(data, place)
    if size < 0 or place + size + 1 != end or data[end - 1]:
        raise ValueError("a record is longer or shorter than its value")
    kind, version = data[place + 1], data[place + 2]
    body = place + 3
    if data[place] != _FRAME_VERSION or body > end - 1:
        raise ValueError("a record in a frame that is not known")
    if kind > 0x7F or version > 0x7F:
        kind, body = uvarint(data, place + 1)
        version, body = uvarint(data, body)
    return Frame(position, after_length - position, delta, after_delta, body, end), kind, version


def _zigzag(data: bytes, position: int) -> tuple[int, int]:
    value = data[position]
    position += 1
    if value > 0x7F:
        value, position = uvarint(data, position - 1)
    return (value >> 1) ^ -(value & 1), position


def _control(batch: Batch, changes: list[Change]) -> None:
    """Control records: only an election is of interest (key: version i16, type i16; value: version i16, leader i32)."""
    position = 0
    for _ in range(batch.count):
        try:
            start, end = _bounds(batch.records, position)
            key, value = _key_and_value(batch.records, start, end)
            _, kind = struct.unpack_from(">hh", key)
            if kind == _LEADER_CHANGE:
                changes.append(LeaderElected(*struct.unpack_from(">2xi", value)))
        except _MALFORMED:
            changes.append(_NO_RECORD)
            return
        position = end


def _key_and_value(data: bytes, start: int, end: int) -> tuple[bytes, bytes]:
    _, place = _zigzag(data, start + 1)
    _, place = _zigzag(data, place)
    size, place = _zigzag(data, place)
    key = data[place : place + max(0, size)]
    size, place = _zigzag(data, place + max(0, size))
    if place + max(0, size) > end:
        raise ValueError("a record is cut off")
    return key, data[place : place + max(0, size)]
