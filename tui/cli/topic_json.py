"""The JSON documents of `ktui topic list` and `ktui topic describe`. What is not known is null."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ktui.adapters.kafka.asks.config_values import ConfigValue
from ktui.adapters.kafka.measure import MeasuredRate
from ktui.adapters.kafka.topic_details import TopicDetails
from ktui.adapters.model import ClusterSnapshot, Fault
from ktui.adapters.operate.definition import topic_id_text
from ktui.adapters.partitions import Partition, partitions
from ktui.adapters.rates.keys import Method
from ktui.adapters.topics import Topic
from ktui.tui.cli.status_json import iso

Json = dict[str, Any]


Rates = Mapping[str, MeasuredRate]


def list_document(snapshot: ClusterSnapshot, topics: Iterable[Topic], rates: Rates | None = None) -> Json:
    """`{"topics": […], "faults": […]}`."""
    return {
        "topics": [topic_document(snapshot, topic, rates) for topic in topics],
        "faults": fault_documents(snapshot.faults),
    }


def describe_document(snapshot: ClusterSnapshot, described: Iterable[tuple[Topic, TopicDetails]]) -> Json:
    """As the list, with the partitions in place of their number, and the configuration."""
    topics, faults = [], list(snapshot.faults)
    for topic, details in described:
        document = topic_document(snapshot, topic)
        document["partitions"] = [partition_document(row, details) for row in partitions(topic.table)]
        document["configs"] = (
            None if details.configs is None else [config_document(value) for value in details.configs]
        )
        topics.append(document)
        faults += details.faults
    return {"topics": topics, "faults": fault_documents(faults)}


def topic_document(snapshot: ClusterSnapshot, topic: Topic, rates: Rates | None = None) -> Json:
    """One topic of the list. `rates` is null where they were not asked for."""
    return {
        "name": topic.name,
        "id": topic_id_text(topic.id),
        "internal": topic.is_internal,
        "partitions": topic.partition_count,
        "replication_factor": topic.replication_factor,
        "min_isr": topic.settings.min_isr,
        "health": None if topic.health.not_loaded else str(topic.health.worst),
        "size_bytes": snapshot.sizes.by_topic.get(topic.name),
        "rates": None if rates is None else rate_document(rates.get(topic.name)),
    }


def rate_document(measured: MeasuredRate | None) -> Json:
    """`method` is how the bytes were found; where they were not, how the messages were."""
    if measured is None:
        return {"messages_per_s": None, "bytes_per_s": None, "method": str(Method.OFFSETS)}
    return {
        "messages_per_s": measured.messages_per_s,
        "bytes_per_s": measured.bytes_per_s,
        "method": str(measured.bytes_method or Method.OFFSETS),
    }


def partition_document(row: Partition, details: TopicDetails) -> Json:
    """One partition; the offsets are those of its leader."""
    eligible = None if details.eligible_leaders is None else details.eligible_leaders.get(row.index)
    return {
        "partition": row.index,
        "leader": row.leader if row.leader >= 0 else None,
        "leader_epoch": row.leader_epoch if row.leader_epoch >= 0 else None,
        "replicas": list(row.replicas),
        "isr": list(row.isr),
        "offline_replicas": list(row.offline),
        "eligible_leaders": None if eligible is None else list(eligible),
        "earliest": details.earliest.get(row.index),
        "latest": details.latest.get(row.index),
    }


def config_document(value: ConfigValue) -> Json:
    """A sensitive value is null."""
    return {
        "name": value.name,
        "value": None if value.is_sensitive else value.value,
        "source": str(value.source),
        "sensitive": value.is_sensitive,
    }


def fault_documents(faults: Iterable[Fault]) -> list[Json]:
    """As in the document of `ktui status`."""
    return [{"what": f.what, "where": f.where, "reason": f.reason, "since": iso(f.since)} for f in faults]
