"""Producers of librdkafka at steady rates, in a process of their own that notes what was acknowledged when.

`python steady_producer.py FILE SERVERS SECONDS TOPIC=RATE…`: every 20 ms a line `clock topic acknowledged` to FILE.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, Self

NOTE_S: Final = 0.02
VALUE: Final = b"x" * 100


@dataclass
class Acknowledged:
    """How many records of one topic were acknowledged by when (`time.monotonic()`, which processes share)."""

    clocks: list[float] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    def by(self, clock: float) -> int:
        """So many, or at most one note more."""
        position = bisect_right(self.clocks, clock)
        return self.counts[position - 1] if position else 0

    def between(self, first: float, last: float) -> int:
        return self.by(last) - self.by(first)


class SteadyProducers:
    """Use as a context manager; the notes are complete afterwards."""

    def __init__(self, servers: str, seconds: float, rates: Mapping[str, float]) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._notes = Path(self._folder.name) / "notes"
        self._command = [sys.executable, __file__, str(self._notes), servers, str(seconds)]
        self._command += [f"{topic}={rate}" for topic, rate in rates.items()]
        self.acknowledged: dict[str, Acknowledged] = {topic: Acknowledged() for topic in rates}
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process is not None
        if kind is not None:
            self._process.kill()
        self._process.communicate()
        for line in self._notes.read_text().splitlines():
            clock, topic, count = line.split(" ")
            self.acknowledged[topic].clocks.append(float(clock))
            self.acknowledged[topic].counts.append(int(count))
        self._folder.cleanup()


class _Topic:
    def __init__(self, name: str, rate: float) -> None:
        self.name, self.rate = name, rate
        self.sent = self.acknowledged = 0

    def on_delivery(self, error: Any, _message: object) -> None:
        self.acknowledged += error is None


def produce(notes: IO[str], servers: str, seconds: float, rates: Mapping[str, float]) -> None:
    """Send as many records as are due, note, and rest a moment. The first record of each topic comes before."""
    from confluent_kafka import Producer

    producer = Producer({"bootstrap.servers": servers, "linger.ms": 5, "acks": "all", "log_level": 0})
    topics = [_Topic(name, rate) for name, rate in rates.items()]
    for topic in topics:
        producer.produce(topic.name, VALUE, on_delivery=topic.on_delivery)
    producer.flush(30)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    began = noted_at = time.monotonic()
    while (now := time.monotonic()) - began < seconds:
        for topic in topics:
            while topic.sent < topic.rate * (now - began):
                producer.produce(topic.name, VALUE, on_delivery=topic.on_delivery)
                topic.sent += 1
        if now - noted_at >= NOTE_S:
            noted_at = now
            _note(notes, topics)
        producer.poll(0.005)
    producer.flush(30)
    _note(notes, topics)


def _note(notes: IO[str], topics: Sequence[_Topic]) -> None:
    notes.writelines(f"{time.monotonic():.4f} {topic.name} {topic.acknowledged}\n" for topic in topics)


if __name__ == "__main__":
    file, servers, seconds, *pairs = sys.argv[1:]
    with Path(file).open("w") as notes:
        produce(
            notes,
            servers,
            float(seconds),
            {topic: float(rate) for topic, rate in (p.split("=") for p in pairs)},
        )
