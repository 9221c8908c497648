"""What applies to a topic: its own value, else the cluster's for all brokers, else what the brokers' files say.

The log holds the first two. The third (`defaults`) is told from outside, or not known. A value that one broker got for
itself while it runs applies to what that broker leads; it is not looked at, as nobody can say it of a topic.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ktui.adapters.kafka.log.records import ConfigSet
from ktui.adapters.kafka.settings_names import BROKER_NAMES, TOPIC_NAMES, broker_settings, topic_settings
from ktui.adapters.topics import UNKNOWN_SETTINGS, TopicSettings


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
        if change.resource_type == "topic" and change.name in TOPIC_NAMES:
            values = self._topics.setdefault(change.resource_name, {})
            _put(values, change.name, change.value)
            if not values:
                del self._topics[change.resource_name]
        elif change.resource_type == "broker" and not change.resource_name and change.name in BROKER_NAMES:
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
            for_all = self._for_all = broker_settings(self._brokers, self.defaults)
        own = self._topics.get(topic)
        if own is None:
            return for_all
        settings = topic_settings(own, for_all)
        return self._shared.setdefault(settings, settings)

    def of_all(self, topics: Iterable[str]) -> dict[str, TopicSettings]:
        """The same for many."""
        return {name: self.of(name) for name in topics}


def _put(values: dict[str, str], name: str, value: str | None) -> None:
    if value is None:
        values.pop(name, None)
    else:
        values[name] = value
