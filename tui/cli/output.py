"""Standard output of a command that goes on: a reader that is slow holds nothing else up, one that is gone ends it."""

from __future__ import annotations

import asyncio
import os
import select
import stat
import sys
from collections.abc import Iterable
from typing import Final

LOOK_S: Final = 0.5


class Output:
    """Lines are written in a thread, so that a signal ends the program also while nobody reads."""

    async def write(self, lines: Iterable[str]) -> None:
        """Write and flush; BrokenPipeError when the reader is gone."""
        text = "".join(f"{line}\n" for line in lines)
        if text:
            await asyncio.get_running_loop().run_in_executor(None, _write, text)

    async def gone(self) -> None:
        """Ends when nobody reads any more; noticed also while there is nothing to write."""
        while True:
            if not _is_read():
                return
            await asyncio.sleep(LOOK_S)


def _is_read() -> bool:
    try:
        number = sys.stdout.fileno()
        if not (stat.S_ISFIFO(os.fstat(number).st_mode) or stat.S_ISSOCK(os.fstat(number).st_mode)):
            return True
    except (OSError, ValueError):
        return True
    poll = select.poll()
    poll.register(number, 0)
    return not any(state & (select.POLLERR | select.POLLHUP) for _, state in poll.poll(0))


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
