"""Which nodes a sandbox has, and where in its data folder each keeps what."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import platformdirs

from ktui.adapters.sandbox.errors import SandboxError
from ktui.adapters.sandbox.spec import HOST, MOST_NODES, Mode, Role, SandboxSpec
from ktui.adapters.sandbox.state import FIRST_CONTROLLER, Node, SandboxState


def default_data_dir(mode: Mode) -> Path:
    """Where a user's sandbox of this kind lives unless told otherwise."""
    return Path(platformdirs.user_state_dir("ktui")) / "sandbox" / mode.value


def check_spec(spec: SandboxSpec) -> None:
    """Refuse what cannot be brought up."""
    for what, count in (("brokers", spec.brokers), ("controllers", spec.coordinators)):
        if not 1 <= count <= MOST_NODES:
            raise SandboxError(f"a sandbox has 1 to {MOST_NODES} {what}, not {count}")
    if "," in str(spec.data_dir):
        raise SandboxError(
            f"Kafka takes a comma for the end of a folder's name: {spec.data_dir} cannot be used"
        )


def ports_needed(spec: SandboxSpec) -> int:
    """How many ports its nodes listen on."""
    return spec.brokers + spec.coordinators * (3 if _is_ensemble(spec) else 1)


def new_state(spec: SandboxSpec, ports: Sequence[int]) -> SandboxState:
    """A sandbox that was never started, on these ports."""
    return SandboxState(
        mode=spec.mode,
        cluster_id=new_id(),
        security=spec.security,
        nodes=tuple(_nodes(spec, iter(ports))),
        properties=dict(spec.properties),
    )


def with_controller(state: SandboxState, cluster_id: str, port: int) -> SandboxState:
    """The same ZooKeeper cluster with a KRaft controller beside it, to which it migrates."""
    controller = Node(
        name=f"{Role.CONTROLLER}-{FIRST_CONTROLLER}", role=Role.CONTROLLER, id=FIRST_CONTROLLER, port=port
    )
    return replace(state, cluster_id=cluster_id, nodes=(*state.nodes, controller))


def new_id() -> str:
    """A random id as Kafka writes one: 22 characters, never with a leading dash, which tools take for an option."""
    while True:
        text = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        if not text.startswith("-"):
            return text


def servers_of(state: SandboxState, role: Role) -> str:
    """The `host:port,host:port` of a role's nodes."""
    return ",".join(f"{HOST}:{node.port}" for node in state.of_role(role))


def data_folder(data_dir: Path, node: Node) -> Path:
    """Where a node keeps its data."""
    return data_dir / "data" / node.name


def log_file(data_dir: Path, node: Node) -> Path:
    """Where a node's log goes."""
    return data_dir / "logs" / f"{node.name}.log"


def config_file(data_dir: Path, node: Node) -> Path:
    """What a node is started with."""
    return data_dir / "config" / f"{node.name}.properties"


def temporary_folder(data_dir: Path, node: Node) -> Path:
    """Where a node unpacks its native libraries."""
    return data_dir / "tmp" / node.name


def _is_ensemble(spec: SandboxSpec) -> bool:
    return spec.mode is Mode.ZOOKEEPER and spec.coordinators > 1


def _nodes(spec: SandboxSpec, ports: Iterator[int]) -> Iterator[Node]:
    for number in range(1, spec.brokers + 1):
        yield _node(spec, Role.BROKER, number, next(ports))
    if spec.mode is Mode.KRAFT:
        for number in range(FIRST_CONTROLLER, FIRST_CONTROLLER + spec.coordinators):
            yield _node(spec, Role.CONTROLLER, number, next(ports))
        return
    for number in range(1, spec.coordinators + 1):
        port = next(ports)
        peers = (next(ports), next(ports)) if _is_ensemble(spec) else ()
        yield _node(spec, Role.ZOOKEEPER, number, port, peers)


def _node(spec: SandboxSpec, role: Role, number: int, port: int, peers: tuple[int, ...] = ()) -> Node:
    return Node(
        name=f"{role}-{number}",
        role=role,
        id=number,
        port=port,
        peer_ports=peers,
        directory_id=new_id() if spec.mode is Mode.KRAFT else "",
    )
