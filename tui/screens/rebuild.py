"""Makes what a view shows, in slices on the loop of the screen: small clusters at once, large ones by and by."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar, cast

from textual.widget import Widget

from ktui.tui.present.slices import Run, Steps

T = TypeVar("T")


class Rebuild(Generic[T]):
    """`make` gives the steps for what is wanted now, `show` takes the result. Newest wish wins."""

    def __init__(self, owner: Widget, make: Callable[[], Steps[T]], show: Callable[[T], None]) -> None:
        self._owner = owner
        self._make = make
        self._show = show
        self._run: Run | None = None
        self._is_wanted_again = False

    @property
    def is_running(self) -> bool:
        return self._run is not None

    def ask(self, *, from_start: bool = False) -> None:
        """Show the newest. One that is under way is finished first, unless what it makes is no longer wanted."""
        if self._run is not None and not from_start:
            self._is_wanted_again = True
            return
        is_working = self._run is not None
        if self._begin() and not is_working:
            self._owner.run_worker(self._go_on(), group="rebuild", exit_on_error=False)

    def _begin(self) -> bool:
        """Work for one slice; tells whether there is more to do."""
        self._is_wanted_again = False
        self._run = Run(self._make())
        if not self._run.go_on():
            return True
        self._finish()
        return False

    def _finish(self) -> None:
        run, self._run = self._run, None
        if run is not None:
            self._show(cast(T, run.result))

    async def _go_on(self) -> None:
        try:
            while self._run is not None:
                await asyncio.sleep(0)
                run = self._run
                if run is not None and run.go_on():
                    self._finish()
                    if self._is_wanted_again:
                        self._begin()
        finally:
            self._run = None
