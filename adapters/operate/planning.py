"""Plans from what the cluster says now. Asks only; nothing is sent that changes anything."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterable, Mapping
from typing import Final, TypeVar

from ktui.adapters.errors import AdapterError, NotPermitted, Refused
from ktui.adapters.model import Mode
from ktui.adapters.operate.definition import Definition, topic_id_text
from ktui.adapters.operate.ground import Answer, Defaults, Ground, Identity, TopicSeen
from ktui.adapters.operate.guard import Guard
from ktui.adapters.operate.names import collision_fault
from ktui.adapters.operate.plan import Impact, Plan
from ktui.adapters.operate.sentences import (
    INVALID_REPLICA_ASSIGNMENT,
    INVALID_TOPIC,
    TOPIC_EXISTS,
    UNKNOWN_TOPIC,
    refusal_error,
)
from ktui.adapters.operate.shell import kafka_command, ktui_command
from ktui.adapters.operate.spec import CreateTopic, DeleteTopic, check_create
from ktui.adapters.operate.warnings import (
    asked_min_isr,
    asked_replication_factor,
    create_warnings,
    delete_warnings,
    missing_brokers,
    named_brokers,
    replica_brokers,
)
from ktui.adapters.target import Target

_EXTRA_S: Final = 3.0
"""For each thing that is good to know and not needed."""

T = TypeVar("T")


async def plan_create(
    ground: Ground, target: Target, spec: CreateTopic, *, known_names: Iterable[str] = ()
) -> Plan:
    """BadSettings for a value that cannot be used, Refused for a name that is taken or collides."""
    check_create(spec)
    await refuse_taken_name(ground, spec)
    collision = collision_fault(spec.name, known_names)
    if collision is not None:
        raise Refused(INVALID_TOPIC, "INVALID_TOPIC_EXCEPTION", collision)
    identity, defaults = await asyncio.gather(
        ground.identity(), _extra(ground.defaults(), Defaults(), within_s=_EXTRA_S)
    )
    _refuse_unknown_brokers(spec, identity)
    partitions = len(spec.assignment) if spec.assignment is not None else spec.partitions
    return Plan(
        change=spec,
        cluster_id=identity.cluster_id,
        mode=identity.mode,
        request=f"CreateTopics: {_shape(spec, defaults)}",
        receiver=identity.receiver,
        impact=Impact(
            partitions if partitions is not None else defaults.partitions,
            asked_replication_factor(spec, defaults),
            min_isr=asked_min_isr(spec, defaults),
        ),
        warnings=create_warnings(spec, defaults, identity.brokers),
        undo=f"Delete it again: {ktui_command(DeleteTopic(spec.name), target)}",
        command=ktui_command(spec, target),
        kafka_command=kafka_command(spec, target),
        refusals=Guard.of(target).standing(spec, identity.cluster_id, is_internal=False),
    )


def _refuse_unknown_brokers(spec: CreateTopic, identity: Identity) -> None:
    """In ZooKeeper mode the controller takes any number for a broker, and such a topic can never be deleted."""
    if identity.mode in (Mode.KRAFT, Mode.MIGRATING) or spec.assignment is None:
        return
    unknown = missing_brokers(replica_brokers(spec.assignment), identity)
    if unknown:
        text = (
            f"{spec.name} was not created: the replica assignment counts on brokers that should be up: "
            f"{named_brokers(unknown)} not."
        )
        raise Refused(INVALID_REPLICA_ASSIGNMENT, "INVALID_REPLICA_ASSIGNMENT", text)


async def refuse_taken_name(ground: Ground, spec: CreateTopic) -> None:
    """Raise Refused when the topic is there; a principal that may not look is told by the controller."""
    try:
        if await ground.topic(spec.name) is None:
            return
    except NotPermitted:
        return
    raise refusal_error(spec, Answer(TOPIC_EXISTS, "TOPIC_ALREADY_EXISTS"))


async def plan_delete(ground: Ground, target: Target, name: str) -> Plan:
    """Refused (3) when there is no such topic, NotPermitted when it may not be seen."""
    topic, identity = await asyncio.gather(ground.topic(name), ground.identity())
    if topic is None:
        text = f"There is no topic {name}, or this principal may not see it."
        raise Refused(UNKNOWN_TOPIC, "UNKNOWN_TOPIC_OR_PARTITION", text)
    overrides, defaults, size = await asyncio.gather(
        _extra(ground.overrides(name), None, within_s=_EXTRA_S),
        _extra(ground.defaults(), Defaults(), within_s=_EXTRA_S),
        _extra(ground.bytes_on_disk(topic), None, within_s=_EXTRA_S),
    )
    return _delete_plan(target, topic, identity, overrides, defaults, size)


def _delete_plan(
    target: Target,
    topic: TopicSeen,
    identity: Identity,
    overrides: Mapping[str, str] | None,
    defaults: Defaults,
    size: int | None,
) -> Plan:
    spec = DeleteTopic(topic.name, topic.id)
    rows = sorted(topic.partitions, key=lambda partition: partition.index)
    definition = Definition(topic.name, topic.id, tuple(row.replicas for row in rows), overrides)
    how = (
        f"by id {topic_id_text(topic.id)}" if topic.id is not None else "by name, for there are no topic ids"
    )
    return Plan(
        change=spec,
        cluster_id=identity.cluster_id,
        mode=identity.mode,
        request=f"DeleteTopics: {topic.name}, {how}",
        receiver=identity.receiver,
        impact=Impact(
            len(topic.partitions),
            definition.replication_factor,
            topic_id=topic.id,
            size_bytes=size,
            is_internal=topic.is_internal,
        ),
        warnings=delete_warnings(topic, identity, defaults, has_overrides=overrides is not None),
        undo="The records cannot be brought back. The topic can be created again, empty: "
        f"{ktui_command(definition.as_spec(), target)}",
        command=ktui_command(spec, target),
        kafka_command=kafka_command(spec, target),
        refusals=Guard.of(target).standing(spec, identity.cluster_id, is_internal=topic.is_internal),
        definition=definition,
    )


def _shape(spec: CreateTopic, defaults: Defaults) -> str:
    if spec.assignment is not None:
        return f"{spec.name}, {len(spec.assignment)} partitions as assigned"
    numbers = (
        ("partitions", spec.partitions, defaults.partitions),
        ("replication factor", spec.replication_factor, defaults.replication_factor),
    )
    parts = [spec.name]
    for what, asked, default in numbers:
        told = f"{what} {asked}" if asked is not None else f"{what} by the cluster's default"
        parts.append(told if asked is not None or default is None else f"{told} ({default})")
    parts += [f"{name}={value}" for name, value in spec.configs.items()]
    return ", ".join(parts)


async def _extra(question: Awaitable[T], otherwise: T, *, within_s: float) -> T:
    """The answer, or `otherwise` when it fails or takes too long: the plan is good without it."""
    try:
        return await asyncio.wait_for(question, within_s)
    except (AdapterError, TimeoutError):
        return otherwise
