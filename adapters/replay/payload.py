"""What is in a frame: one JSON document, and after it the bulk of it as blobs.

    size of the JSON u32 | number of blobs u32 | size of each u32 | JSON | blobs

The document names a blob by its number. JSON keeps what nobody thought of readable with any tool; what comes by the
hundred thousand (columns of partitions, sizes, rates) is in blobs.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from typing import Any

from ktui.adapters.errors import BadAnswer

Blobs = list[bytes]


def join(document: Any, blobs: Sequence[bytes]) -> bytes:
    """The bytes of a payload."""
    text = json.dumps(document, separators=(",", ":")).encode()
    sizes = struct.pack(f"<{2 + len(blobs)}I", len(text), len(blobs), *map(len, blobs))
    return b"".join((sizes, text, *blobs))


def split(payload: bytes) -> tuple[Any, list[bytes]]:
    """Document and blobs; BadAnswer for bytes that are no payload."""
    try:
        text_size, number = struct.unpack_from("<II", payload)
        sizes = struct.unpack_from(f"<{number}I", payload, 8) if number <= len(payload) // 4 else None
        if sizes is None or 8 + 4 * number + text_size + sum(sizes) != len(payload):
            raise BadAnswer("the sizes in a frame do not add up")
        start = 8 + 4 * number
        document = json.loads(payload[start : start + text_size])
    except (struct.error, ValueError) as error:
        raise BadAnswer(f"a frame cannot be read: {error}") from error
    blobs, start = [], start + text_size
    for size in sizes:
        blobs.append(payload[start : start + size])
        start += size
    return document, blobs


def blob_putter(blobs: Blobs) -> Callable[[bytes], int]:
    """Puts a blob in the list and gives its number."""

    def put(blob: bytes) -> int:
        blobs.append(blob)
        return len(blobs) - 1

    return put
