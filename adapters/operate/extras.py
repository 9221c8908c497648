"""What is good to know for a plan and not needed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Final, TypeVar

from ktui.adapters.errors import AdapterError

WITHIN_S: Final = 3.0
T = TypeVar("T")


async def extra(question: Awaitable[T], otherwise: T, *, within_s: float = WITHIN_S) -> T:
    """The answer, or `otherwise` when it fails or takes too long: the plan is good without it."""
    try:
        return await asyncio.wait_for(question, within_s)
    except (AdapterError, TimeoutError):
        return otherwise
