"""Where matched records go: kept for a screen within a bound of memory, or handed over one by one to a command."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Final, Protocol

from ktui.adapters.tail.filter import Filter
from ktui.adapters.tail.record import Record
from ktui.adapters.tail.view import Window

_CHUNK: Final = 256
_CHUNKS_LEAST: Final = 32
"""A chunk holds at most this part of the memory, so that what is dropped at once is little."""
_HANDED_BYTES: Final = 4 << 20


class Receiver(Protocol):
    """What the readers of a tail give matched records to."""

    async def take(self, records: Sequence[Record]) -> None:
        """May wait: who cannot take more slows the reading down."""

    @property
    def shown(self) -> int: ...

    @property
    def dropped(self) -> int: ...

    def window(self) -> Window: ...

    def restart(self, wanted: Filter | None) -> int:
        """Look through what is held by another filter, or forget it all (None); how many were looked through."""


class Keeper:
    """The newest matched records."""

    def __init__(self, kept_bytes: int, longest_value: int | None) -> None:
        self._most = kept_bytes
        self._longest = longest_value
        self._chunks: deque[tuple[int, tuple[Record, ...], int]] = deque()
        """First number, records, bytes."""
        self._open: list[Record] = []
        self._open_bytes = 0
        self._bytes = 0
        self._next = 0
        self.dropped = 0

    @property
    def shown(self) -> int:
        first = self._chunks[0][0] if self._chunks else self._next - len(self._open)
        return self._next - first

    async def take(self, records: Sequence[Record]) -> None:
        for record in records:
            self._add(self._cut(record))

    def window(self) -> Window:
        chunks = [chunk for _, chunk, _ in self._chunks]
        firsts = [first for first, _, _ in self._chunks]
        if self._open:
            chunks.append(tuple(self._open))
            firsts.append(self._next - len(self._open))
        return Window(tuple(chunks), tuple(firsts), self._bytes + self._open_bytes, self._next)

    def restart(self, wanted: Filter | None) -> int:
        held = list(self.window()) if wanted is not None else []
        self._chunks.clear()
        self._open, self._open_bytes, self._bytes, self.dropped = [], 0, 0, 0
        for record in held:
            if wanted is not None and wanted.matches(record):
                self._add(record)
        return len(held)

    def _add(self, record: Record) -> None:
        size = record.kept_bytes()
        if self._open and (
            len(self._open) >= _CHUNK or (self._open_bytes + size) * _CHUNKS_LEAST > self._most
        ):
            self._close_chunk()
        self._open.append(record)
        self._open_bytes += size
        self._next += 1
        while self._chunks and self._bytes + self._open_bytes > self._most:
            _, chunk, freed = self._chunks.popleft()
            self._bytes -= freed
            self.dropped += len(chunk)

    def _close_chunk(self) -> None:
        self._chunks.append((self._next - len(self._open), tuple(self._open), self._open_bytes))
        self._bytes += self._open_bytes
        self._open, self._open_bytes = [], 0

    def _cut(self, record: Record) -> Record:
        value = record.value
        if self._longest is None or value is None or len(value) <= self._longest:
            return record
        return record._replace(value=value[: self._longest], cut=len(value) - self._longest)


class Handover:
    """Records on their way to one consumer, a few megabytes at most: then the reading waits."""

    def __init__(self) -> None:
        self._waiting: deque[Sequence[Record]] = deque()
        self._bytes = 0
        self._changed = asyncio.Event()
        self._is_closed = False
        self.shown = 0
        self.dropped = 0

    async def take(self, records: Sequence[Record]) -> None:
        while self._bytes > _HANDED_BYTES and not self._is_closed:
            self._changed.clear()
            await self._changed.wait()
        self._waiting.append(records)
        self._bytes += sum(record.kept_bytes() for record in records)
        self._changed.set()

    def close(self) -> None:
        """Nothing more comes; what waits is still handed over."""
        self._is_closed = True
        self._changed.set()

    async def __aiter__(self) -> AsyncIterator[Sequence[Record]]:
        while True:
            while self._waiting:
                records = self._waiting.popleft()
                self._bytes -= sum(record.kept_bytes() for record in records)
                self._changed.set()
                yield records
                self.shown += len(records)
            if self._is_closed:
                return
            self._changed.clear()
            await self._changed.wait()

    def window(self) -> Window:
        return Window()

    def restart(self, wanted: Filter | None) -> int:
        return 0
