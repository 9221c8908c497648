"""DescribeClientQuotas (48): the limits of users, clients and addresses."""

from __future__ import annotations

from ktui.adapters.access.model import Quota
from ktui.adapters.kafka.bridge import Api, exchange
from ktui.adapters.kafka.error_codes import check
from ktui.adapters.kafka.link import Link


async def describe_quotas(link: Link) -> tuple[Quota, ...]:
    """All, by entity. NotPermitted needs DescribeConfigs on Cluster."""
    answer = await exchange(link, Api.DESCRIBE_CLIENT_QUOTAS, {"components": [], "strict": False})
    check(answer.error_code, answer.error_message, needs="DescribeConfigs on Cluster")
    quotas = [
        Quota(
            {
                part.entity_type: part.entity_name
                for part in sorted(entry.entity, key=lambda p: -len(p.entity_type))
            },
            {value.key: value.value for value in sorted(entry.values, key=lambda v: v.key)},
        )
        for entry in answer.entries or ()
    ]
    return tuple(sorted(quotas, key=_order))


def _order(quota: Quota) -> list[tuple[str, bool, str]]:
    """Named entities before defaults."""
    return [(kind, name is None, name or "") for kind, name in sorted(quota.entity.items())]
