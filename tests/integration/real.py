"""A real cluster, `ktui` on it with a state folder of its own, and librdkafka beside it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType  # type: ignore[attr-defined]

from ktui.adapters.once import open_cluster
from ktui.adapters.operate.operator import Operator, Paths
from ktui.adapters.operate.pool_ground import PoolGround
from ktui.adapters.operate.watch import Patience
from ktui.adapters.sandbox.cluster import Sandbox
from tests.independent import TIMEOUT_S, Librdkafka, wait_until
from tests.live import target

ROOT: Final = Path(__file__).resolve().parents[2]
WITHIN_S: Final = 60.0


@dataclass
class Real:
    cluster: Sandbox
    state: Path
    client: Librdkafka

    @staticmethod
    def of(cluster: Sandbox, state: Path) -> Real:
        return Real(cluster, state, Librdkafka(cluster.bootstrap_servers))

    @property
    def env(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(ROOT / ".src"), "XDG_STATE_HOME": str(self.state)}

    def ktui(self, *words: str) -> subprocess.CompletedProcess[str]:
        return self.ktui_at(self.cluster.bootstrap_servers, *words)

    def ktui_at(self, servers: str, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "ktui", *words, "-b", servers],
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def done(self, *words: str) -> str:
        """Run it, which must work; its standard output."""
        ran = self.ktui(*words)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def refused(self, code: int, *words: str) -> str:
        """Run it, which must be refused in one sentence; that sentence."""
        ran = self.ktui(*words)
        assert ran.returncode == code, ran.stdout + ran.stderr
        told = [line for line in ran.stderr.splitlines() if not line.startswith("ktui: note:")]
        assert len(told) == 1, ran.stderr
        return told[0]

    def audit(self) -> list[dict[str, Any]]:
        path = self.state / "ktui" / "audit.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()]

    @asynccontextmanager
    async def operator(self, *, wait_s: float = 15.0, **given: Any) -> AsyncIterator[Operator]:
        """In this process, with what the target says besides."""
        of = replace(target(self.cluster.bootstrap_servers), **given)
        async with open_cluster(of) as cluster:
            await cluster.snapshot()
            paths = Paths(self.state / "ktui" / "audit.jsonl", self.state / "deleted")
            yield Operator(PoolGround(cluster.pool), of, paths=paths, patience=Patience(wait_s))

    # The independent witness

    def produce(self, topic: str, records: int, partition: int = 0, size: int = 10) -> None:
        producer = Producer({"bootstrap.servers": self.cluster.bootstrap_servers})
        for _ in range(records):
            producer.produce(topic, b"x" * size, partition=partition)
            producer.poll(0)
        assert producer.flush(TIMEOUT_S) == 0

    @contextmanager
    def consumer(self) -> Iterator[Consumer]:
        settings = {"bootstrap.servers": self.cluster.bootstrap_servers, "group.id": "witness"}
        made = Consumer({**settings, "enable.auto.commit": False})
        try:
            yield made
        finally:
            made.close()

    def bounds(self, topic: str, partition: int = 0) -> tuple[int, int]:
        """First and end offset."""
        with self.consumer() as consumer:
            found: tuple[int, int] = consumer.get_watermark_offsets(
                TopicPartition(topic, partition), TIMEOUT_S
            )
            return found

    def dynamic(self, kind: ResourceType, name: str, source: int) -> Mapping[str, str]:
        """Settings with this ConfigSource."""
        admin = AdminClient({"bootstrap.servers": self.cluster.bootstrap_servers, "log_level": 0})
        resource = ConfigResource(kind, name)
        found = admin.describe_configs([resource], request_timeout=TIMEOUT_S)[resource].result(TIMEOUT_S)
        return {key: entry.value for key, entry in found.items() if entry.source == source}

    def throttles(self) -> dict[str, str]:
        """Of all brokers."""
        brokers = self.client.brokers()
        return {
            f"{broker} {key}": value
            for broker in brokers
            for key, value in self.dynamic(ResourceType.BROKER, str(broker), 2).items()
            if "throttled" in key
        }

    def wait_for_replicas(self, topic: str, replicas: Mapping[int, set[int]]) -> None:
        def is_so() -> bool:
            seen = self.client.topic(topic)
            return {index: set(one.replicas) for index, one in seen.items()} == dict(replicas)

        wait_until(is_so, WITHIN_S, f"{topic} is on {replicas}")
