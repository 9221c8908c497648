"""Offsets and groups changed on real clusters of both kinds; consumers of librdkafka say what became of them."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer, ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient

from ktui.adapters.sandbox.cluster import Sandbox
from tests.independent import wait_until
from tests.integration.real import WITHIN_S, Real

pytestmark = pytest.mark.integration
RECORDS = 10


class Group:
    """A group that has read three records of partition 0 and two of partition 1 of its topic."""

    def __init__(self, real: Real) -> None:
        self.real = real
        self.admin = AdminClient({"bootstrap.servers": real.cluster.bootstrap_servers, "log_level": 0})
        self.topic = f"read-{uuid.uuid4().hex[:8]}"
        self.name = f"group-of-{self.topic}"
        real.client.create(self.topic, 2, 1)
        for partition in (0, 1):
            real.produce(self.topic, RECORDS, partition)
        consumer = self.consumer()
        consumer.commit(
            offsets=[TopicPartition(self.topic, 0, 3), TopicPartition(self.topic, 1, 2)], asynchronous=False
        )
        consumer.close()

    def consumer(self) -> Consumer:
        return Consumer({
            "bootstrap.servers": self.real.cluster.bootstrap_servers, "group.id": self.name,
            "client.id": "reader", "enable.auto.commit": False, "auto.offset.reset": "earliest",
        })  # fmt: skip

    def offsets(self) -> dict[int, int]:
        """As librdkafka sees them; partitions without one are absent."""
        asked = [ConsumerGroupTopicPartitions(self.name)]
        told = self.admin.list_consumer_group_offsets(asked)[self.name].result(WITHIN_S)
        return {part.partition: part.offset for part in told.topic_partitions if part.offset >= 0}

    def exists(self) -> bool:
        listed = self.admin.list_consumer_groups().result(WITHIN_S)
        return self.name in {group.group_id for group in listed.valid}

    def next_record(self, partition: int) -> int:
        """The offset at which a member of the group goes on."""
        consumer = self.consumer()
        try:
            consumer.subscribe([self.topic])
            until = time.monotonic() + WITHIN_S
            while time.monotonic() < until:
                message = consumer.poll(0.2)
                if message is not None and message.error() is None and message.partition() == partition:
                    return int(message.offset())
        finally:
            consumer.close()
        raise AssertionError(f"nothing was read of partition {partition}")


@pytest.fixture
def group(cluster: Sandbox, tmp_path: Path) -> Iterator[Group]:
    made = Group(Real.of(cluster, tmp_path))
    yield made
    made.real.client.delete(made.topic)


def test_a_reset_is_a_dry_run_unless_told_otherwise(group: Group) -> None:
    told = group.real.ktui("group", "reset", group.name, "--to-earliest")
    assert told.returncode == 0, told.stderr
    assert told.stdout.splitlines() == [
        f"{group.topic} 0   3 → 0   lag 10 then",
        f"{group.topic} 1   2 → 0   lag 10 then",
    ]
    assert "nothing was changed" in told.stderr
    assert group.offsets() == {0: 3, 1: 2}
    assert not (group.real.state / "ktui" / "audit.jsonl").exists()


def test_offsets_are_set_and_a_consumer_goes_on_there(group: Group) -> None:
    real = group.real
    said = real.done("group", "reset", group.name, "--to-latest", "--execute")
    assert said == f"Set the offsets of {group.name} in 2 partitions.\n"
    assert group.offsets() == {0: 10, 1: 10}
    real.done("group", "reset", group.name, "--shift-by", "-4", "--topic", f"{group.topic}:1", "--execute")
    assert group.offsets() == {0: 10, 1: 6}
    assert group.next_record(1) == 6
    real.done("group", "reset", group.name, "--to-offset", "5", "--execute")
    assert group.offsets() == {0: 5, 1: 5}
    real.done("group", "reset", group.name, "--to-time", "-1h", "--execute")
    assert group.offsets() == {0: 0, 1: 0}
    intent = real.audit()[-2]
    assert (intent["operation"], intent["subject"]) == (
        "reset-offsets", {"kind": "group", "names": [group.name]},
    )  # fmt: skip
    assert intent["parameters"]["moves"][0] == {"topic": group.topic, "index": 0, "before": 5, "after": 0}


def test_refused_in_words_while_a_member_reads(group: Group) -> None:
    consumer = group.consumer()
    try:
        consumer.subscribe([group.topic])
        wait_until(lambda: consumer.poll(0.2) and len(consumer.assignment()) == 2, WITHIN_S, "it is assigned")
        for words in (
            ("reset", group.name, "--to-earliest", "--execute"),
            ("delete", group.name, "--confirm", group.name),
            ("delete-offsets", group.name, "--topic", group.topic, "--confirm", group.name),
        ):
            assert "stop them first" in group.real.refused(1, "group", *words)
        assert group.offsets() == {0: 3, 1: 2}
    finally:
        consumer.close()


def test_offsets_and_the_group_are_deleted(group: Group) -> None:
    real = group.real
    assert "was not confirmed" in real.refused(3, "group", "delete", group.name)
    assert "typed was" in real.refused(3, "group", "delete", group.name, "--confirm", "other")
    real.done("group", "reset", group.name, "--to-latest", "--topic", group.topic, "--execute")
    words = ("--topic", group.topic, "--confirm", group.name)
    assert real.done("group", "delete-offsets", group.name, *words).endswith("has forgotten 2 offsets.\n")
    assert group.offsets() == {}


def test_a_group_is_deleted(group: Group) -> None:
    assert group.exists()
    assert group.real.done("group", "delete", group.name, "--confirm", group.name) == (
        f"Deleted group {group.name}.\n"
    )
    assert not group.exists()


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["reset", "nobody", "--to-earliest"], 1, "There is no group nobody"),
        (["delete", "nobody", "--confirm", "nobody"], 1, "There is no group nobody"),
        (["reset", "G"], 2, "Give one of --to-earliest"),
        (["reset", "G", "--to-time", "soon"], 2, "soon"),
        (["reset", "G", "--to-latest", "--execute", "--read-only"], 3, "Read-only"),
        (["delete", "G", "--confirm", "G", "--expect-cluster-id", "other"], 3, "other"),
    ],
)
def test_refusals(group: Group, words: list[str], code: int, sentence: str) -> None:
    named = [group.name if word == "G" else word for word in words]
    assert sentence in group.real.refused(code, "group", *named)
    assert group.offsets() == {0: 3, 1: 2}
