"""DescribeConfigs (32) of topics: few keys of many topics, or everything of one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Final

from ktui.adapters.errors import BadAnswer, Refused
from ktui.adapters.kafka.asks.config_values import ConfigValue, ResourceType, config_values
from ktui.adapters.kafka.bridge import Api, exchange
from ktui.adapters.kafka.error_codes import refusal
from ktui.adapters.kafka.link import Link

BATCH: Final = 1000
"""Topics in a request: an answer is read in one go, and no step may hold the loop for long."""


async def describe_topic_configs(
    link: Link, names: Sequence[str], keys: Sequence[str], *, batch: int = BATCH
) -> dict[str, Mapping[str, ConfigValue] | Refused]:
    """Values in force by topic and key, or why a topic's may not be read or does not exist."""
    told: dict[str, Mapping[str, ConfigValue] | Refused] = {}
    for start in range(0, len(names), batch):
        told |= await _ask(link, names[start : start + batch], keys)
        await asyncio.sleep(0)
    return told


async def describe_topic_configs_all(
    link: Link, name: str, *, include_documentation: bool = False
) -> Mapping[str, ConfigValue]:
    """All values in force of one topic, by key. Raises its refusal."""
    told = (await _ask(link, [name], None, include_documentation=include_documentation)).get(name)
    if told is None:
        raise BadAnswer(f"DescribeConfigs: the answer does not tell of topic {name}")
    if isinstance(told, Refused):
        raise told
    return told


async def _ask(
    link: Link, names: Sequence[str], keys: Sequence[str] | None, *, include_documentation: bool = False
) -> dict[str, Mapping[str, ConfigValue] | Refused]:
    wanted = None if keys is None else tuple(keys)
    request = {
        "resources": [
            {"resource_type": ResourceType.TOPIC, "resource_name": name, "configuration_keys": wanted}
            for name in names
        ],
        "include_synonyms": False,
        "include_documentation": include_documentation,
    }
    answer = await exchange(link, Api.DESCRIBE_CONFIGS, request)
    return {
        result.resource_name: refusal(
            result.error_code, result.error_message, needs=f"DescribeConfigs on topic {result.resource_name}"
        )
        if result.error_code
        else config_values(result.configs)
        for result in answer.results
    }
