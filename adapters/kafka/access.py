"""Rules, users and quotas asked of any broker."""

from __future__ import annotations

from typing import Final, Protocol

from ktui.adapters.access.model import AclEntry, Quota, ScramUser
from ktui.adapters.errors import Refused
from ktui.adapters.kafka.asks.acls import describe_acls
from ktui.adapters.kafka.asks.client_quotas import describe_quotas
from ktui.adapters.kafka.asks.scram_users import describe_scram_users
from ktui.adapters.kafka.error_codes import Code
from ktui.adapters.kafka.link import Lane, Link

ANSWER_S: Final = 5.0


class Links(Protocol):
    """The part of `BrokerPool` that is used here."""

    def bootstrap_link(self, lane: Lane, *, timeout_s: float) -> Link: ...


async def fetch_acls(pool: Links, *, timeout_s: float = ANSWER_S) -> tuple[AclEntry, ...]:
    """All rules. Refused SECURITY_DISABLED: there is no authorizer."""
    return await describe_acls(pool.bootstrap_link(Lane.BULK, timeout_s=timeout_s))


async def fetch_users(pool: Links, *, timeout_s: float = ANSWER_S) -> tuple[ScramUser, ...]:
    return await describe_scram_users(pool.bootstrap_link(Lane.BULK, timeout_s=timeout_s))


async def fetch_quotas(pool: Links, *, timeout_s: float = ANSWER_S) -> tuple[Quota, ...]:
    return await describe_quotas(pool.bootstrap_link(Lane.BULK, timeout_s=timeout_s))


def has_no_authorizer(error: Exception | None) -> bool:
    """Whether rules cannot be read because there are none: everybody may do everything."""
    return isinstance(error, Refused) and error.code == Code.SECURITY_DISABLED
