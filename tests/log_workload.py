"""What happens to topics in the life of a cluster, done to a real one through other clients."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from confluent_kafka import KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    ResourceType,
)
from kio.schema.alter_partition_reassignments.v0 import request as move_request
from kio.schema.alter_partition_reassignments.v0 import response as move_response
from kio.schema.incremental_alter_configs.v1 import request as config_request
from kio.schema.incremental_alter_configs.v1 import response as config_response
from kio.schema.types import BrokerId, TopicName
from kio.static.primitive import i8, i32, i32Timedelta

from tests.made_up_brokers import ControllerSocket

ANSWER_S: Final = 15.0


class LogWorkload:
    """Creates, deletes, grows and moves topics, and sets and unsets their configuration; as a seed has it."""

    def __init__(self, bootstrap_servers: str, *, seed: int, brokers: tuple[int, ...] = (1, 2, 3)) -> None:
        self.names: list[str] = []
        self._sizes: dict[str, int] = {}
        self._brokers = brokers
        self._rng = random.Random(seed)
        self._seed = seed
        self._made = 0
        self._addresses = bootstrap_servers.split(",")
        self._admin = AdminClient({"bootstrap.servers": bootstrap_servers, "log_level": 0})

    def run(self, steps: int) -> None:
        """So many changes; one that the cluster refuses at this moment is left out."""
        makers: list[Callable[[], None]] = [
            self.create, self.create, self.grow, self.configure, self.configure, self.move, self.delete, self.recreate,
        ]  # fmt: skip
        for _ in range(steps):
            maker = self._rng.choice(makers) if self.names else self.create
            try:
                maker()
            except (KafkaException, OSError):
                continue

    def create(self) -> None:
        rng = self._rng
        self._made += 1
        self._create(f"log-{self._seed}-{self._made}", rng.choice((1, 3, 12)))

    def recreate(self) -> None:
        """Another topic of the same name."""
        name = self._rng.choice(self.names)
        self._delete(name)
        self._create(name, 2)

    def delete(self) -> None:
        self._delete(self._rng.choice(self.names))

    def grow(self) -> None:
        name = self._rng.choice(self.names)
        size = self._sizes[name] + 2
        self._admin.create_partitions([NewPartitions(name, size)])[name].result(ANSWER_S)
        self._sizes[name] = size

    def configure(self) -> None:
        """Of a topic or of all brokers, set or taken off."""
        rng = self._rng
        if rng.random() < 0.2:
            self._configure_brokers(rng.choice((str(rng.randint(3_600_000, 7_200_000)), None)))
            return
        resource = ConfigResource(ResourceType.TOPIC, rng.choice(self.names))
        name, value = rng.choice(
            (("min.insync.replicas", "2"), ("retention.ms", "86400000"), ("cleanup.policy", "compact"))
        )
        operation = rng.choice((AlterConfigOpType.SET, AlterConfigOpType.SET, AlterConfigOpType.DELETE))
        resource.add_incremental_config(ConfigEntry(name, value, incremental_operation=operation))
        self._admin.incremental_alter_configs([resource])[resource].result(ANSWER_S)

    def move(self) -> None:
        """A partition to replicas of a new choice."""
        rng, name = self._rng, self._rng.choice(self.names)
        replicas = tuple(BrokerId(b) for b in rng.sample(self._brokers, min(2, len(self._brokers))))
        partition = move_request.ReassignablePartition(partition_index=i32(0), replicas=replicas)
        request = move_request.AlterPartitionReassignmentsRequest(
            timeout=i32Timedelta.parse(timedelta(seconds=ANSWER_S)),
            topics=(move_request.ReassignableTopic(name=TopicName(name), partitions=(partition,)),),
        )
        self._exchange(request, move_response.AlterPartitionReassignmentsResponse)

    def clean(self) -> None:
        """Delete what is left and take the brokers' configuration off."""
        for name in list(self.names):
            try:
                self._delete(name)
            except KafkaException:
                continue
        self._configure_brokers(None)

    def _configure_brokers(self, retention_ms: str | None) -> None:
        """A default of all brokers, which librdkafka's client cannot set."""
        setting = config_request.AlterableConfig(
            name="log.retention.ms", config_operation=i8(0 if retention_ms else 1), value=retention_ms
        )
        resource = config_request.AlterConfigsResource(
            resource_type=i8(4), resource_name="", configs=(setting,)
        )
        request = config_request.IncrementalAlterConfigsRequest(resources=(resource,), validate_only=False)
        self._exchange(request, config_response.IncrementalAlterConfigsResponse)

    def _exchange(self, request: Any, answer: Any) -> None:
        """Put a request to a broker, which forwards it to the controller."""
        connection = ControllerSocket(
            int(self._rng.choice(self._addresses).rpartition(":")[2]), timeout_s=ANSWER_S
        )
        try:
            connection.exchange(request, answer)
        finally:
            connection.close()

    def _create(self, name: str, partitions: int) -> None:
        factor = self._rng.choice((1, len(self._brokers)))
        topic = NewTopic(name, num_partitions=partitions, replication_factor=factor)
        self._admin.create_topics([topic])[name].result(ANSWER_S)
        self.names.append(name)
        self._sizes[name] = partitions

    def _delete(self, name: str) -> None:
        self._admin.delete_topics([name])[name].result(ANSWER_S)
        self.names.remove(name)
