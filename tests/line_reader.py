"""A program that prints JSON lines, read in a thread of its own, with the moment at which each came."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

Document = dict[str, Any]


class LineReader:
    """Use as a context manager; `wait` for a fact about all lines so far."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._documents: list[Document] = []
        self._came = threading.Condition()

    def __enter__(self) -> Self:
        self.process = subprocess.Popen(
            self._command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def end(self, number: int = signal.SIGINT) -> int:
        """Send a signal; gives the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait(10)
        finally:
            self._thread.join(10)
            for stream in (self.process.stdout, self.process.stderr):
                if stream is not None and not stream.closed:
                    stream.close()

    @property
    def documents(self) -> list[Document]:
        with self._came:
            return list(self._documents)

    def wait(self, fact: Callable[[list[Document]], bool], within_s: float) -> list[Document]:
        """All lines once the fact is true of them, or an error that quotes the last ones."""
        until = time.monotonic() + within_s
        with self._came:
            while not fact(self._documents):
                left = until - time.monotonic()
                if left <= 0 or (self.process.poll() is not None and not self._came.wait(1.0)):
                    last = "\n".join(map(str, self._documents[-30:]))
                    raise AssertionError(
                        f"not so within {within_s} s; {len(self._documents)} lines, the last:\n{last}"
                    )
                self._came.wait(min(left, 1.0))
            return list(self._documents)

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            document = json.loads(line)
            with self._came:
                self._documents.append(document)
                self._came.notify_all()
