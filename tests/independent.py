"""What others say of a cluster: librdkafka, a plain ZooKeeper client, a quorum question by hand, kcat."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AdminClient,
    ConfigResource,
    NewTopic,
    ResourceType,
)
from kazoo.client import KazooClient
from kazoo.exceptions import KazooException, NoNodeError

from tests.raw_quorum import Leader, RawQuorum
from tests.watch import Watch

TIMEOUT_S: Final = 10.0
DYNAMIC_TOPIC_CONFIG: Final = 1
"""ConfigSource: set on the topic itself."""


@dataclass(frozen=True, slots=True)
class PartitionSeen:
    """A partition as librdkafka shows it; leader -1 is none."""

    leader: int
    replicas: tuple[int, ...]
    isr: frozenset[int]


@dataclass(frozen=True, slots=True)
class ClusterSeen:
    """All brokers that are up (id to host:port) and all partitions."""

    brokers: Mapping[int, str]
    partitions: Mapping[tuple[str, int], PartitionSeen]

    @property
    def topics(self) -> frozenset[str]:
        return frozenset(topic for topic, _ in self.partitions)

    def of_topic(self, name: str) -> dict[int, PartitionSeen]:
        """Its partitions by index; empty: there is no such topic."""
        return {index: seen for (topic, index), seen in self.partitions.items() if topic == name}


class Librdkafka:
    """An AdminClient of librdkafka. Never asks for a topic by name, which could create it."""

    def __init__(self, bootstrap_servers: str, **settings: Any) -> None:
        self._admin = AdminClient({
            "bootstrap.servers": bootstrap_servers,
            "socket.timeout.ms": 10_000,
            "reconnect.backoff.max.ms": 200,
            "reconnect.backoff.ms": 50,
            "topic.metadata.refresh.interval.ms": -1,
            "log_level": 0,
            **settings,
        })  # fmt: skip

    def look(self, timeout_s: float = TIMEOUT_S) -> ClusterSeen:
        """One picture; KafkaException when nobody answers."""
        answer = self._admin.list_topics(timeout=timeout_s)
        return ClusterSeen(
            {broker.id: f"{broker.host}:{broker.port}" for broker in answer.brokers.values()},
            {
                (name, index): PartitionSeen(
                    partition.leader, tuple(partition.replicas), frozenset(partition.isrs)
                )
                for name, topic in answer.topics.items()
                for index, partition in topic.partitions.items()
            },
        )

    def brokers(self, timeout_s: float = TIMEOUT_S) -> frozenset[int]:
        return frozenset(self._admin.list_topics(timeout=timeout_s).brokers)

    def topic(self, name: str) -> dict[int, PartitionSeen]:
        """Its partitions by index; empty: there is no such topic."""
        return self.look().of_topic(name)

    def settings(self, name: str) -> dict[str, str]:
        """What was set on the topic itself."""
        resource = ConfigResource(ResourceType.TOPIC, name)
        found = self._admin.describe_configs([resource], request_timeout=TIMEOUT_S)[resource].result(
            TIMEOUT_S
        )
        return {key: entry.value for key, entry in found.items() if entry.source == DYNAMIC_TOPIC_CONFIG}

    def create(
        self,
        name: str,
        partitions: int = 1,
        replication_factor: int = 1,
        *,
        settings: Mapping[str, str] | None = None,
        assignment: list[list[int]] | None = None,
    ) -> None:
        """Create and wait until every partition has a leader. `assignment`: the replicas of each partition."""
        layout: dict[str, Any] = (
            {"num_partitions": len(assignment), "replica_assignment": assignment}
            if assignment
            else {"num_partitions": partitions, "replication_factor": replication_factor}
        )
        topic = NewTopic(name, config=dict(settings or {}), **layout)
        at_the_controller(lambda: self._admin.create_topics([topic], request_timeout=TIMEOUT_S)[name])
        count = len(assignment) if assignment else partitions

        def has_leaders() -> bool:
            seen = self.topic(name)
            return len(seen) == count and all(partition.leader >= 0 for partition in seen.values())

        wait_until(has_leaders, TIMEOUT_S, f"{name} has leaders")

    def delete(self, name: str) -> None:
        """Delete and wait until it is gone; a topic that is not there is fine."""
        try:
            at_the_controller(lambda: self._admin.delete_topics([name], request_timeout=TIMEOUT_S)[name])
        except KafkaException as error:
            if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise
        wait_until(lambda: not self.topic(name), TIMEOUT_S, f"{name} is gone")


def at_the_controller(change: Callable[[], Future[None]]) -> None:
    """Ask again while the client still takes another broker for the controller."""
    until = time.monotonic() + TIMEOUT_S
    while True:
        try:
            change().result(TIMEOUT_S)
            return
        except KafkaException as error:
            if error.args[0].code() != KafkaError.NOT_CONTROLLER or time.monotonic() > until:
                raise
            time.sleep(0.2)


class PlainZooKeeper:
    """A kazoo client that only reads a few fixed nodes."""

    def __init__(self, hosts: str, timeout_s: float = TIMEOUT_S) -> None:
        self._client = KazooClient(hosts=hosts, timeout=timeout_s, read_only=True)
        self._client.start(timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def controller(self) -> tuple[int, int] | None:
        """Id and epoch of the controller; None: there is none now, or no answer."""
        try:
            data, _ = self._client.get("/controller")
            epoch, _ = self._client.get("/controller_epoch")
        except (NoNodeError, KazooException):
            return None
        return int(json.loads(data)["brokerid"]), int(epoch)

    def brokers(self) -> frozenset[int] | None:
        """Ids of the registered brokers; None: no answer."""
        try:
            return frozenset(int(name) for name in self._client.get_children("/brokers/ids"))
        except KazooException:
            return None

    def written_at(self, path: str) -> float:
        """When a node was made, in seconds since the epoch."""
        return int(self._client.get(path)[1].ctime) / 1000

    def close(self) -> None:
        self._client.stop()
        self._client.close()


def watch_quorum(addresses: str) -> Watch[Leader]:
    """Ask brokers and controllers ("host:port,host:port") ten times a second who leads the quorum."""
    nodes = [RawQuorum(host, int(port)) for host, port in map(_split, addresses.split(","))]
    return Watch({node.name: node.ask for node in nodes})


def watch_brokers(addresses: str) -> Watch[frozenset[int]]:
    """Ask every broker ten times a second, each through a librdkafka of its own, which brokers are up."""
    return Watch({address: _asks_for_brokers(address) for address in addresses.split(",")})


def quorum_leader(addresses: str, within_s: float = TIMEOUT_S) -> Leader:
    """Who leads the quorum now."""
    with watch_quorum(addresses) as watch:
        return watch.first(lambda _: True, within_s).value


def wait_until(condition: Callable[[], object], within_s: float, what: str) -> float:
    """Ask until it is so; the seconds that it took."""
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > within_s:
            raise AssertionError(f"not within {within_s} s: {what}")
        time.sleep(0.1)
    return time.monotonic() - start


@dataclass(frozen=True, slots=True)
class Listing:
    """How long another tool took to read all metadata, as a process from start to end."""

    seconds: float
    tool: str


def time_listing(bootstrap_servers: str) -> Listing:
    """`kcat -L` where it is installed, else the same call of librdkafka in a fresh process."""
    kcat = shutil.which("kcat") or shutil.which("kafkacat")
    command = (
        [kcat, "-L", "-b", bootstrap_servers]
        if kcat
        else [sys.executable, "-I", "-S", "-c", _LISTING, _librdkafka(), bootstrap_servers]
    )
    start = time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=True, timeout=120)
    return Listing(time.monotonic() - start, "kcat -L" if kcat else "rd_kafka_metadata in a fresh process")


_LISTING: Final = """
import ctypes, sys
library = ctypes.CDLL(sys.argv[1])
library.rd_kafka_conf_new.restype = library.rd_kafka_new.restype = ctypes.c_void_p
configuration = ctypes.c_void_p(library.rd_kafka_conf_new())
reason = ctypes.create_string_buffer(512)
library.rd_kafka_conf_set(configuration, b"bootstrap.servers", sys.argv[2].encode(), reason, 512)
client = ctypes.c_void_p(library.rd_kafka_new(0, configuration, reason, 512))
answer = ctypes.c_void_p()
error = library.rd_kafka_metadata(client, 1, None, ctypes.byref(answer), 60000)
import os
os._exit(1 if error else 0)
"""
"""What kcat -L does, without the printing."""


def _librdkafka() -> str:
    """The library that came with the wheel, as the system has it mapped."""
    import confluent_kafka.cimpl as extension

    beside = Path(str(extension.__file__)).parents[1] / "confluent_kafka.libs"
    return str(next(iter(sorted(beside.glob("librdkafka*"))), "librdkafka.so.1"))


def _asks_for_brokers(address: str) -> Callable[[], frozenset[int] | None]:
    client = Librdkafka(address, **{"socket.timeout.ms": 1_000})

    def ask() -> frozenset[int] | None:
        with contextlib.suppress(KafkaException):
            return client.brokers(timeout_s=1.0)
        return None

    return ask


def _split(address: str) -> tuple[str, str]:
    host, _, port = address.rpartition(":")
    return host, port
