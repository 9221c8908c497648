"""Bytes of the small nodes to values. Pure; unknown keys are ignored, a missing version is accepted.

Source: Kafka's `kafka/zk/ZkData.scala`, 0.10 to 3.9. Every function raises `UnreadableNode` for bytes that are not
what the node should hold: that is a fault of the node, never its absence.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ktui.adapters.errors import BadAnswer

CLUSTER_ID: Final = "/cluster/id"
CONTROLLER: Final = "/controller"
CONTROLLER_EPOCH: Final = "/controller_epoch"
BROKER_IDS: Final = "/brokers/ids"
TOPICS: Final = "/brokers/topics"
DELETE_TOPICS: Final = "/admin/delete_topics"
CONFIG: Final = "/config"
CONFIG_CHANGES: Final = "/config/changes"
DEFAULT_ENTITY: Final = "<default>"
FEATURE: Final = "/feature"
MIGRATION: Final = "/migration"

TOPIC_ID_BYTES: Final = 16


class UnreadableNode(BadAnswer):
    """A node whose bytes are not what Kafka writes there."""


@dataclass(frozen=True, slots=True)
class ControllerNode:
    """Who holds `/controller`; a KRaft controller that took over has an epoch of its own there."""

    broker_id: int
    kraft_epoch: int = -1

    @property
    def is_kraft(self) -> bool:
        return self.kraft_epoch >= 0


@dataclass(frozen=True, slots=True)
class FeatureNode:
    """`/feature`: the finalized levels by name."""

    is_enabled: bool
    levels: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class MigrationNode:
    """`/migration`: how far the KRaft controllers have copied; it advances while they do."""

    controller_id: int
    metadata_offset: int
    """-1: nothing was copied yet."""


def object_of(data: bytes, path: str) -> dict[str, Any]:
    """The JSON object in a node."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise UnreadableNode(f"{path} holds no JSON") from error
    if not isinstance(value, dict):
        raise UnreadableNode(f"{path} holds no JSON object")
    return value


def integer(value: object, path: str, key: str) -> int:
    """A number that may be written as text, as old versions do."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise UnreadableNode(f"{path} has no number as its {key}")
    try:
        return int(value)
    except ValueError as error:
        raise UnreadableNode(f"{path} has no number as its {key}") from error


def cluster_id_of(data: bytes) -> str:
    """`/cluster/id`."""
    value = object_of(data, CLUSTER_ID).get("id")
    if not isinstance(value, str):
        raise UnreadableNode(f"{CLUSTER_ID} has no id")
    return value


def controller_of(data: bytes) -> ControllerNode:
    """`/controller`, version 1, or 2 with the epoch of a KRaft controller (3.4)."""
    held = object_of(data, CONTROLLER)
    kraft_epoch = held.get("kraftControllerEpoch")
    return ControllerNode(
        integer(held.get("brokerid"), CONTROLLER, "brokerid"),
        -1 if kraft_epoch is None else integer(kraft_epoch, CONTROLLER, "kraftControllerEpoch"),
    )


def controller_epoch_of(data: bytes) -> int:
    """`/controller_epoch`: decimal text."""
    return integer(data.decode("ascii", "replace"), CONTROLLER_EPOCH, "epoch")


def feature_of(data: bytes) -> FeatureNode:
    """`/feature`, version 1 or 2."""
    held = object_of(data, FEATURE)
    features = held.get("features")
    levels = {
        name: integer(level.get("max_version_level"), FEATURE, name)
        for name, level in (features.items() if isinstance(features, dict) else ())
        if isinstance(level, dict)
    }
    return FeatureNode(held.get("status") == 1, levels)


def migration_of(data: bytes) -> MigrationNode:
    """`/migration`."""
    held = object_of(data, MIGRATION)
    return MigrationNode(
        integer(held.get("kraft_controller_id", -1), MIGRATION, "kraft_controller_id"),
        integer(held.get("kraft_metadata_offset", -1), MIGRATION, "kraft_metadata_offset"),
    )


def topic_id_of(text: object) -> bytes | None:
    """16 bytes from Kafka's 22 letters of base64url; None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        found = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Base64Error, ValueError):
        return None
    return found if len(found) == TOPIC_ID_BYTES else None


def config_of(data: bytes, path: str) -> dict[str, str]:
    """The overrides in a node below `/config`."""
    held = object_of(data, path).get("config", {})
    if not isinstance(held, dict):
        raise UnreadableNode(f"{path} has no config")
    return {str(key): str(value) for key, value in held.items()}
