"""Looks at a topic before it is changed: is it there, and is it still the one that was planned for?"""

from __future__ import annotations

from ktui.adapters.errors import NotPermitted, Refused
from ktui.adapters.operate.definition import topic_id_text
from ktui.adapters.operate.ground import Ground, TopicSeen
from ktui.adapters.operate.sentences import UNKNOWN_TOPIC, UNKNOWN_TOPIC_ID


async def topic_there(ground: Ground, name: str, topic_id: bytes | None = None) -> TopicSeen:
    """Refused when there is no such topic (or another one of that name), NotPermitted when it may not be seen."""
    topic = await ground.topic(name)
    if topic is None:
        text = f"There is no topic {name}, or this principal may not see it."
        raise Refused(UNKNOWN_TOPIC, "UNKNOWN_TOPIC_OR_PARTITION", text)
    if topic_id is not None and topic.id != topic_id:
        raise made_anew(name, topic_id, topic)
    return topic


async def still_the_same(ground: Ground, name: str, topic_id: bytes | None) -> None:
    """For changes that Kafka takes by name only: the last look before. Refused when it is another topic by now."""
    try:
        await topic_there(ground, name, topic_id)
    except NotPermitted:
        return


def made_anew(name: str, topic_id: bytes | None, other: TopicSeen) -> Refused:
    return Refused(
        UNKNOWN_TOPIC_ID,
        "UNKNOWN_TOPIC_ID",
        f"Somebody has deleted {name} (id {topic_id_text(topic_id)}) meanwhile and made another "
        f"topic of that name (id {id_text(other)}), which was left alone.",
    )


def id_text(topic: TopicSeen) -> str:
    return topic_id_text(topic.id) or "not known"


def counted(number: int, noun: str) -> str:
    """`1 partition`, `1,200 partitions`"""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
