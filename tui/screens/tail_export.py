"""Records written into a file of the current directory, as JSON lines."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ktui.adapters.serde.decoder import Decoder
from ktui.adapters.tail.record import Record
from ktui.tui.present.chart import file_stem
from ktui.tui.present.formats import counted
from ktui.tui.present.record_json import record_json
from ktui.tui.present.sanitise import safe

_STRETCH: Final = 100
"""Records between two looks at what else there is to do."""


async def export(records: Iterable[Record], topic: str, decoder: Decoder, now: float) -> str:
    """Says what became of it. A file that is there already is left alone."""
    path = Path(f"{file_stem(topic, now)}.jsonl")
    count = 0
    try:
        with await asyncio.to_thread(path.open, "x", encoding="utf-8") as file:
            for record in records:
                file.write(record_json(record, decoder) + "\n")
                count += 1
                if count % _STRETCH == 0:
                    await asyncio.sleep(0)
    except OSError as error:
        return f"Not written: {safe(str(path))}: {safe(error.strerror or str(error))}."
    cut = (
        ""
        if not any(record.cut for record in records)
        else " Long values are cut; open a record to have it whole."
    )
    return f"Written to {safe(str(Path.cwd()))}: {counted(count, 'record')} in {path.name}.{cut}"
