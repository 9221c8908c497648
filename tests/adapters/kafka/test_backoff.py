"""How long an address is left alone."""

from __future__ import annotations

import pytest

from ktui.adapters.errors import ConnectFailed, Step
from ktui.adapters.kafka.backoff import BackOff

SILENT = ConnectFailed("h:1", Step.CONNECT, "no answer within 3 s")
REFUSED = ConnectFailed("h:1", Step.CONNECT, "connection refused")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def waits(error: ConnectFailed, times: int, jitter: float = 0.5) -> list[float]:
    """How long each of several failures in a row holds, in steps of 10 ms."""
    clock = Clock()
    back_off = BackOff(clock, lambda: jitter)
    found = []
    for _ in range(times):
        back_off.failed(error)
        started = clock.now
        while back_off.holds():
            clock.now += 0.01
        found.append(round(clock.now - started, 2))
    return found


def test_doubles_up_to_five_seconds() -> None:
    assert waits(SILENT, 8) == pytest.approx([0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0], abs=0.02)


def test_refused_connections_are_tried_again_within_a_second() -> None:
    assert max(waits(REFUSED, 12)) == pytest.approx(1.0, abs=0.02)


def test_jitter() -> None:
    assert waits(SILENT, 1, jitter=0.0) == pytest.approx([0.08], abs=0.011)
    assert waits(SILENT, 1, jitter=1.0) == pytest.approx([0.12], abs=0.011)


def test_holds_with_the_last_error_until_reset() -> None:
    back_off = BackOff(Clock())
    assert back_off.holds() is None
    back_off.failed(SILENT)
    assert back_off.holds() is SILENT
    back_off.reset()
    assert back_off.holds() is None
    assert back_off.error is None
