"""Standard input, line by line, without ever waiting for it on the loop."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from ktui.adapters import daemon_thread
from ktui.adapters.errors import BadSettings
from ktui.adapters.produce.lines import LONGEST_LINE, Lines
from ktui.adapters.produce.records import NewRecord

_CHUNK: Final = 1 << 18
_STRETCH: Final = 500
"""Records between two looks at what else there is to do."""


@dataclass(frozen=True, slots=True)
class InputRecords:
    """Records of a stream of lines; None whenever nothing more has come yet. Gone through once.

    One chunk is read ahead: whoever writes to the stream waits as long as we do.
    """

    lines: Lines
    read: Callable[[int], bytes] = field(default=partial(os.read, 0))
    longest_line: int = LONGEST_LINE

    async def __aiter__(self) -> AsyncIterator[NewRecord | None]:
        number, kept = 0, bytearray()
        reading = self._next_chunk()
        while True:
            if not reading.done():
                yield None
            chunk = await reading
            if isinstance(chunk, Exception):
                raise BadSettings(f"standard input cannot be read: {chunk}") from chunk
            if not chunk:
                break
            reading = self._next_chunk()
            kept += chunk
            *whole, rest = kept.split(b"\n") if b"\n" in chunk else [kept]
            kept = bytearray(rest)
            for line in whole:
                number += 1
                record = self.lines.record(bytes(line), number)
                if record is not None:
                    yield record
                if number % _STRETCH == 0:
                    await asyncio.sleep(0)
            if len(kept) > self.longest_line:
                raise BadSettings(f"line {number + 1} is longer than {self.longest_line:,} bytes")
        if kept:
            record = self.lines.record(bytes(kept), number + 1)
            if record is not None:
                yield record

    def _next_chunk(self) -> asyncio.Future[bytes | Exception]:
        return daemon_thread.start(partial(self.read, _CHUNK), "standard input")
