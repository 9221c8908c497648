"""The same change as a line for a shell: ours and that of Kafka's own tools."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from ktui.adapters.operate.spec import CreateTopic, format_assignment
from ktui.adapters.target import Target


def ktui_line(words: Sequence[str], target: Target) -> str:
    """`ktui …` with the options that reach the same cluster."""
    return shlex.join(["ktui", *words, *_connection_words(target)])


def kafka_line(words: Sequence[str], target: Target) -> str:
    """One of Kafka's own tools, which is the first of the words."""
    servers = ",".join(str(address) for address in target.bootstrap_servers) or "HOST:PORT"
    connection = ["--bootstrap-server", servers]
    if target.command_config:
        connection += ["--command-config", target.command_config]
    return shlex.join([words[0], *connection, *words[1:]])


def create_words(change: CreateTopic) -> tuple[str, ...]:
    """`topic create …`"""
    return ("topic", "create", change.name, *shape_words(change))


def create_line(change: CreateTopic, target: Target) -> str:
    """`ktui topic create …` with the connection."""
    return ktui_line(create_words(change), target)


def shape_words(change: CreateTopic) -> list[str]:
    """The options that our command and kafka-topics have in common."""
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
