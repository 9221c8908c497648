"""Starts servers, waits until they serve, and ends them; one place knows what can go wrong meanwhile."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ktui.adapters.sandbox import processes
from ktui.adapters.sandbox.archives import is_recording, keep_recorded
from ktui.adapters.sandbox.errors import NodeFailed
from ktui.adapters.sandbox.launch import Runtime, server_command, server_environment
from ktui.adapters.sandbox.layout import log_file, temporary_folder
from ktui.adapters.sandbox.processes import Life
from ktui.adapters.sandbox.quotes import quote, size_of, written
from ktui.adapters.sandbox.serving import accepts, brokers_known_to, zookeeper_serves
from ktui.adapters.sandbox.spec import HOST, Role
from ktui.adapters.sandbox.state import Node

Progress = Callable[[str], None]

START_TIMEOUT_S: Final = 120.0
_STOP_GRACE_S: Final = 15.0
_CONTROLLERS_GRACE_S: Final = 1.5
_RECORDING_GRACE_S: Final = 60.0
_POLL_S: Final = 0.05
_PASSING: Final = ("NodeExistsException", "waiting for the controller to acknowledge that we are caught up")
"""A broker met its own former session in ZooKeeper, or clung to a controller that lost an election meanwhile."""
_STOP_ORDER: Final = (Role.BROKER, Role.CONTROLLER, Role.ZOOKEEPER)
"""A broker says good-bye to a controller, and a controller of old to ZooKeeper."""


@dataclass(slots=True)
class Started:
    """A server under way; its log is its own from `log_start` on."""

    node: Node
    log_start: int
    retries: int = 2


def start(runtime: Runtime, data_dir: Path, node: Node) -> Started:
    """Start the server of a node that has none."""
    log, temporary = log_file(data_dir, node), temporary_folder(data_dir, node)
    log.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    log_start = size_of(log)
    command = server_command(runtime, data_dir, node, may_record=node.is_first)
    process = processes.spawn(command, log, server_environment())
    return Started(replace(node, process=process, is_wanted=True), log_start)


def running(data_dir: Path, node: Node) -> Started:
    """A server that runs already, as one to wait for."""
    return Started(node, size_of(log_file(data_dir, node)))


def wait_until_serving(
    started: Sequence[Started],
    brokers: Collection[int],
    *,
    data_dir: Path,
    progress: Progress,
    start_again: Callable[[Started], Started],
) -> None:
    """Wait until every server serves and every broker among them knows all of `brokers`."""
    until = time.monotonic() + START_TIMEOUT_S
    waiting = list(started)
    while waiting:
        for server in tuple(waiting):
            if _serves(server.node, brokers):
                waiting.remove(server)
                progress(f"{server.node.name} serves on {HOST}:{server.node.port}")
            elif processes.life_of(server.node.process) is Life.GONE:
                waiting[waiting.index(server)] = _after_end(server, data_dir, start_again)
        if waiting and time.monotonic() > until:
            late = waiting[0]
            said = quote(log_file(data_dir, late.node), late.log_start)
            raise NodeFailed(late.node.name, f"does not serve after {START_TIMEOUT_S:.0f} s", quote=said)
        time.sleep(_POLL_S if waiting else 0)


def end_all(data_dir: Path, nodes: Sequence[Node], progress: Progress) -> None:
    """End the nodes' servers, those that others take leave of last.

    Controllers without a majority wait seconds for it in vain; their log is made to survive being killed.
    """
    if any(node.process and is_recording(temporary_folder(data_dir, node)) for node in nodes):
        progress("keeping what was loaded, once: later starts take half the time")
    for role in _STOP_ORDER:
        grace_s = _CONTROLLERS_GRACE_S if role is Role.CONTROLLER else _STOP_GRACE_S
        end_together(data_dir, [node for node in nodes if node.role is role], grace_s)


def end_together(data_dir: Path, nodes: Sequence[Node], grace_s: float = _STOP_GRACE_S) -> None:
    """Ask all at once, then wait for each; a server that hangs, or takes too long, is killed."""
    running = [(node, node.process) for node in nodes if node.process]
    for _, process in running:
        if processes.life_of(process) is Life.SUSPENDED:
            processes.kill(process)
        else:
            processes.send(process, processes.TERMINATE)
    asked = time.monotonic()
    for node, process in running:
        temporary = temporary_folder(data_dir, node)
        node_grace_s = _RECORDING_GRACE_S if is_recording(temporary) else grace_s
        if processes.wait_until_gone(process, max(0.0, asked + node_grace_s - time.monotonic())):
            keep_recorded(temporary)
        else:
            processes.kill(process)


def _serves(node: Node, brokers: Collection[int]) -> bool:
    match node.role:
        case Role.BROKER:
            return brokers_known_to(node.port).issuperset({node.id, *brokers})
        case Role.CONTROLLER:
            return accepts(node.port)
        case Role.ZOOKEEPER:
            return zookeeper_serves(node.port)


def _after_end(server: Started, data_dir: Path, start_again: Callable[[Started], Started]) -> Started:
    """Start it again if what it died of passes; otherwise say why it ended."""
    log = log_file(data_dir, server.node)
    said = written(log, server.log_start)
    if server.retries and any(words in said for words in _PASSING):
        return replace(start_again(server), retries=server.retries - 1)
    is_port_taken = "Address already in use" in said or "BindException" in said
    raise NodeFailed(
        server.node.name,
        "ended while it started",
        quote=quote(log, server.log_start),
        is_port_taken=is_port_taken,
    )
