"""The records of a batch: aiokafka's compiled reader, in its one import."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any, Final, Protocol

from aiokafka.errors import KafkaError
from aiokafka.record.default_records import DefaultRecordBatch
from aiokafka.record.legacy_records import LegacyRecordBatch

from ktui.adapters.errors import BadAnswer
from ktui.adapters.kafka.tail.batches import HEADER_BYTES, Batch
from ktui.adapters.kafka.tail.codecs import decompress
from ktui.adapters.kafka.tail.plain_records import plain_records

CHUNK: Final = 2_000
"""Records that are made in one call: less than a millisecond of work."""
_ATTRIBUTES_AT: Final = 21
_CODEC_MASK: Final = 0x07
_READER_ERRORS: Final = (
    KafkaError, ValueError, LookupError, ArithmeticError, TypeError, OSError, AssertionError, SystemError,
    MemoryError,
)  # fmt: skip
"""What the compiled readers raise for bytes that are no records."""


class Raw(Protocol):
    """What the reader yields: bytes as they are, a timestamp in ms (None or -1: none)."""

    @property
    def offset(self) -> int: ...

    @property
    def timestamp(self) -> int | None: ...

    @property
    def key(self) -> bytes | None: ...

    @property
    def value(self) -> bytes | None: ...

    @property
    def headers(self) -> Sequence[tuple[str, bytes | None]]: ...


def body_of(data: bytes, batch: Batch) -> bytes:
    """The records of a compressed batch of magic 2 as bytes. BadAnswer, NotSupported."""
    return decompress(batch.codec, memoryview(data)[batch.start + HEADER_BYTES : batch.end])


def is_intact(data: bytes, batch: Batch) -> bool:
    """Whether the checksum is right."""
    view = memoryview(data)[batch.start : batch.end]
    try:
        reader = LegacyRecordBatch(view, batch.magic) if batch.magic < 2 else DefaultRecordBatch(view)
        return bool(reader.validate_crc())
    except _READER_ERRORS:
        return False


def chunks_of(data: bytes, batch: Batch, body: bytes | None = None) -> Iterator[list[Raw]]:
    """All records in their order, some thousands at once; `body` is what `body_of` gave, where that was asked for.

    BadAnswer or NotSupported, also while it yields. A header's name that is not UTF-8 comes with lone surrogates.
    """
    view: Any = memoryview(data)[batch.start : batch.end]
    if batch.magic > 1 and batch.codec:
        view = _uncompressed_header(view) + (body_of(data, batch) if body is None else body)
    done = 0
    try:
        reader = LegacyRecordBatch(view, batch.magic) if batch.magic < 2 else DefaultRecordBatch(view)
        # The compiled reader begins again when it is asked once more after its end; `chain` does not ask.
        records = chain(reader)
        while chunk := list(islice(records, CHUNK)):
            yield chunk
            done += len(chunk)
    except UnicodeDecodeError:
        # The compiled reader cannot read a header's name that is not UTF-8; from here on the plain one goes on.
        yield from _in_chunks(islice(plain_records(bytes(view), batch), done, None))
    except _READER_ERRORS as error:
        raise BadAnswer(f"the batch at offset {batch.base_offset} cannot be read: {error}") from error


def first_keys(data: bytes, batch: Batch, body: bytes | None, count: int) -> list[bytes | None]:
    """The keys of the first records of a batch of magic 2. BadAnswer, NotSupported."""
    view: Any = memoryview(data)[batch.start : batch.end]
    if batch.codec:
        view = _uncompressed_header(view) + (body_of(data, batch) if body is None else body)
    try:
        return [raw.key for raw in islice(DefaultRecordBatch(view), count)]
    except UnicodeDecodeError:
        return [raw.key for raw in islice(plain_records(bytes(view), batch), count)]
    except _READER_ERRORS as error:
        raise BadAnswer(f"the batch at offset {batch.base_offset} cannot be read: {error}") from error


def _uncompressed_header(view: memoryview) -> bytes:
    """The header with no codec in it: the reader then takes the records as they are."""
    header = bytearray(view[:HEADER_BYTES])
    header[_ATTRIBUTES_AT + 1] &= ~_CODEC_MASK & 0xFF
    return bytes(header)


def _in_chunks(records: Iterator[Raw]) -> Iterator[list[Raw]]:
    while chunk := list(islice(records, CHUNK)):
        yield chunk
