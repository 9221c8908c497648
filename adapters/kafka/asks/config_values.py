"""Configuration values as brokers tell them (DescribeConfigs, 32)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Any, Final


class ResourceType(IntEnum):
    """What has a configuration (`ConfigResource.Type`)."""

    TOPIC = 2
    BROKER = 4


class ConfigSource(StrEnum):
    """Where a value comes from; a source before another one wins over it."""

    TOPIC = "topic"
    BROKER = "broker"
    BROKER_DEFAULT = "broker-default"
    """Set for all brokers of the cluster while they run."""
    STATIC = "static"
    """In the broker's properties file."""
    DEFAULT = "default"
    """Built into Kafka."""
    LOGGER = "logger"
    CLIENT_METRICS = "client-metrics"
    GROUP = "group"
    UNKNOWN = "unknown"


class ConfigType(StrEnum):
    """What kind of text a value is."""

    BOOLEAN = "boolean"
    STRING = "string"
    INT = "int"
    SHORT = "short"
    LONG = "long"
    DOUBLE = "double"
    LIST = "list"
    CLASS = "class"
    PASSWORD = "password"


_SOURCES: Final[Mapping[int, ConfigSource]] = {
    1: ConfigSource.TOPIC,
    2: ConfigSource.BROKER,
    3: ConfigSource.BROKER_DEFAULT,
    4: ConfigSource.STATIC,
    5: ConfigSource.DEFAULT,
    6: ConfigSource.LOGGER,
    7: ConfigSource.CLIENT_METRICS,
    8: ConfigSource.GROUP,
}
"""Codes of `DescribeConfigsResponse.ConfigSource`."""
_TYPES: Final[Mapping[int, ConfigType]] = dict(enumerate(ConfigType, 1))
"""Codes of `DescribeConfigsResponse.ConfigType`."""


@dataclass(frozen=True, slots=True)
class ConfigValue:
    """The value in force for one key."""

    name: str
    value: str | None
    """None: it is secret, or there is none."""
    source: ConfigSource
    is_sensitive: bool
    is_read_only: bool
    type: ConfigType | None = None
    """None: brokers before 2.6 do not tell."""
    documentation: str | None = None


def source_of(code: int) -> ConfigSource:
    """The source that a code of an answer stands for."""
    return _SOURCES.get(code, ConfigSource.UNKNOWN)


def config_values(told: Iterable[Any]) -> dict[str, ConfigValue]:
    """The entries of one resource of an answer, by key."""
    return {
        one.name: ConfigValue(
            one.name,
            one.value,
            source_of(one.config_source),
            one.is_sensitive,
            one.read_only,
            _TYPES.get(getattr(one, "config_type", 0)),
            getattr(one, "documentation", None),
        )
        for one in told
    }
