"""FindCoordinator (10): which broker keeps a group. Asking makes the brokers create `__consumer_offsets` where it is
missing, so whoever asks makes sure first that the topic is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ktui.adapters.errors import Refused
from ktui.adapters.kafka.bridge import Api, exchange, supports
from ktui.adapters.kafka.error_codes import refusal
from ktui.adapters.kafka.link import Link

OFFSETS_TOPIC: Final = "__consumer_offsets"
_FIRST_BATCHED: Final = 4
_GROUP: Final = 0


async def find_coordinators(link: Link, groups: Sequence[str]) -> dict[str, int | Refused]:
    """Broker ids by group. One request from Kafka 3.0 on, before one a group."""
    if not await supports(link, Api.FIND_COORDINATOR, _FIRST_BATCHED):
        return {group: await _single(link, group) for group in groups}
    request = {"key_type": _GROUP, "coordinator_keys": list(groups)}
    answer = await exchange(link, Api.FIND_COORDINATOR, request, lowest=_FIRST_BATCHED)
    return {told.key: _coordinator(told, told.key) for told in answer.coordinators}


async def _single(link: Link, group: str) -> int | Refused:
    request = {"key": group, "key_type": _GROUP}
    answer = await exchange(link, Api.FIND_COORDINATOR, request, highest=_FIRST_BATCHED - 1)
    return _coordinator(answer, group)


def _coordinator(told: Any, group: str) -> int | Refused:
    if told.error_code:
        message = getattr(told, "error_message", None)
        return refusal(told.error_code, message, needs=f"Describe on group {group}")
    return int(told.node_id)
