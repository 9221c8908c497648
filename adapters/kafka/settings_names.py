"""The few settings of a topic that the model has: their names on topics and on brokers, and texts to values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ktui.adapters.topics import UNKNOWN_SETTINGS, TopicSettings

TOPIC_NAMES: Final = ("min.insync.replicas", "retention.ms", "retention.bytes", "cleanup.policy")
BROKER_NAMES: Final[Mapping[str, tuple[str, int]]] = {
    "min.insync.replicas": ("min.insync.replicas", 1),
    "log.retention.ms": ("retention.ms", 1),
    "log.retention.minutes": ("retention.ms", 60_000),
    "log.retention.hours": ("retention.ms", 3_600_000),
    "log.retention.bytes": ("retention.bytes", 1),
    "log.cleanup.policy": ("cleanup.policy", 1),
}
"""The topic's name and the factor of the unit; the finer unit of a time counts before the coarser."""


def topic_settings(texts: Mapping[str, str], below: TopicSettings = UNKNOWN_SETTINGS) -> TopicSettings:
    """Settings from texts by a topic's names; what is missing is as `below`, what is no number is not known."""
    return TopicSettings(
        min_isr=_number(texts, "min.insync.replicas", below.min_isr),
        retention_ms=_number(texts, "retention.ms", below.retention_ms),
        retention_bytes=_number(texts, "retention.bytes", below.retention_bytes),
        cleanup_policy=texts.get("cleanup.policy", below.cleanup_policy),
    )


def broker_settings(texts: Mapping[str, str], below: TopicSettings = UNKNOWN_SETTINGS) -> TopicSettings:
    """The same from texts by a broker's names."""
    told: dict[str, str] = {}
    for name, (key, factor) in BROKER_NAMES.items():
        if name in texts and key not in told:
            told[key] = _multiplied(texts[name], factor)
    return topic_settings(told, below)


def _number(texts: Mapping[str, str], key: str, below: int | None) -> int | None:
    text = texts.get(key)
    if text is None:
        return below
    try:
        return int(text)
    except ValueError:
        return None


def _multiplied(text: str, factor: int) -> str:
    try:
        return text if factor == 1 else str(int(text) * factor)
    except ValueError:
        return text
