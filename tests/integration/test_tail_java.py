"""What Java's own producer wrote, by Kafka's console producer of the ZooKeeper release, to clusters of both kinds."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.jars import class_path
from ktui.adapters.sandbox.java import find_java
from ktui.adapters.sandbox.launch import Runtime, java_command, server_environment
from ktui.adapters.sandbox.locked_jars import RELEASES
from ktui.adapters.sandbox.spec import Fault, Mode, SandboxSpec
from ktui.adapters.tail.conditions import KeyIs
from ktui.adapters.tail.filter import Filter
from ktui.adapters.tail.spec import TailSpec
from ktui.adapters.tail.start import EARLIEST
from ktui.adapters.tail.view import TailState
from tests.independent import Librdkafka, wait_until
from tests.tails import Pen, Watched, as_sent, assert_same, read, whole

RECORDS: Final = 300


def write_with_java(cluster: Sandbox, name: str, codec: str) -> list[tuple[object, ...]]:
    """Keys, headers and null values; what was written, without the offsets."""
    lines, written = [], []
    for number in range(RECORDS):
        key, value = f"c{number % 40}", f"{codec} {number}" if number % 9 else "NULL"
        lines.append(f"trace:{number},kind:java\t{key}\t{value}")
        headers = (("trace", b"%d" % number), ("kind", b"java"))
        written.append((key.encode(), None if value == "NULL" else value.encode(), headers))
    runtime = Runtime(find_java(), Mode.ZOOKEEPER, class_path(RELEASES[Mode.ZOOKEEPER], lambda line: None))
    properties = ("parse.key=true", "parse.headers=true", "null.marker=NULL")
    command = [
        *java_command(runtime, "-Xmx128m"), "kafka.tools.ConsoleProducer",
        "--bootstrap-server", cluster.bootstrap_servers, "--topic", name, "--compression-codec", codec,
        *(word for one in properties for word in ("--property", one)),
    ]  # fmt: skip
    done = subprocess.run(
        command, input="\n".join(lines), env=server_environment(), capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return written


CODECS: Final = [
    "snappy",
    *(pytest.param(codec, marks=pytest.mark.matrix) for codec in ("none", "gzip", "lz4", "zstd")),
]


@pytest.mark.parametrize("codec", CODECS)
def test_javas_producer(cluster: Sandbox, new_topic: Callable[..., str], codec: str) -> None:
    name = new_topic(6)
    written = write_with_java(cluster, name, codec)
    view = read(cluster, whole(name))
    found = [as_sent(record) for record in view.window]
    assert sorted(map(repr, (one[2:] for one in found))) == sorted(map(repr, written))
    assert_same(view, found)
    by_key = read(cluster, whole(name, filter=Filter((KeyIs(b"c7"),))))
    assert [as_sent(record) for record in by_key.window] == [one for one in found if one.key == b"c7"]
    assert by_key.evidence.partitioner == "murmur2"


@pytest.mark.matrix
@pytest.mark.kraft
def test_a_follower_in_our_rack_is_read(tmp_path: Path) -> None:
    selector = "org.apache.kafka.common.replica.RackAwareReplicaSelector"
    spec = SandboxSpec(
        Mode.KRAFT, tmp_path / "racks", controllers=1, properties={"replica.selector.class": selector}
    )
    sandbox = Sandbox(spec, is_guarded=True)
    try:
        sandbox.up()
        Librdkafka(sandbox.bootstrap_servers).create("racked", assignment=[[1, 2, 3], [2, 3, 1]])
        pen = Pen(sandbox.bootstrap_servers, "racked")
        for number in range(200):
            pen.write(b"%d" % number, b"v")
        pen.flush()
        with Watched(sandbox, TailSpec("racked", EARLIEST, rack="r3")) as watched:
            view = watched.wait(lambda view: view.counts.matched == 200 and view.state is TailState.WAITING)
            assert {place.broker for place in view.places} == {3}
            assert_same(view, pen.sent)
            sandbox.fault(Fault.KILL, "broker-3")
            for number in range(200):
                pen.write(b"%d" % number, b"v")
            pen.flush()
            view = watched.wait(lambda view: view.counts.matched == 400)
            assert_same(view, pen.sent)
            wait_until(lambda: {p.broker for p in watched.view.places} <= {1, 2}, 30, "others are read")
    finally:
        sandbox.down(deletes_data=True)
