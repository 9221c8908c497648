"""DeleteTopics (20): by id where there is one, so that a new topic of the same name is not hit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from ktui.adapters.errors import BadAnswer
from ktui.adapters.kafka.bridge import Api, agreed_version, exchange, id_of
from ktui.adapters.kafka.error_codes import name_of
from ktui.adapters.kafka.link import Link

_FIRST_WITH_IDS: Final = 6


@dataclass(frozen=True, slots=True)
class OldTopic:
    """A topic to delete; without an id it is deleted by its name."""

    name: str
    id: bytes | None = None


@dataclass(frozen=True, slots=True)
class DeleteOutcome:
    """What the controller says to one topic; code 0 is yes."""

    name: str
    id: bytes | None
    code: int
    code_name: str
    message: str | None


@dataclass(frozen=True, slots=True)
class DeleteAnswer:
    """The outcomes in the order of the topics that were given."""

    throttled_s: float
    outcomes: tuple[DeleteOutcome, ...]


async def delete_topics(link: Link, topics: Sequence[OldTopic], *, timeout_s: float) -> DeleteAnswer:
    """Ask the controller (in KRaft mode any broker, which forwards). No outcome is raised: read each.

    NotSupported when an id is given and the server (before 2.8) takes names only.
    """
    lowest = _FIRST_WITH_IDS if any(topic.id for topic in topics) else 0
    version = await agreed_version(link, Api.DELETE_TOPICS, lowest=lowest)
    request = {
        "topic_names": tuple(topic.name for topic in topics),
        "topics": [
            {"name": None if topic.id else topic.name, "topic_id": UUID(bytes=topic.id) if topic.id else None}
            for topic in topics
        ],
        "timeout": timedelta(seconds=timeout_s),
    }
    answer = await exchange(link, Api.DELETE_TOPICS, request, lowest=version, highest=version)
    return DeleteAnswer(
        answer.throttle_time.total_seconds(), tuple(_outcome(topic, answer.responses) for topic in topics)
    )


def _outcome(topic: OldTopic, results: Sequence[Any]) -> DeleteOutcome:
    for result in results:
        told_id = id_of(getattr(result, "topic_id", None))
        if told_id == topic.id if topic.id else result.name == topic.name:
            message = getattr(result, "error_message", None)
            code = int(result.error_code)
            return DeleteOutcome(topic.name, told_id or topic.id, code, name_of(code), message)
    raise BadAnswer(f"DeleteTopics: the answer does not tell of topic {topic.name}")
