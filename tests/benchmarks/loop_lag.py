"""Runs the console as it is, with one more task on its loop that notes how late the loop comes round.

`python loop_lag.py FILE ARGUMENT…`: the arguments are those of `ktui`; the notes are written to FILE on leaving.
SIGUSR1 asks the cluster for everything, as the key for it does, without the message that the key shows.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from ktui.adapters.feed import Feed
from ktui.adapters.model import ClusterSnapshot

PERIOD_S: Final = 0.004
Note = tuple[float, float]


class WatchedFeed(Feed):
    """The feed is started and stopped on the loop of the screen: a place to watch that loop from."""

    file: Path
    notes: list[Note]

    def start(self, on_snapshot: Callable[[ClusterSnapshot], None]) -> None:
        self.notes = []
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGUSR1, self.refresh)
        self._watching = loop.create_task(_watch(self.notes))
        super().start(on_snapshot)

    def stop(self, limit_s: float = 1.0) -> None:
        self.file.write_text(json.dumps(self.notes))
        super().stop(limit_s)


async def _watch(notes: list[Note]) -> None:
    """Append (`time.monotonic()`, seconds late) for ever."""
    while True:
        due_at = time.monotonic() + PERIOD_S
        await asyncio.sleep(PERIOD_S)
        now = time.monotonic()
        notes.append((now, now - due_at))


def main() -> None:
    """Put the watched feed in the place of the feed, and run the program."""
    WatchedFeed.file = Path(sys.argv.pop(1))
    import ktui.adapters.feed

    ktui.adapters.feed.Feed = WatchedFeed  # type: ignore[misc]
    from ktui.tui.cli import main as run

    sys.argv[0] = "ktui"
    run()


if __name__ == "__main__":
    main()
