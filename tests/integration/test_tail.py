"""What comes out of a tail against what librdkafka's producers put in, on both kinds of cluster."""

from __future__ import annotations

from collections.abc import Callable

from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.tail.filter_text import parse_filter
from ktui.adapters.tail.spec import TailSpec
from ktui.adapters.tail.start import EARLIEST, Back, Offset
from ktui.adapters.tail.view import StopReason, TailState
from tests.tails import CODECS, Pen, Sent, Watched, as_sent, assert_same, read, whole


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


def test_everything_comes_out_as_it_went_in(cluster: Sandbox, new_topic: Callable[..., str]) -> None:
    name = new_topic(4)
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


def test_following_and_changing_what_is_wanted(cluster: Sandbox, new_topic: Callable[..., str]) -> None:
    name = new_topic(3)
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
