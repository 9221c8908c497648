"""Random but possible histories of a cluster, as records."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from tests.adapters.kafka.log.plain_log import Record


class Workload:
    """Writes what a controller might."""

    def __init__(self, seed: int, *, brokers: int = 6) -> None:
        self.rng = random.Random(seed)
        self.brokers = range(1, brokers + 1)
        self._topics: dict[bytes, int] = {}
        self._number = 0

    def registrations(self) -> list[Record]:
        records = []
        for broker in self.brokers:
            endpoint = {"name": "PLAINTEXT", "host": f"host-{broker}", "port": 40_000 + broker, "protocol": 0}
            fields = {
                "broker": broker, "migrating": False, "incarnation": self.rng.randbytes(16), "epoch": broker,
                "endpoints": [endpoint], "features": [{"name": "metadata.version", "least": 1, "most": 33}],
                "rack": self.rng.choice((None, "r1")), "fenced": True, "shutting_down": False,
                "dirs": [self.rng.randbytes(16)],
            }  # fmt: skip
            records.append(Record(0, fields, self.rng.randint(0, 4)))
            records.append(Record(17, {"broker": broker, "epoch": broker, "fenced": -1}, 1))
        return records

    def steps(self, count: int) -> Iterator[list[Record]]:
        """So many batches."""
        makers = (self.topic, self.topic, self.changes, self.changes, self.removal, self.fencing, self.noise)
        for _ in range(count):
            batch: list[Record] = []
            for _ in range(self.rng.choice((1, 1, 3))):
                batch += self.rng.choice(makers)()
            yield batch

    def topic(self, partitions: int | None = None) -> list[Record]:
        """A new topic, mostly plain."""
        rng = self.rng
        topic, count = rng.randbytes(16), partitions or rng.choice((1, 3, 20, 70, 150))
        self._topics[topic] = count
        self._number += 1
        size, version = rng.choice((1, 3, 3, 3)), rng.choice((0, 1, 2))
        order = list(range(count))
        if rng.random() < 0.1:
            rng.shuffle(order)
        records = [Record(2, {"name": f"topic-{self._number}", "id": topic})]
        return [*records, *(self._partition(topic, index, size, version) for index in order)]

    def _partition(self, topic: bytes, index: int, size: int, version: int) -> Record:
        rng = self.rng
        replicas = rng.sample(self.brokers, size)
        isr = list(replicas)
        fields: dict[str, Any] = {
            "partition": index, "topic": topic, "replicas": replicas, "isr": isr, "removing": [], "adding": [],
            "leader": replicas[0], "leader_epoch": rng.randint(0, 5), "epoch": rng.randint(0, 400),
            "dirs": [rng.randbytes(16) for _ in replicas], "recovery": 0,
        }  # fmt: skip
        oddity = rng.random()
        if oddity < 0.02:
            fields["isr"] = isr[1:]
            fields["leader"] = isr[1] if isr[1:] else -1
        elif oddity < 0.03:
            fields["adding"], fields["isr"] = [replicas[0]], isr[1:]
        elif oddity < 0.04:
            fields["recovery"] = 1
        elif oddity < 0.05:
            fields["elr"] = isr[:1]
        return Record(3, fields, version)

    def changes(self) -> list[Record]:
        """Some partitions change."""
        rng = self.rng
        records: list[Record] = []
        for topic in rng.sample(list(self._topics), min(len(self._topics), 4)):
            chosen = (index for index in range(self._topics[topic]) if rng.random() < 0.3)
            records.extend(self._change(topic, index) for index in chosen)
        return records

    def _change(self, topic: bytes, index: int) -> Record:
        rng = self.rng
        fields: dict[str, Any] = {"partition": index, "topic": topic}
        replicas = rng.sample(self.brokers, 3)
        if rng.random() < 0.6:
            fields["isr"] = replicas[: rng.randint(1, 3)]
        if rng.random() < 0.5:
            fields["leader"] = rng.choice((-1, *replicas))
        if rng.random() < 0.1:
            fields["replicas"] = replicas
        if rng.random() < 0.1:
            fields["adding"], fields["removing"] = rng.choice(((replicas[:1], replicas[1:]), ([], [])))
        if rng.random() < 0.05:
            fields["recovery"] = rng.choice((0, 1))
        if rng.random() < 0.1:
            fields["dirs"] = [rng.randbytes(16)]
        return Record(5, fields, rng.choice((1, 2)))

    def removal(self) -> list[Record]:
        if not self._topics:
            return []
        topic = self.rng.choice(list(self._topics))
        del self._topics[topic]
        return [Record(9, {"topic": topic})]

    def fencing(self) -> list[Record]:
        broker = self.rng.choice(self.brokers)
        fields = {"broker": broker, "epoch": broker, "fenced": self.rng.choice((-1, 1))}
        return [Record(17, fields, self.rng.randint(0, 3))]

    def noise(self) -> list[Record]:
        """Records that change nothing about partitions."""
        rng = self.rng
        return [
            rng.choice(
                (
                    Record(20, {}),
                    Record(15, {"broker": 1, "epoch": 1, "next": 1000}),
                    Record(4, {"type": 2, "resource": "topic-1", "name": "retention.ms", "value": "1"}),
                    Record(28, {"topic": ""}),
                    Record(12, {"name": "metadata.version", "level": 33}),
                    Record(26, {"token": "t"}),
                )
            )
        ]
