"""Ends the servers of a sandbox when the program that brought it up is gone, whatever ended it.

It reads a pipe that only that program holds open. Run as `python -m ktui.adapters.sandbox.guardian FOLDER PID STARTED`.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from pathlib import Path

from ktui.adapters.sandbox import processes
from ktui.adapters.sandbox.errors import SandboxError
from ktui.adapters.sandbox.state import Process, load_state


class Guard:
    """The near end of the pipe: keep it, and `close` it when nothing is left to end."""

    def __init__(self, data_dir: Path, owner: Process) -> None:
        self.owner = owner
        read_end, self._write_end = os.pipe()
        command = [sys.executable, "-m", __name__, str(data_dir), str(owner.pid), owner.started]
        try:
            self._guardian = subprocess.Popen(
                command,
                stdin=read_end,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
        finally:
            os.close(read_end)

    def close(self) -> None:
        """Let the guardian go, and wait for it."""
        if self._write_end >= 0:
            os.close(self._write_end)
            self._write_end = -1
            self._guardian.wait()


def watch(data_dir: Path, owner: Process) -> None:
    """Wait for the end of the pipe, then kill what the owner left running."""
    while os.read(0, 1024):
        pass
    with contextlib.suppress(SandboxError):
        state = load_state(data_dir)
        if state is None or state.owner == owner:
            for process in processes.servers_by_folder().get(data_dir, ()):
                processes.kill(process)


if __name__ == "__main__":
    watch(Path(sys.argv[1]), Process(pid=int(sys.argv[2]), started=sys.argv[3]))
