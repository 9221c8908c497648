"""A sandbox: brought up, looked at, harmed and stopped, from this process or from another one later."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from ktui.adapters.sandbox import faults, processes, servers
from ktui.adapters.sandbox.errors import NodeFailed, SandboxError
from ktui.adapters.sandbox.exclusive import locked
from ktui.adapters.sandbox.guardian import Guard
from ktui.adapters.sandbox.jars import class_path
from ktui.adapters.sandbox.java import find_java
from ktui.adapters.sandbox.launch import Runtime
from ktui.adapters.sandbox.layout import check_spec, new_state, ports_needed, with_controller
from ktui.adapters.sandbox.locked_jars import RELEASES
from ktui.adapters.sandbox.ports import claim_ports
from ktui.adapters.sandbox.processes import Life
from ktui.adapters.sandbox.properties import check_properties
from ktui.adapters.sandbox.servers import Started
from ktui.adapters.sandbox.spec import Fault, Mode, Role, SandboxSpec, SandboxStatus
from ktui.adapters.sandbox.state import Node, SandboxState, load_state, save_state
from ktui.adapters.sandbox.status import status_of
from ktui.adapters.sandbox.storage import (
    cluster_id_of,
    format_migrating_controller,
    format_storage,
    write_configs,
)

Progress = Callable[[str], None]

_PORT_CHOICES: Final = 3


class Sandbox:
    """One sandbox, found again by its data folder. All calls block, and wait for each other across processes."""

    def __init__(
        self, spec: SandboxSpec, progress: Progress = lambda _: None, *, is_guarded: bool = False
    ) -> None:
        """`is_guarded`: what this process starts ends with it, whatever ends it."""
        self._spec = replace(spec, data_dir=spec.data_dir.expanduser().resolve())
        self._data_dir = self._spec.data_dir
        self._progress = progress
        self._is_guarded = is_guarded
        self._guard: Guard | None = None

    @classmethod
    def at(cls, data_dir: Path, progress: Progress = lambda _: None) -> Sandbox:
        """The sandbox that lives in this folder."""
        folder = data_dir.expanduser().resolve()
        state = load_state(folder)
        if state is None:
            raise SandboxError(f"there is no sandbox in {folder}; `ktui sandbox up` makes one")
        return cls(state.spec(folder), progress)

    @property
    def bootstrap_servers(self) -> str:
        """The brokers' `host:port,host:port`."""
        return self.status().bootstrap_servers

    @property
    def bootstrap_controllers(self) -> str | None:
        """The KRaft controllers; None on ZooKeeper."""
        return self.status().bootstrap_controllers

    @property
    def zookeeper(self) -> str | None:
        """The ZooKeeper servers; None on KRaft."""
        return self.status().zookeeper

    def status(self) -> SandboxStatus:
        """What is there now; no nodes when nothing was ever started here."""
        return status_of(self._data_dir, self._spec.mode, load_state(self._data_dir))

    def up(self) -> SandboxStatus:
        """Start what does not run, resume what hangs, and return when every broker serves."""
        check_spec(self._spec)
        check_properties(self._spec.properties)
        with self._alone():
            state = self._agreed(load_state(self._data_dir))
            before = self.status()
            if before.is_whole and not before.is_orphaned:
                return replace(before, was_running=True)
            self._end_strays(state)
            if state is None or not before.is_running:
                self._guard = self._new_guard()
            return self._bring_up(state, is_first_owner=not before.is_running or before.is_orphaned)

    def down(self, *, deletes_data: bool = False, at_once: bool = False) -> None:
        """End every server of this data folder; `at_once` kills them. Nothing happens when there is none."""
        if not self._data_dir.exists():
            return
        with self._alone():
            state = load_state(self._data_dir)
            if state is not None:
                self._end(state, at_once=at_once)
                nodes = tuple(replace(node, process=None, is_wanted=False) for node in state.nodes)
                save_state(self._data_dir, replace(state, nodes=nodes, owner=None))
            self._end_strays(None)
            if deletes_data:
                shutil.rmtree(self._data_dir, ignore_errors=True)
        if self._guard is not None:
            self._guard.close()
            self._guard = None

    def fault(self, action: Fault, name: str) -> SandboxStatus:
        """Do something to the node of this name, and return when it is done."""
        with self._alone():
            state = load_state(self._data_dir)
            if state is None:
                raise SandboxError(f"there is no sandbox in {self._data_dir}")
            node = faults.node_named(state, name)
            match action:
                case Fault.KILL:
                    faults.kill(node)
                case Fault.HANG:
                    faults.hang(node)
                case Fault.RESUME:
                    faults.resume(node)
                case Fault.STOP:
                    self._stop(node)
                case Fault.RESTART:
                    self._stop(node)
                    self._start((node,), brokers=())
            return self.status()

    def migrate(self) -> SandboxStatus:
        """Begin to migrate a running ZooKeeper cluster: a KRaft controller beside it, each broker restarted for it.

        Returns when every broker serves again; the controller takes over by itself a moment later.
        """
        with self._alone():
            state = load_state(self._data_dir)
            if state is None or state.mode is not Mode.ZOOKEEPER or state.is_migrating:
                raise SandboxError(f"{self._data_dir} holds no ZooKeeper cluster that could begin to migrate")
            (port,) = claim_ports(self._data_dir, 1, keeps=True)
            state = with_controller(state, cluster_id_of(self._data_dir, state), port)
            save_state(self._data_dir, state)
            format_migrating_controller(self._prepared(), self._data_dir, state)
            self._start(state.of_role(Role.CONTROLLER), brokers=())
            for broker in state.of_role(Role.BROKER):
                self._stop(broker)
                self._start((broker,), brokers=())
            return self.status()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._data_dir.mkdir(parents=True, exist_ok=True)
        with locked(
            self._data_dir / ".lock",
            on_wait=lambda: self._progress(f"waiting for another program that works on {self._data_dir}"),
        ):
            yield

    def _agreed(self, state: SandboxState | None) -> SandboxState | None:
        """The state with the properties asked for; refuses what does not fit to what is there."""
        if state is None:
            return None
        there = state.spec(self._data_dir)
        same = replace(self._spec, controllers=self._spec.coordinators)
        if replace(there, properties=same.properties) != same:
            raise SandboxError(
                f"{self._data_dir} holds a {there.mode} sandbox of {there.brokers} brokers and "
                f"{there.coordinators} {_coordinators_of(there)}: name another --data-dir, or `down --delete` it first"
            )
        if dict(there.properties) == dict(same.properties):
            return state
        if self.status().is_running:
            raise SandboxError(
                f"the sandbox in {self._data_dir} runs with other properties: take it down first"
            )
        return replace(state, properties=dict(same.properties))

    def _end_strays(self, state: SandboxState | None) -> None:
        """End servers that were started for this folder and that its state file does not know."""
        known = {node.process for node in state.nodes} if state else set()
        for process in processes.servers_by_folder().get(self._data_dir, ()):
            if process not in known:
                processes.kill(process)

    def _new_guard(self) -> Guard | None:
        if not self._is_guarded or self._guard is not None:
            return self._guard
        owner = processes.identify(os.getpid())
        return Guard(self._data_dir, owner) if owner else None

    def _bring_up(self, state: SandboxState | None, *, is_first_owner: bool) -> SandboxStatus:
        is_new = state is None or not state.is_formatted
        for choice in range(_PORT_CHOICES):
            if state is None:
                state = new_state(self._spec, claim_ports(self._data_dir, ports_needed(self._spec)))
            if is_first_owner:
                state = replace(state, owner=self._guard.owner if self._guard else None)
            save_state(self._data_dir, state)
            try:
                self._start(state.nodes, brokers=[node.id for node in state.of_role(Role.BROKER)])
                break
            except NodeFailed as error:
                if not (is_new and error.is_port_taken and choice + 1 < _PORT_CHOICES):
                    raise
                self._progress(f"a port of {error.name} was taken meanwhile; trying others")
                state = None
        return self.status()

    def _start(self, nodes: Sequence[Node], *, brokers: Sequence[int]) -> None:
        """Resume and start these nodes; when that fails, what was started here is ended again."""
        runtime = self._prepared()
        started: list[Node] = []

        def start(node: Node) -> Started:
            server = servers.start(runtime, self._data_dir, node)
            started.append(server.node)
            self._remember(server.node)
            return server

        def revived(node: Node) -> Started:
            match faults.life(node):
                case Life.GONE:
                    return start(node)
                case Life.SUSPENDED:
                    faults.resume(node)
            return servers.running(self._data_dir, node)

        try:
            for together in _in_order(nodes):
                servers.wait_until_serving(
                    [revived(node) for node in together],
                    brokers,
                    data_dir=self._data_dir,
                    progress=self._progress,
                    start_again=lambda server: start(server.node),
                )
        except BaseException:
            for node in started:
                faults.kill(node)
                self._remember(replace(node, is_wanted=False))
            raise

    def _end(self, state: SandboxState, *, at_once: bool) -> None:
        if at_once:
            for node in state.nodes:
                faults.kill(node)
        elif self.status().is_running:
            self._progress("stopping the servers")
            servers.end_all(self._data_dir, state.nodes, self._progress)

    def _stop(self, node: Node) -> None:
        servers.end_together(self._data_dir, (node,))
        self._remember(replace(node, is_wanted=False))

    def _prepared(self) -> Runtime:
        """Java, jars, configuration files and formatted folders; what is there already is left alone."""
        state = load_state(self._data_dir)
        if state is None:
            raise SandboxError(f"the state file in {self._data_dir} was removed")
        runtime = Runtime(find_java(), state.mode, class_path(RELEASES[state.mode], self._progress))
        write_configs(self._data_dir, state)
        if not state.is_formatted:
            self._progress(f"starting {RELEASES[state.mode]}: {', '.join(node.name for node in state.nodes)}")
            format_storage(runtime, self._data_dir, state)
            save_state(self._data_dir, replace(state, is_formatted=True))
        return runtime

    def _remember(self, node: Node) -> None:
        state = load_state(self._data_dir)
        if state is not None:
            save_state(self._data_dir, state.with_node(node))


def _in_order(nodes: Sequence[Node]) -> list[list[Node]]:
    """Controllers before brokers: one that starts amid the first elections may cling to a leader that lost.

    Brokers wait for a ZooKeeper that is still starting, so there all start at once.
    """
    controllers = [node for node in nodes if node.role is Role.CONTROLLER]
    others = [node for node in nodes if node.role is not Role.CONTROLLER]
    return [together for together in (controllers, others) if together]


def _coordinators_of(spec: SandboxSpec) -> str:
    return "controllers" if spec.mode == "kraft" else "ZooKeeper servers"


def sandboxes_running() -> tuple[Path, ...]:
    """The data folders of every running sandbox of this user, those that nobody remembers included."""
    return tuple(sorted(processes.servers_by_folder()))
