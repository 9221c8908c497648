"""From a state file to what is there now."""

from __future__ import annotations

from pathlib import Path

from ktui.adapters.sandbox import processes
from ktui.adapters.sandbox.layout import servers_of
from ktui.adapters.sandbox.processes import Life
from ktui.adapters.sandbox.spec import HOST, Mode, NodeState, NodeStatus, Role, SandboxStatus
from ktui.adapters.sandbox.state import Node, SandboxState


def status_of(data_dir: Path, mode: Mode, state: SandboxState | None) -> SandboxStatus:
    """Look at every process that the state names; `mode` is for a folder without a state."""
    if state is None:
        return SandboxStatus(
            mode=mode,
            data_dir=data_dir,
            nodes=(),
            bootstrap_servers="",
            bootstrap_controllers=None,
            zookeeper=None,
        )
    nodes = tuple(_status_of_node(node) for node in state.nodes)
    is_left_alone = state.owner is not None and processes.life_of(state.owner) is Life.GONE
    return SandboxStatus(
        mode=state.mode,
        data_dir=data_dir,
        nodes=nodes,
        bootstrap_servers=servers_of(state, Role.BROKER),
        bootstrap_controllers=servers_of(state, Role.CONTROLLER) or None,
        zookeeper=servers_of(state, Role.ZOOKEEPER) or None,
        is_orphaned=is_left_alone and any(node.pid is not None for node in nodes),
    )


def _status_of_node(node: Node) -> NodeStatus:
    life = processes.life_of(node.process)
    return NodeStatus(
        name=node.name,
        role=node.role,
        id=node.id,
        host=HOST,
        port=node.port,
        pid=node.process.pid if node.process and life is not Life.GONE else None,
        state=_state_of(node, life),
    )


def _state_of(node: Node, life: Life) -> NodeState:
    match life:
        case Life.RUNNING:
            return NodeState.RUNNING
        case Life.SUSPENDED:
            return NodeState.HUNG
        case Life.GONE:
            return NodeState.KILLED if node.is_wanted else NodeState.STOPPED
