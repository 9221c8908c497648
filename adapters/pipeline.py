"""From events to snapshots: batching, one reducer, and the supervision of sources."""

from __future__ import annotations

import asyncio
import gc
import logging
import random
import time
from collections.abc import Callable, Sequence
from typing import Final

from ktui.adapters.errors import AdapterError
from ktui.adapters.events import ClusterEvent, SourceName, SourceState, Stamp
from ktui.adapters.model import ClusterSnapshot
from ktui.adapters.ports import Sink, Source
from ktui.adapters.reduce import Reducer

log = logging.getLogger(__name__)

BATCH_S: Final = 0.05
"""What comes within this time is reduced in one pass."""
RESTART_S: Final = 1.0
RESTART_MOST_S: Final = 15.0


class Batcher:
    """Collects events and reduces them in one pass a little later; newest snapshot wins."""

    def __init__(self, on_snapshot: Callable[[ClusterSnapshot], None]) -> None:
        self.reducer = Reducer()
        self.on_events: Callable[[Sequence[ClusterEvent]], None] | None = None
        """Is told of every batch that was reduced."""
        self._on_snapshot = on_snapshot
        self._waiting: list[ClusterEvent] = []
        self._is_due = False
        self._later: asyncio.TimerHandle | None = None

    def __call__(self, events: Sequence[ClusterEvent]) -> None:
        """The sink of every source; called on the loop's own thread."""
        self._waiting.extend(events)
        if self._waiting and not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_later(BATCH_S, self.flush)

    def flush(self) -> None:
        """Reduce what waits and tell of the snapshot if it is a new one."""
        self._is_due = False
        events, self._waiting = self._waiting, []
        before = self.reducer.snapshot
        snapshot = self.reducer.apply(events)
        self._look_again()
        if self.on_events is not None and events:
            self.on_events(events)
        if snapshot is before:
            return
        if snapshot.is_loaded and not before.is_loaded:
            gc.freeze()
        self._on_snapshot(snapshot)

    def _look_again(self) -> None:
        """What the timeline holds back is told in time, also when nothing more comes."""
        due = self.reducer.timeline.due
        if due is not None and self._later is None:
            pause = max(0.0, due - time.monotonic())
            self._later = asyncio.get_running_loop().call_later(pause, self._settle)

    def _settle(self) -> None:
        self._later = None
        self.reducer.settle()
        self._look_again()


async def supervise(source: Source, sink: Sink, *, pause_s: float = RESTART_S) -> None:
    """Run a source for ever: one that fails is shown as a fault and restarted with back-off."""
    pause = pause_s
    while True:
        started = time.monotonic()
        try:
            await source.run(sink)
            reason = "ended without a reason"
        except AdapterError as error:
            reason = str(error)
        except Exception as error:
            log.exception("source %s failed", source.name)
            reason = f"unexpected {type(error).__name__}; see the log"
        if time.monotonic() - started > RESTART_MOST_S:
            pause = pause_s
        sink([_source_state(source.name, reason)])
        await asyncio.sleep(pause * random.uniform(0.8, 1.2))
        pause = min(pause * 2, RESTART_MOST_S)
        sink([_source_state(source.name, None)])


def _source_state(name: SourceName, reason: str | None) -> SourceState:
    return SourceState(Stamp(name, time.time()), "source", str(name), reason, blocks=True)
