"""The throttle of a move: rates on the brokers, and the replicas that count, on the topics. Taken off again when done.

Source: `ReassignPartitionsCommand` (tools): the same six settings; leaders are throttled for the replicas of now,
followers for those that are added.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ktui.adapters.errors import AdapterError, Refused
from ktui.adapters.kafka.asks.alter_configs import ConfigStep, alter_configs
from ktui.adapters.kafka.asks.config_values import ConfigSource, ResourceType
from ktui.adapters.kafka.asks.told import Told
from ktui.adapters.kafka.asks.topic_configs import describe_topic_configs
from ktui.adapters.kafka.link import Lane
from ktui.adapters.operate.configs import ConfigOwner, read_configs
from ktui.adapters.operate.ground import Ground
from ktui.adapters.operate.moves import Key, Replicas

LEADER_RATE: Final = "leader.replication.throttled.rate"
FOLLOWER_RATE: Final = "follower.replication.throttled.rate"
LEADER_REPLICAS: Final = "leader.replication.throttled.replicas"
FOLLOWER_REPLICAS: Final = "follower.replication.throttled.replicas"
_Step = tuple[str, ConfigStep, str | None]
_Entries = dict[str, dict[str, list[str]]]
"""By topic and setting: `partition:broker`."""


@dataclass(frozen=True, slots=True)
class Throttled:
    """What is throttled now."""

    brokers: Mapping[int, int]
    """Bytes a second by broker."""
    topics: tuple[str, ...]
    unread: tuple[int, ...] = ()
    """Brokers that could not be asked."""

    @property
    def is_on(self) -> bool:
        return bool(self.brokers or self.topics)


async def put_on(
    ground: Ground, now: Mapping[Key, Replicas], moves: Mapping[Key, Replicas], rate: int, timeout_s: float
) -> None:
    """Refused when a broker or a topic does not take it; what was set before that stays set."""
    involved = {broker for key, new in moves.items() for broker in (*now[key], *new)}
    alive = (await ground.identity()).brokers
    for broker in sorted(involved & alive.keys()):
        steps: list[_Step] = [(key, ConfigStep.SET, str(rate)) for key in (LEADER_RATE, FOLLOWER_RATE)]
        await _alter(ground, {(ResourceType.BROKER, str(broker)): steps}, timeout_s, at_broker=broker)
    entries = _entries(now, moves)
    for topic, settings in entries.items():
        changes: list[_Step] = [
            (key, ConfigStep.APPEND, ",".join(values)) for key, values in settings.items()
        ]
        await _alter(ground, {(ResourceType.TOPIC, topic): changes}, timeout_s)


async def take_off(
    ground: Ground, brokers: Collection[int], topics: Iterable[str], timeout_s: float
) -> tuple[str, ...]:
    """A sentence for each broker and topic where it could not be taken off."""
    failed: list[str] = []
    for topic in topics:
        steps: list[_Step] = [(key, ConfigStep.DELETE, None) for key in (LEADER_REPLICAS, FOLLOWER_REPLICAS)]
        try:
            await _alter(ground, {(ResourceType.TOPIC, topic): steps}, timeout_s)
        except AdapterError as error:
            failed.append(f"topic {topic} ({error})")
    for broker in brokers:
        steps = [(key, ConfigStep.DELETE, None) for key in (LEADER_RATE, FOLLOWER_RATE)]
        try:
            await _alter(ground, {(ResourceType.BROKER, str(broker)): steps}, timeout_s, at_broker=broker)
        except AdapterError as error:
            failed.append(f"broker {broker} ({error})")
    return tuple(failed)


async def look_at(ground: Ground, topics: Iterable[str]) -> Throttled:
    """Which brokers are throttled, and which of these topics."""
    identity = await ground.identity()
    told = await asyncio.gather(
        *(_rate_of(ground, broker) for broker in identity.brokers), return_exceptions=True
    )
    brokers: dict[int, int] = {}
    unread: list[int] = []
    for broker, rate in zip(identity.brokers, told, strict=True):
        if isinstance(rate, BaseException):
            unread.append(broker)
        elif rate is not None:
            brokers[broker] = rate
    return Throttled(brokers, await _marked(ground, tuple(topics)), tuple(unread))


async def _rate_of(ground: Ground, broker: int) -> int | None:
    values = await read_configs(ground, ConfigOwner.broker(broker))
    rates = [
        int(value.value)
        for key in (LEADER_RATE, FOLLOWER_RATE)
        if (value := values.get(key)) is not None
        and value.source is ConfigSource.BROKER
        and value.value is not None
        and value.value.isdigit()
    ]
    return min(rates, default=None)


async def _marked(ground: Ground, topics: tuple[str, ...]) -> tuple[str, ...]:
    """Those with replicas that count; topics that may not be read are left out."""
    if not topics:
        return ()
    keys = (LEADER_REPLICAS, FOLLOWER_REPLICAS)
    told = await ground.at_any(lambda link: describe_topic_configs(link, topics, keys), Lane.BULK)
    return tuple(
        topic
        for topic, values in told.items()
        if not isinstance(values, Refused)
        and any(value.source is ConfigSource.TOPIC for value in values.values())
    )


async def _alter(
    ground: Ground,
    resources: Mapping[tuple[ResourceType, str], list[_Step]],
    timeout_s: float,
    *,
    at_broker: int | None = None,
) -> None:
    """Refused when one is."""
    if at_broker is not None:
        told = await ground.at_broker(at_broker, lambda link: alter_configs(link, resources))
    else:
        told = await ground.at_controller(lambda link: alter_configs(link, resources), timeout_s)
    for (_, name), one in told.items():
        _raise(name, one)


def _raise(name: str, told: Told) -> None:
    if told.code:
        raise Refused(told.code, told.code_name, f"The throttle of {name} was refused: {told.sentence}.")


def _entries(now: Mapping[Key, Replicas], moves: Mapping[Key, Replicas]) -> _Entries:
    entries: _Entries = {}
    for (topic, index), new in moves.items():
        of_topic = entries.setdefault(topic, {LEADER_REPLICAS: [], FOLLOWER_REPLICAS: []})
        before = now[topic, index]
        of_topic[LEADER_REPLICAS] += [f"{index}:{broker}" for broker in before]
        of_topic[FOLLOWER_REPLICAS] += [f"{index}:{broker}" for broker in new if broker not in before]
    return {
        topic: {key: values for key, values in settings.items() if values}
        for topic, settings in entries.items()
    }
