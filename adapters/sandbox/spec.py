"""What a sandbox is made of, and what can be seen of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Final

HOST: Final = "127.0.0.1"
DEFAULT_BROKERS: Final = 3
MOST_NODES: Final = 30


class Mode(StrEnum):
    """Where the cluster keeps its metadata."""

    KRAFT = "kraft"
    ZOOKEEPER = "zookeeper"


class Role(StrEnum):
    """What a node does. A sandbox's controllers and brokers are separate processes."""

    BROKER = "broker"
    CONTROLLER = "controller"
    ZOOKEEPER = "zookeeper"


class NodeState(StrEnum):
    """`killed` means gone without having been stopped cleanly."""

    RUNNING = "running"
    STOPPED = "stopped"
    KILLED = "killed"
    HUNG = "hung"


class Fault(StrEnum):
    """What can be done to a node."""

    KILL = "kill"
    HANG = "hang"
    RESUME = "resume"
    RESTART = "restart"
    STOP = "stop"


class Security(StrEnum):
    """How clients and nodes speak to each other: a security protocol of Kafka."""

    PLAINTEXT = "PLAINTEXT"


@dataclass(frozen=True, slots=True)
class SandboxSpec:
    """What to bring up."""

    mode: Mode
    data_dir: Path
    brokers: int = DEFAULT_BROKERS
    controllers: int | None = None
    """KRaft controllers, or ZooKeeper servers; None: three controllers, or one ZooKeeper."""
    properties: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Server properties over our own, for brokers and KRaft controllers."""
    security: Security = Security.PLAINTEXT

    @property
    def coordinators(self) -> int:
        """How many processes keep the metadata."""
        if self.controllers is not None:
            return self.controllers
        return 3 if self.mode is Mode.KRAFT else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStatus:
    """One node as it is now."""

    name: str
    role: Role
    id: int
    host: str
    port: int
    pid: int | None
    """None unless a process is there."""
    state: NodeState


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxStatus:
    """A sandbox as it is now. Addresses are comma-separated `host:port`."""

    mode: Mode
    data_dir: Path
    nodes: tuple[NodeStatus, ...]
    bootstrap_servers: str
    bootstrap_controllers: str | None
    zookeeper: str | None
    is_orphaned: bool = False
    """Running, while the program that would have stopped it is gone."""
    was_running: bool = False
    """For an `up`: nothing had to be started."""

    @property
    def is_running(self) -> bool:
        """Whether any node has a process."""
        return any(node.pid is not None for node in self.nodes)

    @property
    def count_of_brokers(self) -> int:
        """How many brokers it has, running or not."""
        return sum(node.role is Role.BROKER for node in self.nodes)

    @property
    def is_whole(self) -> bool:
        """Whether every node runs."""
        return bool(self.nodes) and all(node.state is NodeState.RUNNING for node in self.nodes)
