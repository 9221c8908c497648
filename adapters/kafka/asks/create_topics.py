"""CreateTopics (19): outcomes topic by topic, as the answer has no error of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from ktui.adapters.kafka.bridge import Api, exchange, id_of
from ktui.adapters.kafka.error_codes import name_of
from ktui.adapters.kafka.link import Link

_FIRST_WITH_DEFAULTS: Final = 4
"""The first version in which the cluster chooses numbers that are left to it."""
_CHOSEN_BY_CLUSTER: Final = -1


@dataclass(frozen=True, slots=True)
class NewTopic:
    """A topic to create. None leaves the number to the cluster's default."""

    name: str
    partitions: int | None = None
    replication_factor: int | None = None
    configs: Mapping[str, str] = field(default_factory=dict)
    assignment: Mapping[int, Sequence[int]] | None = None
    """Broker ids by partition index, the preferred leader first; excludes the two numbers."""


@dataclass(frozen=True, slots=True)
class CreateOutcome:
    """What the controller says to one topic; code 0 is yes."""

    name: str
    code: int
    code_name: str
    message: str | None
    topic_id: bytes | None = None
    """None for a topic that was only validated: the controllers of KRaft make up an id that is never used."""
    partitions: int | None = None
    """What was created or would be, where the server tells (2.4, version 5)."""
    replication_factor: int | None = None
    configs: Mapping[str, str | None] | None = None
    """All values in force; None: not told."""
    config_error_code: int = 0
    """Why they were not told."""


@dataclass(frozen=True, slots=True)
class CreateAnswer:
    """The outcomes by topic name."""

    throttled_s: float
    outcomes: Mapping[str, CreateOutcome]


async def create_topics(
    link: Link, topics: Sequence[NewTopic], *, validate_only: bool, timeout_s: float
) -> CreateAnswer:
    """Ask the controller (in KRaft mode any broker, which forwards). No outcome is raised: read each."""
    has_open_numbers = any(
        t.assignment is None and None in (t.partitions, t.replication_factor) for t in topics
    )
    request = {
        "topics": [_topic(topic) for topic in topics],
        "timeout": timedelta(seconds=timeout_s),
        "validate_only": validate_only,
    }
    lowest = _FIRST_WITH_DEFAULTS if has_open_numbers else 0
    answer = await exchange(link, Api.CREATE_TOPICS, request, lowest=lowest)
    outcomes = (_outcome(result, validate_only=validate_only) for result in answer.topics)
    return CreateAnswer(answer.throttle_time.total_seconds(), {one.name: one for one in outcomes})


def _topic(topic: NewTopic) -> dict[str, object]:
    assignment = topic.assignment or {}
    partitions, factor = (None, None) if assignment else (topic.partitions, topic.replication_factor)
    return {
        "name": topic.name,
        "num_partitions": _CHOSEN_BY_CLUSTER if partitions is None else partitions,
        "replication_factor": _CHOSEN_BY_CLUSTER if factor is None else factor,
        "assignments": [
            {"partition_index": index, "broker_ids": tuple(brokers)} for index, brokers in assignment.items()
        ],
        "configs": [{"name": name, "value": value} for name, value in topic.configs.items()],
    }


def _outcome(result: Any, *, validate_only: bool) -> CreateOutcome:
    partitions = getattr(result, "num_partitions", -1)
    factor = getattr(result, "replication_factor", -1)
    configs = None if result.error_code else getattr(result, "configs", None)
    config_error = getattr(result, "topic_config_error_code", 0)
    return CreateOutcome(
        result.name,
        int(result.error_code),
        name_of(result.error_code),
        result.error_message,
        None if validate_only else id_of(getattr(result, "topic_id", None)),
        partitions if partitions >= 0 else None,
        factor if factor >= 0 else None,
        None if configs is None or config_error else {one.name: one.value for one in configs},
        config_error,
    )
