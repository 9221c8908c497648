"""What signals do to a running node."""

from __future__ import annotations

import signal
from typing import Final

from ktui.adapters.sandbox import processes
from ktui.adapters.sandbox.errors import SandboxError
from ktui.adapters.sandbox.processes import Life
from ktui.adapters.sandbox.state import Node, Process, SandboxState

_SIGNAL_TIMEOUT_S: Final = 5.0


def node_named(state: SandboxState, name: str) -> Node:
    """The node of this name; SandboxError lists the names there are."""
    for node in state.nodes:
        if node.name == name:
            return node
    names = ", ".join(node.name for node in state.nodes)
    raise SandboxError(f"there is no node {name!r} in this sandbox; its nodes are {names}")


def life(node: Node) -> Life:
    """What the node's process does."""
    return processes.life_of(node.process)


def kill(node: Node) -> None:
    """SIGKILL, and gone when this returns."""
    if node.process:
        processes.kill(node.process)


def hang(node: Node) -> None:
    """SIGSTOP: its connections stay open and nothing answers."""
    process = _running(node)
    processes.send(process, signal.SIGSTOP)
    processes.wait_until_suspended(process, _SIGNAL_TIMEOUT_S)


def resume(node: Node) -> None:
    """SIGCONT; nothing happens to one that runs."""
    processes.send(_running(node), signal.SIGCONT)


def _running(node: Node) -> Process:
    if node.process is None or life(node) is Life.GONE:
        raise SandboxError(f"{node.name} does not run: start it with the fault `restart`")
    return node.process
