"""When the machine itself could not run a process that wanted to: told by one that does nothing but wait.

What another process was late for at the same moment is no fault of the one that is measured.
Run as a program it prints a line `from to` (both `time.monotonic()`) for every stall, until it is ended.
"""

from __future__ import annotations

import subprocess
import sys
import time
from bisect import bisect_left
from types import TracebackType
from typing import Final, Self

PERIOD_S: Final = 0.002
STALL_S: Final = 0.004


class MachineStalls:
    """Watches from a process of its own while it is entered; ask it afterwards."""

    def __enter__(self) -> Self:
        self._watcher = subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True)
        self._stalls: list[tuple[float, float]] = []
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._watcher.terminate()
        said, _ = self._watcher.communicate()
        whole = said[: said.rfind("\n") + 1]  # It may be ended while it writes a line.
        for line in whole.splitlines():
            start, _, end = line.partition(" ")
            self._stalls.append((float(start), float(end)))

    def overlaps(self, start: float, end: float) -> bool:
        """Whether the machine stalled at any moment between the two."""
        at = bisect_left(self._stalls, end, key=lambda stall: stall[0])
        return at > 0 and self._stalls[at - 1][1] > start


def watch() -> None:
    while True:
        due_at = time.monotonic() + PERIOD_S
        time.sleep(PERIOD_S)
        now = time.monotonic()
        if now - due_at > STALL_S:
            print(due_at, now, flush=True)


if __name__ == "__main__":
    watch()
