"""The state file of a sandbox: what was started, so that another process can find, stop or resume it."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from ktui.adapters.sandbox.errors import SandboxError
from ktui.adapters.sandbox.spec import Mode, Role, SandboxSpec, Security

STATE_FILE: Final = "sandbox.json"
FIRST_CONTROLLER: Final = 101
_FORMAT: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process that a recycled pid cannot be mistaken for."""

    pid: int
    started: str
    """When it started, as the system writes it; compared, never read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One server of a sandbox."""

    name: str
    role: Role
    id: int
    port: int
    peer_ports: tuple[int, ...] = ()
    """ZooKeeper ensembles: the ports for followers and for elections."""
    directory_id: str = ""
    """KRaft: the id of its log directory."""
    process: Process | None = None
    is_wanted: bool = False
    """Started and not stopped since: when it has no process, it was killed."""

    @property
    def is_first(self) -> bool:
        """Whether it is the first of its role."""
        return self.id in (1, FIRST_CONTROLLER)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxState:
    """Everything a data folder remembers."""

    mode: Mode
    cluster_id: str
    security: Security
    nodes: tuple[Node, ...]
    properties: dict[str, str] = field(default_factory=dict)
    is_formatted: bool = False
    owner: Process | None = None
    """Who stops it; None: it was left running on purpose."""

    def of_role(self, role: Role) -> tuple[Node, ...]:
        """The nodes of one role."""
        return tuple(node for node in self.nodes if node.role is role)

    @property
    def is_migrating(self) -> bool:
        """Whether KRaft controllers stand beside a ZooKeeper."""
        return self.mode is Mode.ZOOKEEPER and bool(self.of_role(Role.CONTROLLER))

    def with_node(self, changed: Node) -> SandboxState:
        """The same with one node replaced, found by its name."""
        return replace(
            self, nodes=tuple(changed if node.name == changed.name else node for node in self.nodes)
        )

    def spec(self, data_dir: Path) -> SandboxSpec:
        """The spec that this sandbox was made from."""
        keepers = Role.ZOOKEEPER if self.mode is Mode.ZOOKEEPER else Role.CONTROLLER
        return SandboxSpec(
            self.mode,
            data_dir,
            brokers=len(self.of_role(Role.BROKER)),
            controllers=len(self.of_role(keepers)),
            properties=self.properties,
            security=self.security,
        )


def load_state(data_dir: Path) -> SandboxState | None:
    """The state of a data folder; None: no sandbox there."""
    path = data_dir / STATE_FILE
    try:
        raw = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise SandboxError(f"{path} cannot be read: {error}") from error
    try:
        return _state_from(raw)
    except (KeyError, TypeError, ValueError) as error:
        raise SandboxError(f"{path} is not a sandbox's state file, or one of another version") from error


def save_state(data_dir: Path, state: SandboxState) -> None:
    """Write the state so that a reader sees the old file or the new one, never a part."""
    path = data_dir / STATE_FILE
    partial = path.with_suffix(f".{os.getpid()}.partial")
    partial.write_text(json.dumps({"format": _FORMAT, **asdict(state)}, indent=1), encoding="utf-8")
    partial.replace(path)


def _state_from(raw: dict[str, Any]) -> SandboxState:
    if raw["format"] != _FORMAT:
        raise ValueError(raw["format"])
    return SandboxState(
        mode=Mode(raw["mode"]),
        cluster_id=raw["cluster_id"],
        security=Security(raw["security"]),
        nodes=tuple(_node_from(node) for node in raw["nodes"]),
        properties=dict(raw["properties"]),
        is_formatted=raw["is_formatted"],
        owner=_process_from(raw["owner"]),
    )


def _node_from(raw: dict[str, Any]) -> Node:
    return Node(
        name=raw["name"],
        role=Role(raw["role"]),
        id=raw["id"],
        port=raw["port"],
        peer_ports=tuple(raw["peer_ports"]),
        directory_id=raw["directory_id"],
        process=_process_from(raw["process"]),
        is_wanted=raw["is_wanted"],
    )


def _process_from(raw: dict[str, Any] | None) -> Process | None:
    return None if raw is None else Process(pid=raw["pid"], started=raw["started"])
