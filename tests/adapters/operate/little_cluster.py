"""The requests of operations answered from values: settings, offsets, moves, elections, registered brokers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from ktui.adapters.kafka.asks.config_values import ResourceType
from ktui.adapters.kafka.bridge import Api
from tests.adapters.operate.fake_ground import FakeGround

Values = dict[str, str]


def with_orders(ground: FakeGround) -> None:
    ground.put("orders", ((1, 2), (2, 3)))
    ground.put("others", ((1, 2),))
    ground.configs["orders"] = {"retention.ms": "1000"}


@dataclass
class LittleCluster:
    """Behind the link of a `FakeGround`, whose topics it changes."""

    ground: FakeGround
    topics: dict[str, Values] = field(default_factory=lambda: {"orders": {"retention.ms": "1000"}})
    brokers: dict[str, Values] = field(default_factory=dict)
    """By id; the empty one is for all."""
    moving: dict[tuple[str, int], tuple[tuple[int, ...], tuple[int, ...]]] = field(default_factory=dict)
    """Adding and removing."""
    registered: set[int] = field(default_factory=lambda: {1, 2, 3, 9})
    first: int = 0
    end: int = 10
    errors: dict[Api, tuple[int, str | None]] = field(default_factory=dict)
    """Code and words that a request is answered with, and does nothing."""

    def __post_init__(self) -> None:
        answers: Mapping[Api, Callable[[Any], Mapping[str, Any]]] = {
            Api.DESCRIBE_CONFIGS: self._describe_configs,
            Api.INCREMENTAL_ALTER_CONFIGS: self._alter_configs,
            Api.CREATE_PARTITIONS: self._create_partitions,
            Api.LIST_OFFSETS: self._list_offsets,
            Api.DELETE_RECORDS: self._delete_records,
            Api.ELECT_LEADERS: self._elect,
            Api.ALTER_PARTITION_REASSIGNMENTS: self._reassign,
            Api.LIST_PARTITION_REASSIGNMENTS: self._list_moves,
            Api.UNREGISTER_BROKER: self._unregister,
            Api.DESCRIBE_CLUSTER: self._describe_cluster,
        }
        for api, answering in answers.items():
            self.ground.link.answer(api, answering)

    @property
    def has_effect(self) -> bool:
        return self.ground.takes_effect

    def _fault(self, api: Api) -> dict[str, Any]:
        code, message = self.errors.get(api, (0, None))
        if not code and self.ground.on_change is not None:
            self.ground.on_change()
        return {"error_code": code, "error_message": message}

    def _describe_configs(self, request: Any) -> Mapping[str, Any]:
        return {"results": [self._described(one) for one in request.resources]}

    def _described(self, asked: Any) -> Mapping[str, Any]:
        is_topic = asked.resource_type == ResourceType.TOPIC
        own = (self.topics if is_topic else self.brokers).get(asked.resource_name, {})
        entries = {name: (value, 1 if is_topic else 2) for name, value in own.items()}
        if is_topic:
            entries = {"cleanup.policy": ("delete", 5), "retention.ms": ("604800000", 5), **entries}
        else:
            of_all = {name: (value, 3) for name, value in self.brokers.get("", {}).items()}
            entries = {"node.id": ("1", 4), "sasl.password": ("", 4), **of_all, **entries}
        configs = [
            {
                "name": name,
                "value": None if "password" in name else value,
                "config_source": source,
                "is_sensitive": "password" in name,
                "read_only": name == "node.id",
                "documentation": f"What {name} does.",
            }
            for name, (value, source) in entries.items()
        ]
        return {
            "resource_type": asked.resource_type,
            "resource_name": asked.resource_name,
            "configs": configs,
        }

    def _alter_configs(self, request: Any) -> Mapping[str, Any]:
        fault = {"error_code": 0} if request.validate_only else self._fault(Api.INCREMENTAL_ALTER_CONFIGS)
        fault = self._fault(Api.INCREMENTAL_ALTER_CONFIGS) if request.validate_only else fault
        for one in request.resources:
            kinds = self.topics if one.resource_type == ResourceType.TOPIC else self.brokers
            values = kinds.setdefault(one.resource_name, {})
            is_done = not fault["error_code"] and not request.validate_only and self.has_effect
            for config in one.configs if is_done else ():
                if config.config_operation == 1:
                    values.pop(config.name, None)
                elif config.config_operation == 2 and values.get(config.name):
                    values[config.name] += f",{config.value}"
                else:
                    values[config.name] = config.value
        return {
            "responses": [
                {"resource_type": one.resource_type, "resource_name": one.resource_name, **fault}
                for one in request.resources
            ]
        }

    def _create_partitions(self, request: Any) -> Mapping[str, Any]:
        fault = self._fault(Api.CREATE_PARTITIONS)
        (asked,) = request.topics
        if not fault["error_code"] and not request.validate_only and self.ground.takes_effect:
            rows = [partition.replicas for partition in self.ground.topics[asked.name].partitions]
            self.ground.put(asked.name, tuple(rows) + ((1, 2),) * (asked.count - len(rows)))
        return {"results": [{"name": asked.name, **fault}], "throttle_time": timedelta(seconds=5)}

    def _list_offsets(self, request: Any) -> Mapping[str, Any]:
        return {
            "topics": [
                {
                    "name": topic.name,
                    "partitions": [
                        {"partition_index": part.partition_index, "offset": self._offset(int(part.timestamp))}
                        for part in topic.partitions
                    ],
                }
                for topic in request.topics
            ]
        }

    def _offset(self, timestamp: int) -> int:
        """Records have their offset as time."""
        if timestamp == -2:
            return self.first
        if timestamp == -1:
            return self.end
        return timestamp if timestamp < self.end else -1

    def _delete_records(self, request: Any) -> Mapping[str, Any]:
        fault = self._fault(Api.DELETE_RECORDS)
        (topic,) = request.topics
        if not fault["error_code"] and self.has_effect:
            self.first = max(part.offset for part in topic.partitions)
        parts = [
            {
                "partition_index": part.partition_index,
                "low_watermark": part.offset,
                "error_code": fault["error_code"],
            }
            for part in topic.partitions
        ]
        return {"topics": [{"name": topic.name, "partitions": parts}]}

    def _elect(self, request: Any) -> Mapping[str, Any]:
        fault = self._fault(Api.ELECT_LEADERS)
        results = []
        for one in request.topic_partitions:
            if not fault["error_code"] and self.ground.takes_effect:
                seen = self.ground.topics[one.topic]
                rows = tuple(
                    replace(p, leader=p.replicas[0]) if p.index in one.partitions else p
                    for p in seen.partitions
                )
                self.ground.topics[one.topic] = replace(seen, partitions=rows)
            parts = [{"partition_id": index, **fault} for index in one.partitions]
            results.append({"topic": one.topic, "partition_result": parts})
        return {"replica_election_results": results}

    def _reassign(self, request: Any) -> Mapping[str, Any]:
        fault = self._fault(Api.ALTER_PARTITION_REASSIGNMENTS)
        responses = []
        for one in request.topics:
            for part in one.partitions:
                if not fault["error_code"]:
                    self._move(one.name, part.partition_index, part.replicas)
            parts = [{"partition_index": part.partition_index, **fault} for part in one.partitions]
            responses.append({"name": one.name, "partitions": parts})
        return {"responses": responses}

    def _move(self, topic: str, index: int, replicas: tuple[int, ...] | None) -> None:
        if not self.has_effect:
            return
        self.moving.pop((topic, index), None)
        if replicas is None:
            return
        rows = [p.replicas for p in self.ground.topics[topic].partitions]
        rows[index] = tuple(replicas)
        self.ground.put(topic, tuple(rows))

    def _list_moves(self, request: Any) -> Mapping[str, Any]:
        del request
        topics: dict[str, list[Mapping[str, Any]]] = {}
        for (topic, index), (adding, removing) in self.moving.items():
            row = {"partition_index": index, "adding_replicas": adding, "removing_replicas": removing}
            topics.setdefault(topic, []).append({**row, "replicas": (*removing, *adding)})
        return {"topics": [{"name": name, "partitions": rows} for name, rows in topics.items()]}

    def _unregister(self, request: Any) -> Mapping[str, Any]:
        fault = self._fault(Api.UNREGISTER_BROKER)
        if not fault["error_code"] and self.has_effect:
            self.registered.discard(int(request.broker_id))
        return fault

    def _describe_cluster(self, request: Any) -> Mapping[str, Any]:
        del request
        brokers = [{"broker_id": id_, "host": "h", "port": 1, "is_fenced": False} for id_ in self.registered]
        return {"brokers": brokers, "cluster_id": "cluster-a"}
