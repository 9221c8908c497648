"""One key in many partitions: what is left out on evidence, and when everything is read after all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient, NewPartitions  # type: ignore[attr-defined]

from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.tail.conditions import KeyIs
from ktui.adapters.tail.filter import Filter
from ktui.adapters.tail.filter_text import parse_filter
from ktui.adapters.tail.partitioners import partition_of
from ktui.adapters.tail.spec import TailSpec
from ktui.adapters.tail.start import EARLIEST
from ktui.adapters.tail.view import TailState
from tests.independent import wait_until
from tests.tails import Pen, Sent, Watched, as_sent, read, whole

KEYS = 500
WANTED = next(
    key
    for key in (b"customer-%d" % number for number in range(KEYS))
    if partition_of("murmur2", key, 12) != partition_of("murmur2", key, 6)
)
"""It moves when six partitions become twelve."""


def fill(pen: Pen, count: int, *, keys: int = KEYS) -> None:
    """The same keys again and again."""
    for number in range(count):
        pen.write(b"customer-%d" % (number % keys), b"v" * 200)
    pen.flush()


def by_key(name: str, **more: Any) -> TailSpec:
    return whole(name, filter=Filter((KeyIs(WANTED),)), **more)


def found(cluster: Sandbox, spec: TailSpec) -> tuple[list[Sent], Any]:
    view = read(cluster, spec)
    return sorted(as_sent(record) for record in view.window), view


def of_key(*sent: Sequence[Sent]) -> list[Sent]:
    return sorted(one for part in sent for one in part if one.key == WANTED)


@pytest.mark.parametrize(
    "partitioner",
    [
        "murmur2_random",
        pytest.param("consistent_random", marks=pytest.mark.matrix),
        pytest.param("fnv1a_random", marks=pytest.mark.matrix),
    ],
)
@pytest.mark.kraft
def test_one_partition_is_read_and_a_tenth_of_the_bytes(
    cluster: Sandbox, new_topic: Callable[..., str], partitioner: str
) -> None:
    name = new_topic(12, 1)
    pen = Pen(
        cluster.bootstrap_servers, name, **{"partitioner": partitioner, "batch.size": 16_384, "linger.ms": 50}
    )
    fill(pen, 50_000, keys=5_000)
    records, view = found(cluster, by_key(name))
    everything, scan = found(cluster, by_key(name, reads_all_partitions=True))
    assert records == everything == of_key(pen.sent)
    assert len(records) == 10
    assert view.partitions_read == (records[0].partition,)
    assert view.evidence.partition == records[0].partition
    assert view.evidence.samples >= 100
    assert not view.is_complete
    expected = {"murmur2_random": "murmur2", "consistent_random": "crc32"}.get(partitioner)
    assert expected is None or view.evidence.partitioner == expected
    assert (scan.is_complete, scan.partitions_read) == (True, tuple(range(12)))
    assert view.counts.bytes * 10 <= scan.counts.bytes, (view.counts.bytes, scan.counts.bytes)


@pytest.mark.kraft
def test_a_tenth_by_another_partitioner_is_noticed(cluster: Sandbox, new_topic: Callable[..., str]) -> None:
    name = new_topic(12, 1)
    most = Pen(cluster.bootstrap_servers, name)
    fill(most, 9_000)
    others = Pen(cluster.bootstrap_servers, name, partitioner="consistent_random")
    fill(others, 1_000)
    records, view = found(cluster, by_key(name))
    assert records == of_key(most.sent, others.sent)
    assert view.is_complete
    assert view.evidence.partitioner is None
    assert "murmur2 explains" in (view.evidence.why_all or "")


@pytest.mark.kraft
def test_others_in_the_middle_are_noticed_while_reading(
    cluster: Sandbox, new_topic: Callable[..., str]
) -> None:
    name = new_topic(4, 1)
    most = Pen(cluster.bootstrap_servers, name)
    fill(most, 6_000)
    others = Pen(cluster.bootstrap_servers, name, partitioner="consistent_random")
    fill(others, 1_500)
    fill(most, 6_000)
    records, view = found(cluster, by_key(name))
    assert records == of_key(most.sent, others.sent)
    assert view.is_complete
    assert view.partitions_read == (0, 1, 2, 3)
    assert "more than one partitioner" in (view.evidence.why_all or "")


@pytest.mark.kraft
def test_a_topic_that_was_expanded(cluster: Sandbox, new_topic: Callable[..., str]) -> None:
    name = new_topic(6, 1)
    before = Pen(cluster.bootstrap_servers, name)
    fill(before, 3_000)
    expand(cluster, name, 12)
    after = Pen(cluster.bootstrap_servers, name)
    fill(after, 3_000)
    records, view = found(cluster, by_key(name))
    assert records == of_key(before.sent, after.sent)
    assert len({one.partition for one in records}) == 2
    assert view.is_complete
    assert "among 6 partitions: the topic was expanded" in (view.evidence.why_all or "")


@pytest.mark.kraft
def test_partitions_that_are_added_while_it_runs(cluster: Sandbox, new_topic: Callable[..., str]) -> None:
    name = new_topic(6, 1)
    pen = Pen(cluster.bootstrap_servers, name)
    fill(pen, 6_000)
    spec = TailSpec(name, EARLIEST, Filter((KeyIs(WANTED),)))
    with Watched(cluster, spec) as watched:
        watched.wait(lambda view: view.state is TailState.WAITING and view.counts.matched == 12)
        assert watched.view.evidence.partition == partition_of("murmur2", WANTED, 6)
        expand(cluster, name, 12)
        late = Pen(cluster.bootstrap_servers, name)
        fill(late, 3_000)
        view = watched.wait(lambda view: view.counts.matched == 18 and len(view.places) == 12)
        assert sorted(map(as_sent, view.window)) == of_key(pen.sent, late.sent)
        assert (view.is_complete, len(view.places)) == (True, 12)
        assert "partitions were added" in (view.evidence.why_all or "")
        assert any("Partitions were added: 6 before, 12 now." in note for note in view.notes)
        watched.tail.set_filter(parse_filter("", 0))
        watched.tail.start_at(EARLIEST)
        watched.wait(lambda view: view.counts.matched == 9_000)


@pytest.mark.kraft
def test_another_key_and_all_partitions_while_it_runs(
    cluster: Sandbox, new_topic: Callable[..., str]
) -> None:
    name = new_topic(6, 1)
    pen = Pen(cluster.bootstrap_servers, name)
    fill(pen, 6_000)
    spec = TailSpec(name, EARLIEST, Filter((KeyIs(WANTED),)))
    with Watched(cluster, spec) as watched:
        watched.wait(lambda view: view.counts.matched == 12)
        other = b"customer-3" if WANTED != b"customer-3" else b"customer-4"
        watched.tail.set_filter(Filter((KeyIs(other),)))
        view = watched.wait(lambda view: view.counts.matched == 12 and view.filter_revision == 1)
        assert view.partitions_read == (partition_of("murmur2", other, 6),)
        assert {record.key for record in view.window} == {other}
        watched.tail.read_all_partitions(True)
        view = watched.wait(lambda view: view.is_complete and view.counts.behind == 0)
        assert view.evidence.partitioner == "murmur2"
        assert view.counts.matched == 12


def expand(cluster: Sandbox, name: str, count: int) -> None:
    admin = AdminClient({"bootstrap.servers": cluster.bootstrap_servers, "log_level": 0})
    admin.create_partitions([NewPartitions(name, count)])[name].result(20)
    wait_until(
        lambda: (
            len(topic.partitions) == count
            and all(partition.leader >= 0 for partition in topic.partitions.values())
            if (topic := admin.list_topics(timeout=5).topics.get(name))
            else False
        ),
        20,
        "the partitions are there",
    )
