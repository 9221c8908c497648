"""What comes out of a tail against what librdkafka's producers put in, on both kinds of cluster."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import Any, Final, NamedTuple, Self
from uuid import uuid4

import pytest
from confluent_kafka import Producer

from ktui.adapters.feed import Feed
from ktui.adapters.kafka.tail.start import LiveTail, start_tail
from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.tail.filter_text import parse_filter
from ktui.adapters.tail.record import Record
from ktui.adapters.tail.spec import TailSpec
from ktui.adapters.tail.start import EARLIEST, Back, Offset
from ktui.adapters.tail.view import StopReason, TailState, TailView
from tests.independent import Librdkafka
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


@pytest.fixture
def topic(cluster: Sandbox) -> Iterator[Callable[..., str]]:
    """Makes topics that are gone afterwards."""
    client, made = Librdkafka(cluster.bootstrap_servers), []

    def make(partitions: int = 1, replicas: int = 3, **settings: str) -> str:
        name = f"tail-{uuid4().hex[:8]}"
        client.create(
            name, partitions, replicas, settings={k.replace("_", "."): v for k, v in settings.items()}
        )
        made.append(name)
        return name

    yield make
    for name in made:
        client.delete(name)


def write_of_every_kind(cluster: Sandbox, name: str, count: int = 300) -> list[Sent]:
    """With each codec: keys and values that are absent, empty, binary, and headers."""
    sent: list[Sent] = []
    for codec in CODECS:
        pen = Pen(cluster.bootstrap_servers, name, **{"compression.type": codec})
        for number in range(count):
            key = None if number % 7 == 0 else b"" if number % 11 == 0 else b"key-%d" % (number % 50)
            value = None if number % 5 == 0 else b"" if number % 13 == 0 else bytes([number % 256]) * number
            headers: list[tuple[str, bytes | None]] = [
                ("trace", b"%d" % number),
                ("trace", None),
                ("ü", b"\xff"),
            ]
            pen.write(key, value, headers[: number % 4])
        pen.flush()
        sent += pen.sent
    return sent


def test_everything_comes_out_as_it_went_in(cluster: Sandbox, topic: Callable[..., str]) -> None:
    name = topic(4)
    sent = write_of_every_kind(cluster, name)
    view = read(cluster, whole(name))
    assert_same(view, sent)
    counts = view.counts
    assert view.stopped is StopReason.END
    assert (counts.seen, counts.matched, counts.shown, counts.dropped) == (len(sent),) * 3 + (0,)
    assert (counts.behind, counts.lost, counts.damaged) == (0, 0, 0)
    assert view.progress.part == 1.0
    assert view.is_complete
    assert view.partitions_read == (0, 1, 2, 3)


def test_following_and_changing_what_is_wanted(cluster: Sandbox, topic: Callable[..., str]) -> None:
    name = topic(3)
    pen = Pen(cluster.bootstrap_servers, name)
    for number in range(100):
        pen.write(b"c%d" % (number % 10), b'{"n": %d}' % number)
    pen.flush()
    with Watched(cluster, TailSpec(name, Back(10))) as watched:
        first = watched.wait(lambda view: view.state is TailState.WAITING and view.counts.matched == 30)
        watched.tail.set_filter(parse_filter(".n >= 100", 0))
        watched.wait(lambda view: view.filter_revision == 1 and view.counts.matched == 0)
        for number in range(100, 200):
            pen.write(b"c%d" % (number % 10), b'{"n": %d}' % number)
        pen.flush()
        view = watched.wait(lambda view: view.counts.matched == 100)
        assert view.counts.seen == 130
        watched.tail.set_filter(parse_filter("key=c3 .n < 150", 0))
        watched.wait(lambda view: view.counts.matched == 5)
        around = watched.tail.around(*pen.sent[50][:2], before=3, after=2).result(20)
        place = [one for one in sorted(pen.sent) if one.partition == pen.sent[50].partition]
        at = place.index(pen.sent[50])
        assert [as_sent(record) for record in around] == place[max(0, at - 3) : at + 3]
        watched.tail.start_at(EARLIEST)
        view = watched.wait(lambda view: view.filter_revision == 3 and view.counts.matched == 15)
        watched.tail.set_filter(parse_filter("", 0))
        watched.tail.start_at(Offset(0))
        view = watched.wait(lambda view: view.filter_revision == 5 and view.counts.matched == 200)
        assert_same(view, pen.sent)
        watched.tail.stop()
        view = watched.ended()
        assert view.stopped is StopReason.INTERRUPT
        assert first.counts.shown == 30
