"""`ktui events --json` on real clusters: what happened, in which order, and whose fault it was."""

from __future__ import annotations

import signal
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic

from ktui.adapters.sandbox.cluster import Sandbox
from ktui.adapters.sandbox.spec import Fault
from tests.line_reader import Document, LineReader
from tests.terminal import ktui

WITHIN_S = 60.0
AWAY = {"broker-left", "broker-fenced"}
BROKER = 2


@contextmanager
def watching(cluster: Sandbox, client: AdminClient) -> Iterator[LineReader]:
    """The command, once it tells of what happens now."""
    extra = ("-z", cluster.zookeeper) if cluster.zookeeper else ()
    with LineReader(ktui("events", "--json", "-b", cluster.bootstrap_servers, *extra)) as reader:
        until = time.monotonic() + WITHIN_S
        while not reader.documents and time.monotonic() < until:
            create(client, f"probe-{uuid.uuid4().hex[:8]}", 1)
            try:
                reader.wait(bool, 2.0)
            except AssertionError:
                assert reader.process.poll() is None, "the command ended"
        yield reader


def create(client: AdminClient, name: str, partitions: int) -> None:
    asked = client.create_topics([NewTopic(name, partitions, replication_factor=3)])
    asked[name].result(WITHIN_S)


def seen(wanted: Callable[[Document], bool]) -> Callable[[list[Document]], bool]:
    return lambda lines: any(map(wanted, lines))


def of(topic: str, kind: str) -> Callable[[Document], bool]:
    return lambda line: line.get("topic") == topic and line["kind"] == kind


def test_a_killed_broker_is_the_cause_of_what_follows_and_told_first(healed: Sandbox) -> None:
    client = AdminClient({"bootstrap.servers": healed.bootstrap_servers, "log_level": 0})
    name = f"victim-{uuid.uuid4().hex[:8]}"
    create(client, name, 6)
    with watching(healed, client) as reader:
        start = len(reader.documents)
        healed.fault(Fault.KILL, f"broker-{BROKER}")

        def lost_it(lines: list[Document]) -> bool:
            shrunk = {line["partition"] for line in lines[start:] if _takes_from(line, BROKER, name)}
            moved = [line for line in lines[start:] if of(name, "leader-moved")(line)]
            return len(shrunk) == 6 and len(moved) >= 1

        lines = reader.wait(lost_it, WITHIN_S)[start:]
        cause = next(number for number, line in enumerate(lines) if line["kind"] in AWAY)
        assert lines[cause]["broker"] == BROKER
        followed = [(number, line) for number, line in enumerate(lines) if _takes_from(line, BROKER, name)]
        assert all(number > cause for number, _ in followed)
        assert {line.get("cause", {}).get("broker") for _, line in followed} == {BROKER}
        assert {line["cause"]["seq"] for _, line in followed} == {lines[cause]["seq"]}
        assert [line["seq"] for line in lines] == list(range(lines[0]["seq"], lines[0]["seq"] + len(lines)))
        healed.fault(Fault.RESTART, f"broker-{BROKER}")

        def healed_it(lines: list[Document]) -> bool:
            return {line["partition"] for line in lines if of(name, "isr-expanded")(line)} == set(range(6))

        lines = reader.wait(healed_it, WITHIN_S)
        back = [line for line in lines if of(name, "isr-expanded")(line) and BROKER in line["to"]]
        assert BROKER in {line.get("cause", {}).get("broker") for line in back}
        assert reader.end(signal.SIGINT) == 130


def _takes_from(line: Document, broker: int, name: str) -> bool:
    """Whether a line is a leadership or an in-sync replica that this broker lost."""
    if line.get("topic") != name:
        return False
    if line["kind"] in ("leader-moved", "leader-lost"):
        return bool(line.get("from") == broker)
    return line["kind"] == "isr-shrank" and broker in line["from"] and broker not in line["to"]


def test_topics_that_come_grow_change_and_go(cluster: Sandbox) -> None:
    client = AdminClient({"bootstrap.servers": cluster.bootstrap_servers, "log_level": 0})
    name = f"life-{uuid.uuid4().hex[:8]}"
    with watching(cluster, client) as reader:
        create(client, name, 2)
        lines = reader.wait(seen(of(name, "topic-created")), WITHIN_S)
        client.create_partitions([NewPartitions(name, 3)])[name].result(WITHIN_S)
        lines = reader.wait(seen(of(name, "partitions-added")), WITHIN_S)
        added = next(line for line in lines if of(name, "partitions-added")(line))
        assert (added["from"], added["to"]) == (2, 3)
        client.delete_topics([name])[name].result(WITHIN_S)
        lines = reader.wait(seen(of(name, "topic-deleted")), WITHIN_S)
        kinds = [line["kind"] for line in lines if line.get("topic") == name]
        assert [kind for kind in kinds if kind.startswith("topic")] == ["topic-created", "topic-deleted"]
        assert not {"leader-moved", "leader-lost", "unclean-election"} & set(kinds)
        assert reader.end(signal.SIGTERM) == 143


def test_a_reader_that_goes_away_ends_it_quietly(kraft: Sandbox) -> None:
    command = ktui("events", "--json", "-b", kraft.bootstrap_servers)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    try:
        assert process.wait(WITHIN_S) == 0
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.stderr.close()
