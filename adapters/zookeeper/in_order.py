"""Sorting of many names without holding other threads."""

from __future__ import annotations

import asyncio
from heapq import merge
from itertools import islice
from typing import Final

NAMES_AT_ONCE: Final = 10_000


async def in_order(names: list[str]) -> list[str]:
    """Sorted in slices: one call over 100,000 names would hold every thread."""
    slices: list[list[str]] = []
    for first in range(0, len(names), NAMES_AT_ONCE):
        slices.append(sorted(names[first : first + NAMES_AT_ONCE]))
        await asyncio.sleep(0)
    if len(slices) < 2:
        return slices[0] if slices else []
    merged, ordered = merge(*slices), list[str]()
    while more := list(islice(merged, NAMES_AT_ONCE)):
        ordered += more
        await asyncio.sleep(0)
    return ordered
