"""Work for the thread of the feed, awaited on the loop of the screen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from ktui.tui.ports import FeedPort

if TYPE_CHECKING:
    from ktui.adapters.connect import Cluster

T = TypeVar("T")


async def on_feed(feed: FeedPort, work: Callable[[Cluster], Awaitable[T]]) -> T:
    """The result of the work; it goes on to its end when nobody waits for it any more."""
    return await asyncio.shield(asyncio.wrap_future(feed.submit(work)))
