"""Whose settings: those of a topic, of one broker, of all brokers; and how a value is shown."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from ktui.adapters.kafka.asks.broker_configs import describe_broker_configs
from ktui.adapters.kafka.asks.config_values import ConfigSource, ConfigValue, ResourceType
from ktui.adapters.kafka.asks.topic_configs import describe_topic_configs_all
from ktui.adapters.kafka.link import Lane
from ktui.adapters.operate.change import Subject, SubjectKind
from ktui.adapters.operate.ground import Ground

ALL_BROKERS: Final = ""
"""The name of what is set for all brokers at once (`ConfigResource`: the empty name of a broker)."""
SECRET: Final = "***"
_LOOKS_SECRET: Final = re.compile(r"password|secret|jaas\.config|credential", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ConfigOwner:
    """A topic by name, a broker by id, or all brokers."""

    kind: ResourceType
    name: str

    @staticmethod
    def topic(name: str) -> ConfigOwner:
        return ConfigOwner(ResourceType.TOPIC, name)

    @staticmethod
    def broker(broker_id: int) -> ConfigOwner:
        return ConfigOwner(ResourceType.BROKER, str(broker_id))

    @staticmethod
    def all_brokers() -> ConfigOwner:
        return ConfigOwner(ResourceType.BROKER, ALL_BROKERS)

    @property
    def subject(self) -> Subject:
        if self.kind is ResourceType.TOPIC:
            return Subject.topics(self.name)
        return (
            Subject(SubjectKind.CLUSTER)
            if self.name == ALL_BROKERS
            else Subject(SubjectKind.BROKER, (self.name,))
        )

    @property
    def text(self) -> str:
        """`orders`, `broker 3`, `all brokers`"""
        if self.kind is ResourceType.TOPIC:
            return self.name
        return f"broker {self.name}" if self.name != ALL_BROKERS else "all brokers"

    @property
    def words(self) -> tuple[str, ...]:
        """The options that name it, ours and those of kafka-configs."""
        if self.kind is ResourceType.TOPIC:
            return ("--topic", self.name)
        return ("--broker", self.name) if self.name != ALL_BROKERS else ("--broker-defaults",)

    @property
    def own_source(self) -> ConfigSource:
        """Where values come from that were set on it."""
        if self.kind is ResourceType.TOPIC:
            return ConfigSource.TOPIC
        return ConfigSource.BROKER_DEFAULT if self.name == ALL_BROKERS else ConfigSource.BROKER


async def read_configs(
    ground: Ground, owner: ConfigOwner, *, with_documentation: bool = False
) -> Mapping[str, ConfigValue]:
    """All values in force, by key. What is set for all brokers is asked of one of them."""
    if owner.kind is ResourceType.TOPIC:
        return await ground.at_any(
            lambda link: describe_topic_configs_all(
                link, owner.name, include_documentation=with_documentation
            ),
            Lane.BULK,
        )
    broker = (
        int(owner.name) if owner.name != ALL_BROKERS else min((await ground.identity()).brokers, default=0)
    )
    return await ground.at_broker(
        broker,
        lambda link: describe_broker_configs(link, broker, include_documentation=with_documentation),
        Lane.BULK,
    )


def shown(value: ConfigValue | None) -> str:
    """A value with where it comes from, for people; secrets as ***."""
    if value is None:
        return "not known"
    text = SECRET if value.is_sensitive else "(none)" if value.value is None else value.value
    return f"{text} ({value.source.value})"


def hidden(key: str, value: str, secret_keys: Collection[str]) -> str:
    """The value, or *** for a key that is secret by the broker's word or by its name."""
    return SECRET if key in secret_keys or _LOOKS_SECRET.search(key) else value
