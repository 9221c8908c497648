"""Rates from the brokers' own counters, where an address for them was given: counters in, rates out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

FRESH_S: Final = 20.0
"""Rates that are older are not used any more."""


@dataclass(frozen=True, slots=True)
class Counters:
    """What one broker has counted since its start. None or absent: it does not tell."""

    bytes_in: float | None = None
    bytes_out: float | None = None
    topic_bytes_in: Mapping[str, float] = field(default_factory=dict)
    topic_bytes_out: Mapping[str, float] = field(default_factory=dict)
    handler_idle: float | None = None
    """Part of the time in which its request handlers have nothing to do, 0 to 1."""


@dataclass(frozen=True, slots=True)
class BrokerRates:
    """Bytes a second of one broker. None or absent: not known."""

    clock: float
    """`time.monotonic()` of the counters they were made of."""
    bytes_in: float | None
    bytes_out: float | None
    topic_bytes_in: Mapping[str, float]
    topic_bytes_out: Mapping[str, float]
    handler_idle: float | None


class ExactRates:
    """The rates of every broker with counters."""

    def __init__(self) -> None:
        self._before: dict[int, tuple[float, Counters]] = {}
        self._rates: dict[int, BrokerRates] = {}

    def take(self, broker: int, counters: Counters, clock: float) -> None:
        """New counters. One that went down was begun anew with its broker: its rate is not known."""
        before = self._before.get(broker)
        self._before[broker] = (clock, counters)
        if before is None:
            return
        then, old = before
        seconds = clock - then
        if seconds <= 0:
            return
        self._rates[broker] = BrokerRates(
            clock,
            _rate(old.bytes_in, counters.bytes_in, seconds),
            _rate(old.bytes_out, counters.bytes_out, seconds),
            _rates(old.topic_bytes_in, counters.topic_bytes_in, seconds),
            _rates(old.topic_bytes_out, counters.topic_bytes_out, seconds),
            counters.handler_idle,
        )

    def picture(self, clock: float) -> Mapping[int, BrokerRates]:
        """By broker, those that are fresh."""
        return {broker: rates for broker, rates in self._rates.items() if clock - rates.clock <= FRESH_S}


def _rate(before: float | None, now: float | None, seconds: float) -> float | None:
    if before is None or now is None or now < before:
        return None
    return (now - before) / seconds


def _rates(before: Mapping[str, float], now: Mapping[str, float], seconds: float) -> dict[str, float]:
    found = ((topic, _rate(before.get(topic), count, seconds)) for topic, count in now.items())
    return {topic: rate for topic, rate in found if rate is not None}
