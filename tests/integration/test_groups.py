"""Groups on real clusters of both kinds: what ktui says against what consumers know of themselves."""

from __future__ import annotations

import json
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from ktui.adapters.sandbox.cluster import Sandbox
from tests.independent import Librdkafka, wait_until
from tests.terminal import Terminal, ktui

pytestmark = pytest.mark.integration
WITHIN_S = 60.0
RECORDS = 30


def shell(cluster: Sandbox, *words: str) -> subprocess.CompletedProcess[str]:
    command = ktui("group", *words, "-b", cluster.bootstrap_servers)
    return subprocess.run(
        command, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL, check=False
    )


def described(cluster: Sandbox, name: str) -> dict[str, Any]:
    done = shell(cluster, "describe", name, "--json")
    assert done.returncode == 0, done.stderr
    (group,) = json.loads(done.stdout)["groups"]
    assert isinstance(group, dict)
    return group


@pytest.fixture
def topic(cluster: Sandbox) -> Iterator[str]:
    """Three partitions with ten records each."""
    name = f"read-{uuid.uuid4().hex[:8]}"
    client = Librdkafka(cluster.bootstrap_servers)
    client.create(name, 3, 1)
    producer = Producer({"bootstrap.servers": cluster.bootstrap_servers})
    for number in range(RECORDS):
        producer.produce(name, b"x", partition=number % 3)
    assert producer.flush(20) == 0
    yield name
    client.delete(name)


@contextmanager
def consuming(cluster: Sandbox, group: str, topic: str, **settings: Any) -> Iterator[Consumer]:
    """A member that holds all partitions and has committed offset 4 of partition 0."""
    consumer = Consumer({
        "bootstrap.servers": cluster.bootstrap_servers, "group.id": group, "client.id": "reader-1",
        "auto.offset.reset": "earliest", "enable.auto.commit": False, **settings,
    })  # fmt: skip
    consumer.subscribe([topic])
    try:
        wait_until(lambda: consumer.poll(0.2) and len(consumer.assignment()) == 3, WITHIN_S, "it is assigned")
        consumer.commit(offsets=[TopicPartition(topic, 0, 4)], asynchronous=False)
        yield consumer
    finally:
        consumer.close()


def test_members_offsets_and_lag_of_a_live_group(cluster: Sandbox, topic: str) -> None:
    group = f"live-{topic}"
    with consuming(cluster, group, topic):
        told = described(cluster, group)
        assert (told["type"], told["protocol"], told["state"]) == ("classic", "consumer", "Stable")
        (member,) = told["members"]
        assert (member["client_id"], member["host"]) == ("reader-1", "127.0.0.1")
        assert member["assigned"] == {topic: [0, 1, 2]}
        assert [(p["partition"], p["committed"], p["end"], p["lag"]) for p in told["partitions"]] == [
            (0, 4, 10, 6),
            (1, None, 10, None),
            (2, None, 10, None),
        ]
        assert told["lag"] == 6
    told = described(cluster, group)
    assert (told["state"], told["members"], told["lag"]) == ("Empty", [], 6)
    listed = json.loads(shell(cluster, "list", "--json").stdout)["groups"]
    assert {one["name"]: one["state"] for one in listed}[group] == "Empty"


@pytest.mark.kraft
def test_a_group_of_the_new_protocol(cluster: Sandbox, topic: str) -> None:
    group = f"new-{topic}"
    with consuming(cluster, group, topic, **{"group.protocol": "consumer"}):
        told = described(cluster, group)
        assert (told["type"], told["state"], told["assignor"]) == ("consumer", "Stable", "uniform")
        assert told["members"][0]["assigned"] == {topic: [0, 1, 2]}
        assert told["lag"] == 6


def test_a_group_that_is_not_there(cluster: Sandbox) -> None:
    done = shell(cluster, "describe", "nobody")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "ktui: There is no group nobody, or this principal may not Describe it.\n"


def test_by_keyboard(cluster: Sandbox, topic: str) -> None:
    group = f"keys-{topic}"
    with (
        consuming(cluster, group, topic),
        Terminal(ktui("-b", cluster.bootstrap_servers), columns=120, rows=30) as terminal,
    ):
        terminal.wait_for("● OK", 60)
        terminal.press("6")
        terminal.wait_for(lambda lines: any(group in line and "Stable" in line for line in lines), 30)
        terminal.press("/")
        terminal.type(group)
        terminal.press("enter")
        terminal.press("enter")
        terminal.wait_for("lag 6", 30)
        terminal.wait_for("reader-1", 30)
        terminal.press("escape")
        terminal.wait_for("Groups", 20)
        terminal.press(":")
        terminal.type(f"topic {topic}")
        terminal.press("enter")
        terminal.press("tab")
        terminal.press("tab")
        terminal.wait_for(lambda lines: any(group in line and " 6 " in line for line in lines), 30)
