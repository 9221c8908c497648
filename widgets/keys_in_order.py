"""One key at a time: the next is looked at when all that the one before set off is done.

Textual gives a letter to the focused widget at once, but a binding only when the key has bubbled up through
several queues. Of keys that arrive together the later ones would reach what had the focus before.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final, TypeVar

from textual import events
from textual.app import App
from textual.message_pump import MessagePump

Result = TypeVar("Result")
KEY_LIMIT_S: Final = 1.0
"""For how long one key may keep the next ones waiting."""
HELD_LIMIT_S: Final = 5.0
LOOK_S: Final = 0.02
QUIET_ROUNDS: Final = 2
"""A message put into a queue behind the asker is only seen in the next round."""
MOST_ROUNDS: Final = 12
"""More hand-overs than any key needs: what else is always under way does not keep keys waiting."""
AT_ONCE: Final = frozenset({"ctrl+c"})


class KeysInOrder(App[Result]):
    """Letters typed behind a key that opens an input always come to that input."""

    def __init__(self, *, ansi_color: bool | None = None) -> None:
        super().__init__(ansi_color=ansi_color)
        self._keys: deque[events.Key | events.Paste] = deque()
        self._given: events.Event | None = None
        self._following: asyncio.Task[None] | None = None

    def holds_keys(self) -> bool:
        """Whether something is about to open that the next keys are meant for."""
        return False

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key | events.Paste) and self._is_new(event):
            if self._following is not None:
                self._keys.append(event)
                return
            self._following = asyncio.create_task(self._follow(), name="keys in order")
        await super().on_event(event)

    def _is_new(self, event: events.Key | events.Paste) -> bool:
        """Neither bubbling up, nor one that has waited, nor one that need not wait."""
        at_once = isinstance(event, events.Key) and event.key in AT_ONCE
        return not (event.is_forwarded or event is self._given or at_once)

    async def _follow(self) -> None:
        """Runs while keys are waiting or the last one is not done with."""
        try:
            await self._is_done_with_key()
            while self._keys:
                self._given = self._keys.popleft()
                self.post_message(self._given)
                await self._is_done_with_key()
        finally:
            self._following = self._given = None

    async def _is_done_with_key(self) -> None:
        try:
            async with asyncio.timeout(KEY_LIMIT_S):
                await self._settle()
        except TimeoutError:
            return
        for _ in range(round(HELD_LIMIT_S / LOOK_S)):
            if not self.holds_keys():
                return
            await asyncio.sleep(LOOK_S)

    async def _settle(self) -> None:
        """Wait until nothing is on its way between the focused widget and the application."""
        await _caught_up(self)
        quiet, before = 0, self._chain()
        for _ in range(MOST_ROUNDS):
            if quiet == QUIET_ROUNDS or not self.is_running:
                return
            for pump in before:
                await _caught_up(pump)
            chain = self._chain()
            is_quiet = chain == before and not any(pump.message_queue_size for pump in chain)
            quiet, before = (quiet + 1 if is_quiet else 0), chain

    def _chain(self) -> list[MessagePump]:
        """From the focused widget up."""
        if not self.screen_stack:
            return []
        return [*(self.focused or self.screen).ancestors_with_self]


async def _caught_up(pump: MessagePump) -> None:
    """Wait until it has handled what is in its queue now."""
    done = asyncio.Event()
    if pump.is_running and pump.call_later(done.set):
        await done.wait()
