"""Reading a snapshot: the next slice is on its way while the one before is decoded."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from ktui.adapters.errors import BadAnswer
from ktui.adapters.kafka.asks.metadata_log import SnapshotSlice
from ktui.adapters.kafka.log.batches import Batch, Damaged, batch_at
from ktui.adapters.kafka.log.image import MetadataImage
from ktui.adapters.kafka.steps import in_steps

FetchSlice = Callable[[int], Awaitable[SnapshotSlice]]
"""Asks for the bytes from a position on."""


async def load_snapshot(fetch: FetchSlice, image: MetadataImage) -> int:
    """Fill an image that is empty; returns the bytes read. Raises BadAnswer for a snapshot that is not whole."""
    pending, position, last = b"", 0, None
    arriving = asyncio.ensure_future(fetch(0))
    try:
        while True:
            part = await arriving
            if part.position != position or (not part.records and position < part.size):
                raise BadAnswer("FetchSnapshot: the answer does not go on where it was asked to")
            position += len(part.records)
            if position < part.size:
                arriving = asyncio.ensure_future(fetch(position))
            pending, last = await _load(pending + part.records, image, last)
            if position >= part.size:
                break
    finally:
        arriving.cancel()
    if pending or last is None or not last.is_control:
        raise BadAnswer("FetchSnapshot: the snapshot has no end")
    return position


async def _load(data: bytes, image: MetadataImage, last: Batch | None) -> tuple[bytes, Batch | None]:
    """Load the whole batches; returns what is left and the last batch."""
    position = 0
    while True:
        try:
            batch, position = batch_at(data, position)
        except Damaged as damage:
            raise BadAnswer(f"FetchSnapshot: {damage}") from damage
        if batch is None:
            return data[position:], last
        await in_steps(image.loading(batch))
        last = batch
