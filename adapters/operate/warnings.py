"""What a person should know before a topic is created or deleted, as sentences. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from ktui.adapters.model import Mode
from ktui.adapters.operate.ground import Defaults, Identity, TopicSeen
from ktui.adapters.operate.spec import CreateTopic

_SAFE_REPLICAS = 3


def create_warnings(spec: CreateTopic, defaults: Defaults, live_brokers: Collection[int]) -> tuple[str, ...]:
    """About a topic to create; `live_brokers` are the ids of the active ones."""
    return tuple(_create_warnings(spec, defaults, live_brokers))


def asked_replication_factor(spec: CreateTopic, defaults: Defaults) -> int | None:
    """What the topic will have as far as is known."""
    if spec.assignment:
        return len(spec.assignment[0])
    return spec.replication_factor if spec.replication_factor is not None else defaults.replication_factor


def asked_min_isr(spec: CreateTopic, defaults: Defaults) -> int | None:
    """The effective min.insync.replicas as far as is known."""
    text = spec.configs.get("min.insync.replicas")
    if text is None:
        return defaults.min_isr
    return int(text) if text.isascii() and text.isdigit() else None


def _create_warnings(spec: CreateTopic, defaults: Defaults, live_brokers: Collection[int]) -> Iterator[str]:
    factor, min_isr = asked_replication_factor(spec, defaults), asked_min_isr(spec, defaults)
    if factor is not None and factor > len(live_brokers):
        yield f"Replication factor {factor} is more than the {_brokers(len(live_brokers))} that are up."
    if factor == 1:
        yield "One replica: while its broker is down the partition is offline, and a lost disk loses the records."
    elif factor is not None and factor < _SAFE_REPLICAS and len(live_brokers) >= _SAFE_REPLICAS:
        yield f"Replication factor {factor} is below {_SAFE_REPLICAS}, the usual one where records matter."
    if factor is not None and min_isr is not None:
        if min_isr > factor:
            yield f"min.insync.replicas {min_isr} is above replication factor {factor}: acks=all could never write."
        elif min_isr == factor and factor > 1:
            yield (
                f"min.insync.replicas equals the replication factor ({factor}): "
                "one broker down stops writers with acks=all."
            )
    unknown = sorted({broker for row in spec.assignment or () for broker in row} - set(live_brokers))
    if unknown:
        yield f"The replica assignment counts on brokers that should be up: {named_brokers(unknown)} not."
    if "." in spec.name and "_" in spec.name:
        yield "The name mixes '.' and '_', which are the same in Kafka's metrics."


def delete_warnings(
    topic: TopicSeen, identity: Identity, defaults: Defaults, *, has_overrides: bool
) -> tuple[str, ...]:
    """About a topic to delete; `has_overrides` says whether its own configuration could be read."""
    return tuple(_delete_warnings(topic, identity, defaults, has_overrides))


def _delete_warnings(
    topic: TopicSeen, identity: Identity, defaults: Defaults, has_overrides: bool
) -> Iterator[str]:
    if defaults.is_deletion_on is False:
        yield "The brokers' configuration has delete.topic.enable=false: the cluster will probably refuse."
    if defaults.is_auto_create_on:
        yield "auto.create.topics.enable is on: a client that still uses the topic may create it again."
    if topic.id is None:
        yield "The cluster has no topic ids, so it is deleted by name: a new topic of that name would be hit too."
    if not has_overrides:
        yield (
            "Its configuration cannot be read (needs DescribeConfigs on the topic): "
            "only partitions and replicas are saved."
        )
    down = missing_brokers(replica_brokers(p.replicas for p in topic.partitions), identity)
    if down and identity.mode is not Mode.ZOOKEEPER:
        yield f"{named_brokers(down).capitalize()} down: the replicas there are removed when the broker returns."
    elif down:
        yield f"{named_brokers(down).capitalize()} down: the deletion is queued until the broker returns."


def replica_brokers(replicas: Iterable[Iterable[int]]) -> set[int]:
    """All brokers that hold a replica."""
    return {broker for row in replicas for broker in row}


def missing_brokers(holders: Iterable[int], identity: Identity) -> list[int]:
    """Those of the brokers that are not active."""
    return sorted(set(holders) - identity.brokers.keys())


def _brokers(number: int) -> str:
    return "1 broker" if number == 1 else f"{number} brokers"


def named_brokers(brokers: Collection[int]) -> str:
    """`broker 2 is` or `brokers 2 and 3 are`: goes on with a state."""
    ids = [str(broker) for broker in brokers]
    return f"broker {ids[0]} is" if len(ids) == 1 else f"brokers {', '.join(ids[:-1])} and {ids[-1]} are"
