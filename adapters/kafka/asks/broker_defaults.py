"""What the files of a broker say of topics: the part of a topic's settings that is not in the metadata log."""

from __future__ import annotations

from typing import Final

from ktui.adapters.errors import BadAnswer
from ktui.adapters.kafka.asks.config_values import ConfigSource, ResourceType, source_of
from ktui.adapters.kafka.bridge import Api, exchange
from ktui.adapters.kafka.error_codes import check
from ktui.adapters.kafka.link import Link
from ktui.adapters.kafka.settings_names import BROKER_NAMES, broker_settings
from ktui.adapters.topics import TopicSettings

_IN_FILES: Final = frozenset({ConfigSource.STATIC, ConfigSource.DEFAULT})


async def describe_broker_defaults(link: Link, broker_id: int) -> TopicSettings:
    """The settings that a topic gets where neither itself nor the cluster's dynamic configuration says otherwise.

    Only the broker itself answers. Raises NotPermitted without DescribeConfigs on Cluster.
    """
    request = {
        "resources": [
            {
                "resource_type": ResourceType.BROKER,
                "resource_name": str(broker_id),
                "configuration_keys": tuple(BROKER_NAMES),
            }
        ],
        "include_synonyms": True,
        "include_documentation": False,
    }
    answer = await exchange(link, Api.DESCRIBE_CONFIGS, request)
    if not answer.results:
        raise BadAnswer(f"DescribeConfigs: the answer does not tell of broker {broker_id}")
    result = answer.results[0]
    check(result.error_code, result.error_message, needs="DescribeConfigs on Cluster")
    told: dict[str, str] = {}
    for entry in result.configs:
        for synonym in entry.synonyms:
            if source_of(synonym.source) in _IN_FILES and synonym.value is not None:
                told.setdefault(synonym.name, synonym.value)
    return broker_settings(told)
