"""DescribeUserScramCredentials (50): which users have SCRAM credentials. Neither salts nor keys are ever told."""

from __future__ import annotations

from typing import Final

from ktui.adapters.access.model import ScramUser
from ktui.adapters.kafka.bridge import Api, exchange
from ktui.adapters.kafka.error_codes import check
from ktui.adapters.kafka.link import Link

_MECHANISMS: Final = {1: "SCRAM-SHA-256", 2: "SCRAM-SHA-512"}


async def describe_scram_users(link: Link) -> tuple[ScramUser, ...]:
    """By name. NotPermitted needs Describe on Cluster."""
    answer = await exchange(link, Api.DESCRIBE_USER_SCRAM_CREDENTIALS, {"users": None})
    check(answer.error_code, answer.error_message, needs="Describe on Cluster")
    users = [
        ScramUser(
            one.user,
            {
                _MECHANISMS.get(c.mechanism, f"mechanism {c.mechanism}"): c.iterations
                for c in one.credential_infos
            },
        )
        for one in answer.results
        if not one.error_code
    ]
    return tuple(sorted(users, key=lambda user: user.name))
