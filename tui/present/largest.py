"""The topics that take most space."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from ktui.adapters.model import Sizes
from ktui.tui.present.ordering import first_in_order
from ktui.tui.present.slices import Steps

SHOWN: Final = 5
_BATCH: Final = 1_000

NameAndBytes = tuple[str, int]


def largest(sizes: Sizes, limit: int = SHOWN) -> Steps[tuple[NameAndBytes, ...]]:
    """Names and bytes, the largest first; empty topics are left out."""
    found = yield from first_in_order(_batches(sizes), limit)
    return tuple((name, -negative) for negative, name in found)


def _batches(sizes: Sizes) -> Iterator[list[tuple[int, str]]]:
    held = iter(sizes.by_topic.items())
    while batch := list(islice(held, _BATCH)):
        yield [(-size, name) for name, size in batch if size]
