"""What a topic is made of, kept in a file before the topic is deleted, so that it can be created again empty."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from ktui.adapters.errors import BadSettings, GuardRefused
from ktui.adapters.operate.audit import sync_folder
from ktui.adapters.operate.guard import GuardName
from ktui.adapters.operate.spec import CreateTopic

_FORMAT: Final = 1
_NAME_LENGTH: Final = 120
"""Of the topic's name in the file's name: file systems take 255 bytes for all of it."""


@dataclass(frozen=True, slots=True)
class Definition:
    """Partitions with their brokers, and the topic's own configuration."""

    name: str
    topic_id: bytes | None
    replicas: tuple[tuple[int, ...], ...]
    """By partition; empty for a partition whose replicas are not known."""
    overrides: Mapping[str, str] | None = field(default=None)
    """Configuration set on the topic itself; None: it could not be read."""

    @property
    def partitions(self) -> int:
        return len(self.replicas)

    @property
    def replication_factor(self) -> int | None:
        """None when it differs between partitions or is not known."""
        sizes = {len(brokers) for brokers in self.replicas}
        return sizes.pop() or None if len(sizes) == 1 else None

    def as_spec(self) -> CreateTopic:
        """The topic to create for the same partitions, replication factor and overrides."""
        return CreateTopic(
            self.name, self.partitions, self.replication_factor, configs=dict(self.overrides or {})
        )


def save_definition(
    definition: Definition,
    folder: Path,
    *,
    cluster_id: str | None,
    recreate: str,
    now: datetime | None = None,
) -> Path:
    """Write it into `folder` (made 0700, file 0600) and return the path; GuardRefused when that fails."""
    at = now or datetime.now(UTC)
    document = {
        "format": _FORMAT,
        "saved_at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "cluster_id": cluster_id,
        "name": definition.name,
        "id": topic_id_text(definition.topic_id),
        "partitions": definition.partitions,
        "replication_factor": definition.replication_factor,
        "replicas": [list(brokers) for brokers in definition.replicas],
        "configs": None if definition.overrides is None else dict(definition.overrides),
        "recreate": recreate,
    }
    path = folder / _file_name(definition, at)
    try:
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        _write_whole(path, json.dumps(document, indent=2, ensure_ascii=False) + "\n")
    except OSError as error:
        raise GuardRefused(
            GuardName.SAVE,
            f"The topic's definition could not be saved to {path} ({error.strerror or error}); "
            "nothing was changed.",
        ) from error
    return path


def load_definition(path: Path) -> CreateTopic:
    """What a saved file says to create; BadSettings when it is none."""
    try:
        document = json.loads(path.read_text("utf-8"))
        return CreateTopic(
            str(document["name"]),
            int(document["partitions"]),
            None if document["replication_factor"] is None else int(document["replication_factor"]),
            configs={str(key): str(value) for key, value in (document["configs"] or {}).items()},
        )
    except OSError as error:
        raise BadSettings(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadSettings(f"{path} is no saved topic definition.") from error


def newest_definition(folder: Path, name: str | None, cluster_id: str | None) -> CreateTopic | None:
    """The last saved of this cluster, of the topic with this name or of any; None: there is none."""
    files = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    for path in files:
        try:
            document = json.loads(path.read_text("utf-8"))
            is_wanted = document["cluster_id"] == cluster_id and name in (None, document["name"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if is_wanted:
            return load_definition(path)
    return None


def topic_id_text(topic_id: bytes | None) -> str | None:
    """A topic id as Kafka's tools write it: URL-safe base64 without padding."""
    if topic_id is None:
        return None
    return base64.urlsafe_b64encode(topic_id).decode("ascii").rstrip("=")


def topic_id_of(uuid: UUID | None) -> bytes | None:
    """16 bytes, or None for the absent and the all-zero id (servers write zero for "no id")."""
    return None if uuid is None or uuid.int == 0 else uuid.bytes


def _file_name(definition: Definition, at: datetime) -> str:
    bare = re.sub(r"[^a-zA-Z0-9._-]", "_", definition.name)[:_NAME_LENGTH]
    tail = topic_id_text(definition.topic_id) or "no-id"
    return f"{bare}-{at.strftime('%Y%m%dT%H%M%S%fZ')}-{tail}.json"


def _write_whole(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        with contextlib.suppress(OSError):
            path.unlink()
        raise
    sync_folder(path.parent)
