"""IncrementalAlterConfigs (44): keys set and taken away, nothing else touched.

The controller takes it in either mode. In ZooKeeper mode the entry of one broker goes to that broker, which checks the
values against its own (`Admin.incrementalAlterConfigs` does the same).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum

from ktui.adapters.errors import BadAnswer
from ktui.adapters.kafka.asks.config_values import ResourceType
from ktui.adapters.kafka.asks.told import Told
from ktui.adapters.kafka.bridge import Api, exchange
from ktui.adapters.kafka.link import Link


class ConfigStep(IntEnum):
    """What is done to a key (`AlterConfigOp.OpType`)."""

    SET = 0
    DELETE = 1
    APPEND = 2
    SUBTRACT = 3


Steps = Iterable[tuple[str, ConfigStep, str | None]]


async def alter_configs(
    link: Link, resources: Mapping[tuple[ResourceType, str], Steps], *, validate_only: bool = False
) -> dict[tuple[ResourceType, str], Told]:
    """Resources by kind and name (a broker's id; empty: all brokers), each with what is done to which key."""
    request = {
        "resources": [
            {
                "resource_type": int(kind),
                "resource_name": name,
                "configs": [
                    {"name": key, "config_operation": int(step), "value": value} for key, step, value in steps
                ],
            }
            for (kind, name), steps in resources.items()
        ],
        "validate_only": validate_only,
    }
    answer = await exchange(link, Api.INCREMENTAL_ALTER_CONFIGS, request)
    told = {(ResourceType(one.resource_type), one.resource_name): Told.by(one) for one in answer.responses}
    missing = [name for kind, name in resources if (kind, name) not in told]
    if missing:
        raise BadAnswer(f"IncrementalAlterConfigs: the answer does not tell of {missing[0] or 'all brokers'}")
    return told
