"""A store that is fed by hand: one cluster, one tick a second, samples as a script says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from ktui.adapters.partitions import table_of
from ktui.adapters.rates.store import RateStore, Tick
from ktui.adapters.rates.track import Track
from ktui.adapters.rates.view import RatesView
from ktui.adapters.topics import Topic
from tests.adapters.clusters import partition

EPOCH: Final = 1_700_000_000.0
CLOCK: Final = 1000.0
FIRST_ID: Final = b"1" * 16


def topic(name: str = "t", leaders: Sequence[int] = (1,), *, id_: bytes | None = FIRST_ID) -> Topic:
    rows = [partition(i, leader, replicas=(1, 2, 3), isr=(1, 2, 3)) for i, leader in enumerate(leaders)]
    return Topic(name, id_, False, table_of(rows))


class Cluster:
    """Ticks are numbered from 1; the clock stands at `CLOCK` plus the number."""

    def __init__(self, *topics: Topic, memory_bytes: int = 32_000_000, patience_s: float = 0.0) -> None:
        self.store = RateStore(memory_bytes=memory_bytes)
        self.tracks = {topic.name: Track(topic) for topic in topics}
        self.number = 0
        self.brokers: dict[int, bool | None] = {1: True, 2: True, 3: True}
        self.patience_s = patience_s
        self.view: RatesView = self._view()

    @property
    def clock(self) -> float:
        return CLOCK + self.number

    def tick(
        self,
        offsets: Mapping[str, Sequence[int | None]],
        *,
        failed: Mapping[str, Sequence[int]] | None = None,
        late_s: float = 0.1,
    ) -> RatesView:
        """A second later: these end offsets (None: no sample) come `late_s` before its end; others fail."""
        self.number += 1
        for name, values in offsets.items():
            known = [(index, value) for index, value in enumerate(values) if value is not None]
            if known:
                self.tracks[name].take(*zip(*known, strict=True), self.clock - late_s)
        for name, indexes in (failed or {}).items():
            self.tracks[name].fail(indexes)
        tick = Tick(
            EPOCH + self.number,
            self.clock,
            self.clock - 1.0,
            1.0,
            lambda _: self.patience_s,
            self.brokers,
        )
        for _ in self.store.finish(tick, self.tracks):
            pass
        self.view = self._view()
        return self.view

    def ticks(self, name: str, *offsets: int | None) -> RatesView:
        """One partition, one sample a second."""
        for offset in offsets:
            self.tick({name: [offset]})
        return self.view

    def _view(self) -> RatesView:
        return self.store.view(EPOCH + self.number, self.clock, own=None, active_period_s=1.0)
