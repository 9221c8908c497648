"""Answers to a request that is asked again and again: all but the offsets is compared at once, then those are read.

The comparison is exact: an answer that differs in anything else is decoded from the start and may be the next template.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from ktui.adapters.kafka.offsets_table import Decoded, EndOffsets, Rows, decode
from ktui.adapters.kafka.offsets_wire import form_of
from ktui.adapters.kafka.steps import Pace, Steps

_THROTTLE_BYTES = 4
_OFFSET_BYTES = 8
_BEFORE_OFFSET = 14
"""Index, error and timestamp."""


class Template:
    """What an answer must look like to be read by its columns."""

    __slots__ = ("_expected", "_mask", "_offsets", "rows")

    def __init__(self, rows: Rows, expected: int, mask: int, offsets: struct.Struct) -> None:
        self.rows = rows
        self._expected = expected
        self._mask = mask
        self._offsets = offsets

    @staticmethod
    def learn(version: int, data: bytes, decoded: Decoded) -> Steps[Template]:
        """Made of an answer whose entries are all of one width, in steps."""
        form, pace = form_of(version), Pace()
        after = form.width - _BEFORE_OFFSET - _OFFSET_BYTES
        one_kept = b"\xff" * _BEFORE_OFFSET + bytes(_OFFSET_BYTES) + b"\xff" * after
        one_read = f"{_BEFORE_OFFSET}xq{after}x" if after else f"{_BEFORE_OFFSET}xq"
        kept, fields, at = bytearray(b"\xff" * len(data)), [">"], 0
        for (_, first, end), start in zip(decoded.answer.rows.topics, decoded.starts, strict=True):
            size = (end - first) * form.width
            kept[start : start + size] = one_kept * (end - first)
            fields += (f"{start - at}x", one_read * (end - first))
            at = start + size
            if pace.is_over():
                yield
                pace.restart()
        if form.has_throttle:
            kept[:_THROTTLE_BYTES] = bytes(_THROTTLE_BYTES)
        yield
        offsets = struct.Struct("".join((*fields, f"{len(data) - at}x")))
        yield
        mask = int.from_bytes(kept, "little")
        return Template(decoded.answer.rows, int.from_bytes(data, "little") & mask, mask, offsets)

    def offsets(self, data: bytes) -> Sequence[int] | None:
        """By row; None when this answer differs in more than its offsets."""
        if len(data) != self._offsets.size:
            return None
        if int.from_bytes(data, "little") & self._mask != self._expected:
            return None
        return self._offsets.unpack(data)


class RepeatedAnswers:
    """Decodes the answers to one request. A template is made when an answer looks like the one before."""

    __slots__ = ("_before", "_template", "_version")

    def __init__(self, version: int) -> None:
        self._version = version
        self._template: Template | None = None
        self._before: Rows | None = None

    def decode(self, data: bytes) -> Steps[EndOffsets]:
        """BadAnswer. `rows` is the same object for answers that differ in their offsets only."""
        if self._template is not None:
            offsets = self._template.offsets(data)
            if offsets is not None:
                return EndOffsets(self._template.rows, offsets, _throttle_ms(self._version, data))
            self._template = None
        decoded = yield from decode(self._version, data)
        answer = decoded.answer
        before, self._before = self._before, answer.rows
        if before is not None and _are_equal(before, answer.rows):
            yield
            if not decoded.has_tags:
                self._template = yield from Template.learn(self._version, data, decoded)
            self._before = answer.rows
        return answer


def _are_equal(one: Rows, other: Rows) -> bool:
    return (
        one.topics == other.topics
        and one.indexes == other.indexes
        and one.errors == other.errors
        and one.epochs == other.epochs
    )


def _throttle_ms(version: int, data: bytes) -> int:
    value: int = struct.unpack_from(">i", data)[0] if form_of(version).has_throttle else 0
    return value
