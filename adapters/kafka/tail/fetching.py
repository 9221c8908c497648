"""Fetch requests to one broker: agree on a version, send, read the envelope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ktui.adapters.errors import AdapterError
from ktui.adapters.kafka.error_codes import refusal
from ktui.adapters.kafka.link import Link
from ktui.adapters.kafka.tail import fetch_wire
from ktui.adapters.kafka.tail.fetch_wire import Ask, Fetched, Terms


@dataclass(frozen=True, slots=True)
class Topic:
    """What a fetch names."""

    name: str
    id: bytes | None
    """None where the cluster has no topic ids."""


async def fetch(link: Link, topic: Topic, asks: Sequence[Ask], terms: Terms) -> Fetched:
    """AdapterError; what is wrong with single partitions stands in their parts."""
    offered = (await link.versions()).get(fetch_wire.API_KEY)
    version = fetch_wire.version_for(offered, has_topic_id=topic.id is not None)
    body = fetch_wire.encode(version, topic.name, topic.id, asks, terms)
    answer = await link.request(
        fetch_wire.API_KEY, version, body, is_flexible=fetch_wire.is_flexible(version)
    )
    fetched = fetch_wire.decode(version, answer)
    if fetched.error:
        raise refusal(fetched.error, needs=f"Read on topic {topic.name}")
    return fetched


def needs_read(topic: str, code: int) -> AdapterError:
    """The refusal of a partition."""
    return refusal(code, needs=f"Read on topic {topic}")
