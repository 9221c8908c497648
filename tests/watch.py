"""Asks again and again from threads of its own, and remembers what was answered when."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Generic, Self, TypeVar

T = TypeVar("T")

PERIOD_S: Final = 0.1


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What one of those asked said."""

    at: float
    """`time.monotonic()` when the answer was there."""
    value: T
    who: str


class Watch(Generic[T]):
    """Ten questions a second to each of those asked; one that hangs delays none of the others."""

    def __init__(self, ask: Mapping[str, Callable[[], T | None]], *, period_s: float = PERIOD_S) -> None:
        """`ask` by a name; None is no answer."""
        self._period_s = period_s
        self._answers: list[Answer[T]] = []
        self._changed = threading.Condition()
        self._is_over = threading.Event()
        for who, question in ask.items():
            threading.Thread(target=self._run, args=(who, question), name=f"watch {who}", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """No more questions; those that are open end by themselves."""
        self._is_over.set()

    def answers(self) -> list[Answer[T]]:
        """All so far, oldest first."""
        with self._changed:
            return list(self._answers)

    def first(
        self, is_wanted: Callable[[T], bool], within_s: float, *, since: float | None = None
    ) -> Answer[T]:
        """The first answer that is wanted and not older than `since` (default: now); waits for it."""
        start = time.monotonic() if since is None else since
        until = time.monotonic() + within_s
        seen = 0
        with self._changed:
            while True:
                for answer in self._answers[seen:]:
                    if answer.at >= start and is_wanted(answer.value):
                        return answer
                seen = len(self._answers)
                left = until - time.monotonic()
                if left <= 0:
                    newest = self._answers[-1] if self._answers else None
                    raise AssertionError(f"nobody said so within {within_s} s; the newest answer: {newest}")
                self._changed.wait(left)

    def _run(self, who: str, question: Callable[[], T | None]) -> None:
        while not self._is_over.is_set():
            asked_at = time.monotonic()
            value = question()
            at = time.monotonic()
            if value is not None:
                with self._changed:
                    self._answers.append(Answer(at, value, who))
                    self._changed.notify_all()
            self._is_over.wait(max(0.0, asked_at + self._period_s - time.monotonic()))
