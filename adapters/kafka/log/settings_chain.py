"""What applies to a topic: its own value, else the cluster's for all brokers, else what the brokers' files say.

The log holds the first two. The third (`defaults`) is told from outside, or not known. A value that one broker got for
itself while it runs applies to what that broker leads; it is not looked at, as nobody can say it of a topic.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ktui.adapters.kafka.log.records import ConfigSet
from ktui.adapters.topics import UNKNOWN_SETTINGS, TopicSettings

_TOPIC_KEYS: Final = frozenset(("min.insync.replicas", "retention.ms", "retention.bytes", "cleanup.policy"))
_BROKER_KEYS: Final[Mapping[str, tuple[str, int]]] = {
    "min.insync.replicas": ("min.insync.replicas", 1),
    "log.retention.ms": ("retention.ms", 1),
    "log.retention.minutes": ("retention.ms", 60_000),
    "log.retention.hours": ("retention.ms", 3_600_000),
    "log.retention.bytes": ("retention.bytes", 1),
    "log.cleanup.policy": ("cleanup.policy", 1),
}
"""Names that brokers have for a topic's settings, the finer unit of a time before the coarser, and its factor."""


@dataclass(slots=True)
class SettingsChain:
    """The values of topics and of all brokers, and the settings that they come to."""

    defaults: TopicSettings = UNKNOWN_SETTINGS
    """What applies where the log says nothing; the values that are None are not known."""
    _topics: dict[str, dict[str, str]] = field(default_factory=dict)
    _brokers: dict[str, str] = field(default_factory=dict)
    _for_all: TopicSettings | None = None
    _shared: dict[TopicSettings, TopicSettings] = field(default_factory=dict)

    def take(self, change: ConfigSet) -> bool:
        """Keep a value; whether it concerns every topic."""
        if change.resource_type == "topic" and change.name in _TOPIC_KEYS:
            values = self._topics.setdefault(change.resource_name, {})
            _put(values, change.name, change.value)
            if not values:
                del self._topics[change.resource_name]
        elif change.resource_type == "broker" and not change.resource_name and change.name in _BROKER_KEYS:
            _put(self._brokers, change.name, change.value)
            self._for_all = None
            return True
        return False

    def forget(self, topic: str) -> None:
        """The topic is gone, its values with it."""
        self._topics.pop(topic, None)

    def set_defaults(self, defaults: TopicSettings) -> bool:
        """What the brokers' files say; whether that is news."""
        is_news = defaults != self.defaults
        self.defaults, self._for_all = defaults, None
        return is_news

    def of(self, topic: str) -> TopicSettings:
        """What applies to this topic."""
        for_all = self._for_all
        if for_all is None:
            told: dict[str, str] = {}
            for name, (key, factor) in _BROKER_KEYS.items():
                if name in self._brokers and key not in told:
                    told[key] = _multiplied(self._brokers[name], factor)
            for_all = self._for_all = _over(told, self.defaults)
        own = self._topics.get(topic)
        if own is None:
            return for_all
        settings = _over(own, for_all)
        return self._shared.setdefault(settings, settings)

    def of_all(self, topics: Iterable[str]) -> dict[str, TopicSettings]:
        """The same for many."""
        return {name: self.of(name) for name in topics}


def _put(values: dict[str, str], name: str, value: str | None) -> None:
    if value is None:
        values.pop(name, None)
    else:
        values[name] = value


def _over(own: Mapping[str, str], below: TopicSettings) -> TopicSettings:
    return TopicSettings(
        min_isr=_number(own, "min.insync.replicas", below.min_isr),
        retention_ms=_number(own, "retention.ms", below.retention_ms),
        retention_bytes=_number(own, "retention.bytes", below.retention_bytes),
        cleanup_policy=own.get("cleanup.policy", below.cleanup_policy),
    )


def _number(own: Mapping[str, str], key: str, below: int | None) -> int | None:
    text = own.get(key)
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
