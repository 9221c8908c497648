"""Topics to create and to delete, as values, and what is wrong with them before anybody is asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from ktui.adapters.errors import BadSettings
from ktui.adapters.operate.change import Change
from ktui.adapters.operate.names import name_fault

MAX_INT32: Final = 2**31 - 1
MAX_INT16: Final = 2**15 - 1


@dataclass(frozen=True, slots=True)
class CreateTopic(Change):
    """A topic to create. None leaves the number to the cluster's own default."""

    name: str
    partitions: int | None = None
    replication_factor: int | None = None
    configs: Mapping[str, str] = field(default_factory=dict)
    assignment: tuple[tuple[int, ...], ...] | None = None
    """Brokers of each partition, the preferred leader first; excludes the two numbers."""


@dataclass(frozen=True, slots=True)
class DeleteTopic(Change):
    """A topic to delete: by id where the cluster has ids, so that a new topic of that name is not hit."""

    name: str
    topic_id: bytes | None = None


def check_create(spec: CreateTopic) -> None:
    """BadSettings says which value cannot be used, and why."""
    fault = name_fault(spec.name) or _number_fault(spec) or _assignment_fault(spec) or _config_fault(spec)
    if fault is not None:
        raise BadSettings(fault)


def _number_fault(spec: CreateTopic) -> str | None:
    if spec.partitions is not None and not 1 <= spec.partitions <= MAX_INT32:
        return f"The number of partitions must be from 1 to {MAX_INT32:,}, not {spec.partitions:,}."
    if spec.replication_factor is not None and not 1 <= spec.replication_factor <= MAX_INT16:
        return f"The replication factor must be from 1 to {MAX_INT16:,}, not {spec.replication_factor:,}."
    return None


def _config_fault(spec: CreateTopic) -> str | None:
    for name, value in spec.configs.items():
        if not name:
            return "A configuration needs a name: NAME=VALUE."
        try:
            f"{name}{value}".encode()
        except UnicodeEncodeError:
            return f"Configuration {name!a} has bytes that are no text."
    return None


def _assignment_fault(spec: CreateTopic) -> str | None:
    if spec.assignment is None:
        return None
    if spec.partitions is not None or spec.replication_factor is not None:
        return "A replica assignment says how many partitions and replicas there are: give no numbers besides it."
    if not spec.assignment or not all(spec.assignment):
        return "A replica assignment names at least one broker for each of at least one partition."
    for index, brokers in enumerate(spec.assignment):
        if len(set(brokers)) != len(brokers):
            return f"The replica assignment names a broker twice for partition {index}."
        if any(not 0 <= broker <= MAX_INT32 for broker in brokers):
            return f"The replica assignment of partition {index} has a number that is no broker id."
        if len(brokers) != len(spec.assignment[0]):
            return (
                f"The replica assignment gives partition {index} {len(brokers)} replicas "
                f"and partition 0 {len(spec.assignment[0])}; all must have as many."
            )
    return None


def parse_assignment(text: str) -> tuple[tuple[int, ...], ...]:
    """`1:2,2:3` as kafka-topics takes it: partitions by comma, brokers by colon; BadSettings says what is wrong."""
    try:
        return tuple(tuple(_broker_id(part) for part in row.split(":")) for row in text.split(","))
    except ValueError as error:
        raise BadSettings(
            f"Replica assignment {text!r}: {error}; write brokers by colon and partitions by comma, as 1:2,2:3."
        ) from None


def _broker_id(text: str) -> int:
    bare = text.strip()
    if not (bare.isascii() and bare.isdigit()):
        raise ValueError(f"{bare!r} is no broker id" if bare else "a broker id is missing")
    return int(bare)


def format_assignment(assignment: Iterable[Iterable[int]]) -> str:
    """The reverse of `parse_assignment`."""
    return ",".join(":".join(str(broker) for broker in brokers) for brokers in assignment)


def parse_configs(pairs: Iterable[str]) -> dict[str, str]:
    """`name=value` pairs; BadSettings names the one that is wrong or given twice."""
    configs: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        name = name.strip()
        if not equals or not name:
            raise BadSettings(f"Configuration {pair!r}: write NAME=VALUE.")
        if name in configs:
            raise BadSettings(f"Configuration {name} is given twice.")
        configs[name] = value.strip()
    return configs
