"""A recorder that is fed by hand, and what was live while it recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ktui.adapters.events import ClusterEvent
from ktui.adapters.rates.view import RatesView
from ktui.adapters.reduce import Reducer
from ktui.adapters.replay.documents import Pulse
from ktui.adapters.replay.recorder import Recorder
from ktui.adapters.replay.writer import RecordingFile
from tests.adapters.histories import BEGAN, history, picture
from tests.adapters.rates.sampling import Cluster, topic

PLENTY = 1 << 30


class Studio:
    """A made-up cluster: its events and its rates, a second at a time."""

    def __init__(
        self, path: Path, *, seed: int = 1, limit_bytes: int = PLENTY, name: str = "made-up"
    ) -> None:
        self.now = BEGAN
        self.reducer = Reducer()
        self.rates = Cluster(topic("topic-1", (1, 2)), topic("topic-2", (3,)))
        self.file = RecordingFile(path, limit_bytes=limit_bytes)
        self.recorder = Recorder(
            self.file, name, lambda: self.reducer, self.rates.store, clock=lambda: self.now
        )
        self.batches = list(history(seed, batches=2_000))
        self.lived: list[tuple[float, dict[str, Any]]] = []
        """The picture after each second."""
        self.views: list[RatesView] = []

    def second(self) -> None:
        """Two batches, new rates, and the beat."""
        for _ in range(2):
            batch: list[ClusterEvent] = self.batches.pop(0)
            self.now += 0.25
            self.reducer.apply(batch)
            self.recorder.events(batch)
        number = self.rates.number
        self.views.append(self.rates.tick({"topic-1": [7 * number, number], "topic-2": [number // 9]}))
        self.recorder.rates(self.views[-1])
        self.now += 0.5
        self.recorder.beat(Pulse(0.2))
        self.lived.append((self.now, picture(self.reducer.snapshot)))

    def seconds(self, count: int) -> None:
        for _ in range(count):
            self.second()
