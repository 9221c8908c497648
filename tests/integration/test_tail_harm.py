"""Tails while leaders move, a broker dies, and the topic is deleted; transactions, odd sizes, odd logs."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from confluent_kafka import ConsumerGroupTopicPartitions, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import Fault
from ktui.adapters.tail.filter import Filter
from ktui.adapters.tail.filter_text import parse_filter
from ktui.adapters.tail.spec import Isolation, TailSpec
from ktui.adapters.tail.start import EARLIEST, Back, Offset, Since
from ktui.adapters.tail.view import StopReason, TailState
from tests.independent import Librdkafka, wait_until
from tests.tails import Pen, Watched, as_sent, assert_same, read, whole


def client(cluster: Sandbox) -> AdminClient:
    return AdminClient({"bootstrap.servers": cluster.bootstrap_servers, "log_level": 0})


@pytest.mark.kraft
def test_a_broker_dies_while_it_is_read(healed: Sandbox, new_topic: Callable[..., str]) -> None:
    name = new_topic(6, 3)
    pen = Pen(healed.bootstrap_servers, name)

    def write(seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for _ in range(50):
                pen.write(b"key-%d" % (len(pen.sent) % 100), b"value")
            pen.producer.poll(0.01)

    spec = TailSpec(name, EARLIEST, kept_bytes=1 << 28)
    with Watched(healed, spec) as watched:
        watched.wait(lambda view: view.state is TailState.WAITING)
        write(1)
        healed.fault(Fault.KILL, "broker-2")
        write(2)
        pen.flush()
        watched.wait(lambda view: view.counts.matched == len(pen.sent) and view.counts.behind == 0)
        healed.fault(Fault.RESTART, "broker-2")
        write(2)
        healed.fault(Fault.STOP, "broker-1")
        write(1)
        pen.flush()
        view = watched.wait(lambda view: view.counts.matched == len(pen.sent))
        assert_same(view, pen.sent)
        assert all(place.trouble is None for place in view.places if place.is_read)
    assert_same(read(healed, whole(name)), pen.sent)


@pytest.mark.kraft
def test_a_deleted_topic_ends_it(cluster: Sandbox, new_topic: Callable[..., str]) -> None:
    name = new_topic(2, 3)
    pen = Pen(cluster.bootstrap_servers, name)
    pen.write(b"k", b"v")
    pen.flush()
    with Watched(cluster, TailSpec(name, EARLIEST)) as watched:
        watched.wait(lambda view: view.counts.matched == 1)
        Librdkafka(cluster.bootstrap_servers).delete(name)
        view = watched.ended()
        assert view.stopped is StopReason.DELETED
        assert view.sentence == f"The topic {name} was deleted."
        assert view.counts.shown == 1


@pytest.mark.kraft
def test_another_topic_of_the_same_name_ends_it(cluster: Sandbox, new_topic: Callable[..., str]) -> None:
    name = new_topic(1, 1)
    with Watched(cluster, TailSpec(name, EARLIEST)) as watched:
        watched.wait(lambda view: view.state is TailState.WAITING)
        librdkafka = Librdkafka(cluster.bootstrap_servers)
        librdkafka.delete(name)
        librdkafka.create(name, 1, 1)
        view = watched.ended()
        assert view.stopped is StopReason.DELETED
        assert view.sentence is not None


def test_transactions(cluster: Sandbox, new_topic: Callable[..., str]) -> None:
    name, committed, written = new_topic(2, 3), [], 0
    producer = Producer({
        "bootstrap.servers": cluster.bootstrap_servers, "transactional.id": name, "log_level": 0, "linger.ms": 0,
    })  # fmt: skip
    producer.init_transactions(60)
    for number in range(6):
        producer.begin_transaction()
        for index in range(20):
            value = b"%d-%d" % (number, index)
            producer.produce(name, value=value, key=b"k", partition=index % 2)
            written += 1
            if number % 2 == 0:
                committed.append(value)
        producer.flush(30)
        if number % 2:
            producer.abort_transaction(60)
        else:
            producer.commit_transaction(60)
    view = read(cluster, whole(name))
    assert sorted(record.value or b"" for record in view.window) == sorted(committed)
    assert view.counts.seen == len(committed)
    raw = read(cluster, whole(name, isolation=Isolation.READ_UNCOMMITTED))
    assert raw.counts.matched == written
    key = read(cluster, whole(name, filter=parse_filter("key=k", 0), reads_all_partitions=True))
    assert key.counts.matched == len(committed)
    producer.begin_transaction()
    producer.produce(name, value=b"open", partition=0)
    producer.flush(30)
    with Watched(cluster, TailSpec(name, EARLIEST)) as watched:
        watched.wait(lambda view: view.counts.matched == len(committed) and view.counts.held_back == 1)
        producer.commit_transaction(60)
        watched.wait(lambda view: view.counts.matched == len(committed) + 1 and view.counts.held_back == 0)


@pytest.mark.kraft
def test_a_large_message_and_many_headers(cluster: Sandbox, new_topic: Callable[..., str]) -> None:
    name = new_topic(1, 1, max_message_bytes="30000000")
    pen = Pen(cluster.bootstrap_servers, name)
    pen.write(b"before", b"x")
    pen.write(b"large", bytes(range(256)) * 78_125, [(f"h{n}", b"%d" % n) for n in range(1_000)])
    pen.write(b"after", b"x")
    pen.flush()
    assert_same(read(cluster, whole(name)), pen.sent)
    with Watched(cluster, TailSpec(name, Back(3))) as watched:
        view = watched.wait(lambda view: view.counts.matched == 3)
        large = next(record for record in view.window if record.key == b"large")
        assert (len(large.value or b""), large.cut) == (1 << 16, 20_000_000 - (1 << 16))
        assert large.size > 20_000_000
        (record,) = watched.tail.around(0, large.offset, before=0, after=0).result(30)
        assert as_sent(record) in pen.sent


@pytest.mark.kraft
def test_empty_and_cut_off_logs(cluster: Sandbox, new_topic: Callable[..., str]) -> None:
    empty = read(cluster, whole(new_topic(3, 1)))
    assert (empty.stopped, empty.counts.seen, empty.progress.part) == (StopReason.END, 0, None)
    name = new_topic(1, 1)
    pen = Pen(cluster.bootstrap_servers, name)
    for number in range(100):
        pen.write(b"k", b"%d" % number)
    pen.flush()
    admin = client(cluster)
    admin.delete_records([TopicPartition(name, 0, 60)])[TopicPartition(name, 0)].result(20)
    late = [one for one in pen.sent if one.offset >= 60]
    assert_same(read(cluster, whole(name)), late)
    assert_same(read(cluster, whole(name, start=Offset(10))), late)
    assert_same(read(cluster, whole(name, start=Offset(95))), [one for one in late if one.offset >= 95])
    assert read(cluster, whole(name, start=Offset(1_000))).counts.seen == 0
    with Watched(cluster, TailSpec(name, EARLIEST, bytes_per_s=1)) as watched:
        watched.wait(lambda view: view.state is TailState.READING or view.counts.matched)
        admin.delete_records([TopicPartition(name, 0, -1)])[TopicPartition(name, 0)].result(20)
        pen.write(b"new", b"new")
        pen.flush()
        watched.tail.set_budget(None)
        view = watched.wait(lambda view: any(record.key == b"new" for record in view.window))
        assert view.counts.seen + view.counts.lost == 41


@pytest.mark.kraft
def test_a_compacted_topic_ends(cluster: Sandbox, new_topic: Callable[..., str]) -> None:
    name = new_topic(
        1, 1, cleanup_policy="compact", segment_bytes="1048576", min_cleanable_dirty_ratio="0.01",
        segment_ms="500", max_compaction_lag_ms="1000",
    )  # fmt: skip
    pen = Pen(cluster.bootstrap_servers, name)
    for number in range(600):
        pen.write(b"key-%d" % (number % 5), b"%d" % number)
        if number % 200 == 199:
            pen.flush()
            time.sleep(0.7)
    pen.flush()
    view = read(cluster, whole(name))
    last = {one.key: one for one in pen.sent}
    records = list(map(as_sent, view.window))
    assert set(last.values()) <= set(records) <= set(pen.sent)
    assert (view.stopped, view.counts.behind) == (StopReason.END, 0)
    back = read(cluster, whole(name, start=Back(1)))
    assert [record.offset for record in back.window] == [599]


@pytest.mark.kraft
def test_from_a_moment_and_within_a_time(cluster: Sandbox, new_topic: Callable[..., str]) -> None:
    name = new_topic(2, 1)
    pen = Pen(cluster.bootstrap_servers, name)
    for minute in range(100):
        pen.write(b"k%d" % minute, b"v", timestamp=1_700_000_000_000 + minute * 60_000)
        pen.flush()
    since = Since(1_700_000_000_000 + 70 * 60_000)
    assert read(cluster, whole(name, start=since)).counts.matched == 30
    text = f"time>={1_700_000_000_000 + 20 * 60_000} time<{1_700_000_000_000 + 25 * 60_000}"
    view = read(cluster, whole(name, filter=parse_filter(text, 0)))
    assert sorted(record.key or b"" for record in view.window) == [
        b"k%d" % minute for minute in range(20, 25)
    ]
    assert view.counts.seen == 100
    assert read(cluster, whole(name, start=Since(4_000_000_000_000))).counts.seen == 0


def test_nothing_is_left_behind(cluster: Sandbox, new_topic: Callable[..., str]) -> None:
    name = new_topic(3, 3)
    pen = Pen(cluster.bootstrap_servers, name)
    for number in range(30):
        pen.write(b"%d" % number, b"v")
    pen.flush()
    admin, looked = client(cluster), Librdkafka(cluster.bootstrap_servers)
    topics = looked.look().topics
    with Watched(cluster, TailSpec(name, EARLIEST, Filter())) as watched:
        watched.wait(lambda view: view.counts.matched == 30)
        during = admin.list_consumer_groups(request_timeout=10).result(20).valid
    absent = read(cluster, whole(f"{name}-absent"))
    assert absent.stopped is StopReason.FAILED
    assert "There is no topic" in (absent.sentence or "")
    groups = admin.list_consumer_groups(request_timeout=10).result(20).valid
    assert not [one.group_id for one in (*during, *groups) if "ktui" in one.group_id or name in one.group_id]
    for group in groups:
        committed = admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group.group_id)])
        offsets = committed[group.group_id].result(20).topic_partitions
        assert name not in {one.topic for one in offsets or ()}
    wait_until(lambda: looked.look().topics - {"__consumer_offsets"} <= topics, 10, "no topic was added")
    assert f"{name}-absent" not in looked.look().topics
