"""Writing with librdkafka, reading with a tail on a feed of its own, and comparing the two."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

from confluent_kafka import Producer

from ktui.adapters.feed import Feed
from ktui.adapters.kafka.tail.start import LiveTail, start_tail
from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.tail.record import Record
from ktui.adapters.tail.spec import TailSpec
from ktui.adapters.tail.start import EARLIEST
from ktui.adapters.tail.view import TailView
from tests.live import target

CODECS: Final = ("none", "gzip", "snappy", "lz4", "zstd")


class Sent(NamedTuple):
    """A record as the producer was acknowledged for it."""

    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


class Pen:
    """Writes with librdkafka and remembers what was acknowledged."""

    def __init__(self, servers: str, topic: str, **settings: Any) -> None:
        self.topic = topic
        self.sent: list[Sent] = []
        self.failed: list[str] = []
        self.producer = Producer({
            "bootstrap.servers": servers, "log_level": 0, "linger.ms": 5, "enable.idempotence": True,
            "partitioner": "murmur2_random", "message.max.bytes": 30_000_000, **settings,
        })  # fmt: skip

    def write(
        self,
        key: bytes | None,
        value: bytes | None,
        headers: Sequence[tuple[str, bytes | None]] = (),
        **more: Any,
    ) -> None:
        def acknowledged(error: object, message: Any) -> None:
            if error is None:
                self.sent.append(Sent(message.partition(), message.offset(), key, value, tuple(headers)))
            else:
                self.failed.append(str(error))

        while True:
            try:
                self.producer.produce(
                    self.topic, key=key, value=value, headers=list(headers), on_delivery=acknowledged, **more
                )
                break
            except BufferError:
                self.producer.poll(0.1)
        self.producer.poll(0)

    def flush(self) -> None:
        assert self.producer.flush(60) == 0
        assert not self.failed


class Watched:
    """A tail on a feed of its own, with its newest view."""

    def __init__(self, cluster: Sandbox, spec: TailSpec) -> None:
        self._feed = Feed(target(cluster.bootstrap_servers))
        self._spec = spec
        self._came = threading.Condition()
        self.views = 0
        self.view = TailView(spec)

    def __enter__(self) -> Self:
        self._feed.start(lambda snapshot: None)
        begun: Future[LiveTail] = self._feed.submit(
            lambda cluster: start_tail(cluster, self._spec, self._take)
        )
        self.tail = begun.result(20)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.tail.stop()
        self._feed.stop()

    def _take(self, view: TailView) -> None:
        with self._came:
            self.view = view
            self.views += 1
            self._came.notify_all()

    def wait(self, fact: Callable[[TailView], object], within_s: float = 60.0) -> TailView:
        until = time.monotonic() + within_s
        with self._came:
            while not fact(self.view):
                if not self._came.wait(until - time.monotonic()) and not fact(self.view):
                    raise AssertionError(f"not so within {within_s} s: {told(self.view)}")
            return self.view

    def ended(self) -> TailView:
        return self.wait(lambda view: view.stopped is not None)


def told(view: TailView) -> str:
    return f"{view.state} {view.sentence} {view.counts} {view.evidence} {view.places} {view.notes}"


def whole(topic: str, **more: Any) -> TailSpec:
    """From the beginning to the end, everything kept."""
    given: dict[str, Any] = {
        "start": EARLIEST,
        "follows": False,
        "bytes_per_s": None,
        "kept_bytes": 1 << 28,
        "longest_value": None,
        **more,
    }
    return TailSpec(topic, **given)


def read(cluster: Sandbox, spec: TailSpec) -> TailView:
    with Watched(cluster, spec) as watched:
        return watched.ended()


def as_sent(record: Record) -> Sent:
    return Sent(record.partition, record.offset, record.key, record.value, record.headers)


def assert_same(view: TailView, sent: Sequence[Sent]) -> None:
    """Each once, in the order of its partition, byte for byte."""
    by_partition: dict[int, list[Sent]] = {}
    for record in view.window:
        by_partition.setdefault(record.partition, []).append(as_sent(record))
    for records in by_partition.values():
        assert [one.offset for one in records] == sorted({one.offset for one in records})
    found = sorted((one for part in by_partition.values() for one in part), key=lambda one: one[:2])
    assert found == sorted(sent, key=lambda one: one[:2])
