"""The same change as a line for a shell: ours and that of Kafka's own tools."""

from __future__ import annotations

import shlex

from ktui.adapters.operate.spec import Change, CreateTopic, format_assignment
from ktui.adapters.target import Target


def ktui_command(change: Change, target: Target) -> str:
    """`ktui topic …` with the options that reach the same cluster."""
    words = [
        "ktui",
        "topic",
        *(_create_words(change) if isinstance(change, CreateTopic) else _delete_words(change)),
    ]
    return shlex.join(words + _connection_words(target))


def kafka_command(change: Change, target: Target) -> str:
    """`kafka-topics.sh …`; it deletes by name, never by id."""
    servers = ",".join(str(address) for address in target.bootstrap_servers) or "HOST:PORT"
    words = ["kafka-topics.sh", "--bootstrap-server", servers]
    if target.command_config:
        words += ["--command-config", target.command_config]
    if isinstance(change, CreateTopic):
        return shlex.join([*words, "--create", "--topic", change.name, *_shape_words(change)])
    return shlex.join([*words, "--delete", "--topic", change.name])


def _create_words(change: CreateTopic) -> list[str]:
    return ["create", change.name, *_shape_words(change)]


def _delete_words(change: Change) -> list[str]:
    return ["delete", change.name, "--confirm", change.name]


def _shape_words(change: CreateTopic) -> list[str]:
    words: list[str] = []
    if change.assignment is not None:
        words += ["--replica-assignment", format_assignment(change.assignment)]
    if change.partitions is not None:
        words += ["--partitions", str(change.partitions)]
    if change.replication_factor is not None:
        words += ["--replication-factor", str(change.replication_factor)]
    for name, value in change.configs.items():
        words += ["--config", f"{name}={value}"]
    return words


def _connection_words(target: Target) -> list[str]:
    if target.name:
        return ["--profile", target.name]
    words: list[str] = []
    if target.bootstrap_servers:
        words += ["--bootstrap-server", ",".join(str(address) for address in target.bootstrap_servers)]
    elif target.zookeeper:
        words += ["--zookeeper", target.zookeeper]
    if target.command_config:
        words += ["--command-config", target.command_config]
    return words
