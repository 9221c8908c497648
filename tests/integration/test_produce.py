"""`ktui produce` on real clusters of both kinds; librdkafka says what is there."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import Fault
from tests.independent import Librdkafka, wait_until

pytestmark = pytest.mark.integration
ROOT: Final = Path(__file__).resolve().parents[2]
PARTITIONS: Final = 4


@dataclass(frozen=True)
class Stored:
    """A record as librdkafka reads it."""

    partition: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    timestamp: int


@dataclass(frozen=True)
class Desk:
    cluster: Sandbox
    topic: str
    state: Path

    def command(self, *words: str) -> tuple[list[str], dict[str, str]]:
        command = [sys.executable, "-m", "ktui", *words, "-b", self.cluster.bootstrap_servers]
        return command, {**os.environ, "PYTHONPATH": str(ROOT / ".src"), "XDG_STATE_HOME": str(self.state)}

    def produce(self, data: bytes, *words: str, topic: str | None = None) -> subprocess.CompletedProcess[str]:
        command, env = self.command("produce", topic or self.topic, *words)
        done = subprocess.run(command, input=data, env=env, capture_output=True, timeout=120, check=False)
        return subprocess.CompletedProcess(
            command, done.returncode, done.stdout.decode(), done.stderr.decode()
        )

    def read(self) -> list[Stored]:
        """Everything, partition after partition."""
        return read_topic(self.cluster.bootstrap_servers, self.topic)


def read_topic(servers: str, topic: str) -> list[Stored]:
    consumer = Consumer({
        "bootstrap.servers": servers, "group.id": "never-joined", "enable.partition.eof": True,
        "auto.offset.reset": "earliest", "allow.auto.create.topics": False, "log_level": 0,
    })  # fmt: skip
    try:
        partitions = consumer.list_topics(timeout=10).topics[topic].partitions
        consumer.assign([TopicPartition(topic, index, 0) for index in partitions])
        found: list[Stored] = []
        ended: set[int] = set()
        until = time.monotonic() + 60
        while len(ended) < len(partitions) and time.monotonic() < until:
            message = consumer.poll(1.0)
            if message is None:
                continue
            error = message.error()
            if error is not None:
                if error.name() == "_PARTITION_EOF":
                    ended.add(message.partition() or 0)
                continue
            headers = tuple((pair[0], pair[1]) for pair in message.headers() or ())
            index = message.partition() or 0
            found.append(
                Stored(index, message.key(), message.value(), headers, message.timestamp()[1])  # type: ignore[arg-type]
            )
        assert len(ended) == len(partitions)
    finally:
        consumer.close()
    return sorted(found, key=lambda stored: stored.partition)


def make_topic(cluster: Sandbox, name: str, **config: str) -> None:
    admin = AdminClient({"bootstrap.servers": cluster.bootstrap_servers, "log_level": 0})
    new = NewTopic(name, PARTITIONS, 3, config={"min.insync.replicas": "2", **config})
    admin.create_topics([new])[name].result(30)
    client = Librdkafka(cluster.bootstrap_servers)
    wait_until(lambda: len(client.topic(name)) == PARTITIONS, 30, "the topic is there")


@pytest.fixture
def desk(cluster: Sandbox, tmp_path: Path) -> Desk:
    return new_desk(cluster, tmp_path)


def new_desk(cluster: Sandbox, tmp_path: Path) -> Desk:
    topic = f"written-{random.randrange(10**9)}"
    make_topic(cluster, topic)
    return Desk(cluster, topic, tmp_path)


@pytest.mark.kraft
def test_lines_become_records(desk: Desk) -> None:
    done = desk.produce(
        b"k1\tv1\nk2\t\n\tv\xff\tx", "--key-separator", "\t", "--header", "a=1", "--header", "b="
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"Wrote 3 records to {desk.topic}.")
    headers = (("a", b"1"), ("b", b""))
    stored = desk.read()
    assert {(s.key, s.value, s.headers) for s in stored} == {
        (b"k1", b"v1", headers), (b"k2", b"", headers), (b"", b"v\xff\tx", headers),
    }  # fmt: skip
    one = desk.produce(b"alone\n", "--partition", "2")
    assert one.stdout.startswith(f"Wrote 1 record to {desk.topic}. Partition 2, offset ")


@pytest.mark.kraft
def test_keys_land_where_javas_producer_puts_them(desk: Desk) -> None:
    keys = [os.urandom(random.randrange(1, 30)).hex() for _ in range(300)]
    assert (
        desk.produce("\n".join(f"{key} v" for key in keys).encode(), "--key-separator", " ").returncode == 0
    )
    mine = {stored.key: stored.partition for stored in desk.read()}
    theirs = f"{desk.topic}-theirs"
    make_topic(desk.cluster, theirs)
    producer = Producer({
        "bootstrap.servers": desk.cluster.bootstrap_servers, "partitioner": "murmur2_random", "log_level": 0,
    })  # fmt: skip
    for key in keys:
        producer.produce(theirs, b"v", key)
    assert producer.flush(30) == 0
    assert {s.key: s.partition for s in read_topic(desk.cluster.bootstrap_servers, theirs)} == mine


def test_json_keeps_null_empty_bytes_headers_partition_and_time(desk: Desk) -> None:
    lines = [
        {"partition": 3, "timestamp": 1_000, "key": None, "value": None, "headers": []},
        {"partition": 3, "timestamp": 2_000, "key": "", "value": "", "headers": [["a", None], ["a", "x"]]},
        {"partition": 0, "timestamp": 3_000, "key": {"base64": "/wA="}, "value": {"base64": "gA=="}},
    ]
    data = "\n".join(map(json.dumps, lines)).encode()
    done = desk.produce(data, "--json", "--keep-partition", "--keep-timestamp")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "topic": desk.topic, "records": 3,
        "partitions": [
            {"partition": 0, "records": 1, "first": 0, "last": 0},
            {"partition": 3, "records": 2, "first": 0, "last": 1},
        ],
    }  # fmt: skip
    assert desk.read() == [
        Stored(0, b"\xff\0", b"\x80", (), 3_000),
        Stored(3, None, None, (), 1_000),
        Stored(3, b"", b"", (("a", None), ("a", b"x")), 2_000),
    ]


def test_refusals_have_a_sentence_and_a_code_and_create_nothing(desk: Desk) -> None:
    cases = [
        ((b"v",), {"topic": "never-there"}, 1, "There is no topic never-there"),
        ((b"v", "--partition", "9"), {}, 2, "has 4 partitions (0 to 3), not 9"),
        ((b"x" * 2_000_000,), {}, 1, "larger than the topic takes (max.message.bytes)"),
        ((b'{"value":"a"}\nnonsense', "--json"), {}, 2, "line 2: not JSON"),
    ]
    for (data, *words), where, code, sentence in cases:
        done = desk.produce(data, *words, **where)  # type: ignore[arg-type]
        assert (done.returncode, sentence in done.stderr) == (code, True), done.stderr
        assert "Traceback" not in done.stderr
    assert [stored.value for stored in desk.read()] == [b"a"]
    assert "never-there" not in Librdkafka(desk.cluster.bootstrap_servers).look().topics
    audit = (desk.state / "ktui" / "audit.jsonl").read_text()
    assert [json.loads(line)["outcome"] for line in audit.splitlines() if '"result"' in line] == [
        "not sent", "refused", "incomplete",
    ]  # fmt: skip


@pytest.mark.kraft
def test_small_records_go_into_a_topic_with_a_small_limit(desk: Desk) -> None:
    small = f"{desk.topic}-small"
    make_topic(desk.cluster, small, **{"max.message.bytes": "2000"})
    done = desk.produce(b"\n".join(b"v" * 500 for _ in range(50)), topic=small)
    assert done.returncode == 0, done.stderr
    assert len(read_topic(desk.cluster.bootstrap_servers, small)) == 50


@pytest.mark.kraft
def test_each_line_is_written_when_it_comes(desk: Desk) -> None:
    command, env = desk.command("produce", desk.topic)
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdin is not None
        for count in range(1, 4):
            running.stdin.write(f"line {count}\n".encode())
            running.stdin.flush()
            wait_until(lambda count=count: len(desk.read()) == count, 30, "the line is stored")  # type: ignore[misc]
        running.stdin.close()
        assert running.wait(30) == 0


@pytest.mark.matrix
@pytest.mark.kraft
def test_a_broker_that_dies_costs_no_record_and_doubles_none(healed: Sandbox, tmp_path: Path) -> None:
    desk = new_desk(healed, tmp_path)
    command, env = desk.command("produce", desk.topic)
    total = 60_000
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdin is not None
        for number in range(total):
            running.stdin.write(f"{number}\n".encode())
            if number == total // 3:
                running.stdin.flush()
                wait_until(lambda: len(desk.read()) > 100, 30, "the first are stored")
                healed.fault(Fault.KILL, "broker-2")
        running.stdin.close()
        assert running.wait(90) == 0, running.stderr.read() if running.stderr else ""
    numbers = sorted(int(stored.value or b"-1") for stored in desk.read())
    assert numbers == list(range(total))
