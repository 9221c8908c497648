"""Something that is asked for while it is looked at, again and again, through the thread of the feed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from textual.widget import Widget

from ktui.adapters.errors import AdapterError
from ktui.tui.asking import on_feed
from ktui.tui.desk import Desk

if TYPE_CHECKING:
    from ktui.adapters.connect import Cluster

T = TypeVar("T")


class FreshReader(Generic[T]):
    """`value` is that of the newest answer, `error` why the newest question had none."""

    def __init__(
        self,
        desk: Desk,
        owner: Widget,
        changed: Callable[[], None],
        ask: Callable[[Cluster], Awaitable[T]],
        *,
        period_s: float,
    ) -> None:
        self._desk = desk
        self._owner = owner
        self._changed = changed
        self._ask = ask
        self._period_s = period_s
        self._asked_at: float | None = None
        self._is_asking = False
        self.value: T | None = None
        self.error: AdapterError | None = None

    def keep_fresh(self) -> None:
        """Ask when the last time is a period ago and no answer is awaited."""
        now = self._desk.monotonic()
        period_s = self._period_s * max(1.0, self._desk.pace)
        is_fresh = self._asked_at is not None and now - self._asked_at < period_s
        if self._is_asking or is_fresh or self._desk.is_paused:
            return
        self._asked_at, self._is_asking = now, True
        self._owner.run_worker(self._go(), group=f"fresh-{id(self)}", exclusive=True, exit_on_error=False)

    def make_stale(self) -> None:
        """Something was changed: ask at the next occasion."""
        self._asked_at = None

    async def _go(self) -> None:
        try:
            self.value, self.error = await on_feed(self._desk.feed, self._ask), None
        except AdapterError as error:
            self.error = error
        finally:
            self._is_asking = False
        self._changed()
