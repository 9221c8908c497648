"""Rates by hand, for tests of what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ktui.adapters.rates.keys import CLUSTER, BytesRate, Key, Method, Whole
from ktui.adapters.rates.view import Point, RatesView
from tests.tui.builders import NOW

Samples = tuple[float | None, ...]


@dataclass(frozen=True, eq=False)
class MadeUpRates(RatesView):
    """Samples of the last seconds by key, the newest last; the number is the newest."""

    samples: Mapping[Key, Samples] = field(default_factory=dict)
    bytes_each: Mapping[str | int | Whole, float] = field(default_factory=dict)

    def per_s(self, key: Key) -> float | None:
        return (self.samples.get(key) or (None,))[-1]

    def spark(self, key: Key, width: int) -> Samples:
        values = self.samples.get(key, ())[-width:]
        return (*(None,) * (width - len(values)), *values)

    def history(self, key: Key, span_s: float) -> tuple[Point, ...]:
        values = self.samples.get(key, ())
        first = self.at - len(values) + 1
        return tuple(Point(first + second, value) for second, value in enumerate(values))

    def bytes_per_s(self, key: str | int | Whole) -> BytesRate | None:
        value, each = self.per_s(key), self.bytes_each.get(key)
        return None if value is None or each is None else BytesRate(value * each, Method.LOG_GROWTH)

    def record_bytes(self, topic: str) -> float | None:
        return self.bytes_each.get(topic)

    def busiest(self, count: int) -> tuple[str, ...]:
        moving = [(self.per_s(key) or 0.0, key) for key in self.samples if isinstance(key, str)]
        return tuple(name for rate, name in sorted(moving, reverse=True)[:count] if rate)


def rates(samples: Mapping[Key, Samples], *, revision: int = 1, **fields: object) -> MadeUpRates:
    return MadeUpRates(revision=revision, at=NOW, samples=samples, **fields)  # type: ignore[arg-type]


def busy(revision: int = 1, **fields: object) -> MadeUpRates:
    """`payments` and `orders` move, `invoices` is idle, of the others nothing is known."""
    values: dict[str, object] = {
        "bytes_each": {"payments": 150.0, "orders": 100.0, "invoices": 100.0, CLUSTER: 140.0},
        **fields,
    }
    return rates(
        {
            "payments": (4_000.0, 8_000.0, None, 8_100.0),
            "orders": (3_900.0,) * 4,
            "invoices": (0.0,) * 4,
            1: (6_200.0,) * 4,
            2: (5_800.0,) * 4,
            CLUSTER: (11_900.0, 12_000.0, None, 12_000.0),
            ("orders", 0): (650.0,) * 4,
            ("orders", 1): (0.0,) * 4,
        },
        revision=revision,
        **values,
    )
