"""DescribeConfigs (32) of a broker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ktui.adapters.errors import BadAnswer
from ktui.adapters.kafka.asks.config_values import ConfigValue, ResourceType, config_values
from ktui.adapters.kafka.bridge import Api, exchange
from ktui.adapters.kafka.error_codes import check
from ktui.adapters.kafka.link import Link


async def describe_broker_configs(
    link: Link, broker_id: int, *, keys: Sequence[str] | None = None, include_documentation: bool = False
) -> Mapping[str, ConfigValue]:
    """Values in force of a broker, by key; only that broker itself answers."""
    request = {
        "resources": [
            {
                "resource_type": ResourceType.BROKER,
                "resource_name": str(broker_id),
                "configuration_keys": None if keys is None else tuple(keys),
            }
        ],
        "include_synonyms": False,
        "include_documentation": include_documentation,
    }
    answer = await exchange(link, Api.DESCRIBE_CONFIGS, request)
    if not answer.results:
        raise BadAnswer(f"DescribeConfigs: the answer does not tell of broker {broker_id}")
    result = answer.results[0]
    check(result.error_code, result.error_message, needs="DescribeConfigs on Cluster")
    return config_values(result.configs)
