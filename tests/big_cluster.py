"""A cluster of any size on one machine: a real controller, one real broker, and made-up ones that hold the partitions.

The controller does not care whether a broker has a data folder, and the real broker serves all of the metadata.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from ktui.adapters.sandbox import processes
from ktui.adapters.sandbox.guardian import Guard
from ktui.adapters.sandbox.jars import class_path
from ktui.adapters.sandbox.java import find_java
from ktui.adapters.sandbox.launch import Runtime, server_command, server_environment
from ktui.adapters.sandbox.layout import log_file, new_state, ports_needed, temporary_folder
from ktui.adapters.sandbox.locked_jars import RELEASES
from ktui.adapters.sandbox.ports import claim_ports
from ktui.adapters.sandbox.serving import accepts, brokers_known_to
from ktui.adapters.sandbox.spec import HOST, Mode, Role, SandboxSpec
from ktui.adapters.sandbox.state import Node, Process, save_state
from ktui.adapters.sandbox.storage import format_storage, write_configs
from tests.made_up_brokers import ControllerSocket, MadeUpBrokers, create_topics

FIRST_MADE_UP: Final = 1001
PARTITIONS_A_STEP: Final = 5_000
START_TIMEOUT_S: Final = 240.0
PROPERTIES: Final = {"broker.heartbeat.interval.ms": "1000"}
BASE_HEAP_MB: Final = 512
HEAP_KB_A_PARTITION: Final = 4


class BigCluster:
    """`topics` topics of `partitions_per_topic` partitions, on brokers of which only broker 1 is real."""

    def __init__(
        self,
        topics: int,
        partitions_per_topic: int,
        *,
        made_up_brokers: int = 30,
        replication_factor: int = 3,
        session_timeout_s: float = 9.0,
        say: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.topics = topics
        self.partitions = topics * partitions_per_topic
        self._partitions_per_topic = partitions_per_topic
        self._replication_factor = replication_factor
        self._ids = range(FIRST_MADE_UP, FIRST_MADE_UP + made_up_brokers)
        self._say = say
        self._folder = Path(tempfile.mkdtemp(prefix="ktui-big-"))
        self._running: list[Process] = []
        self._guard: Guard | None = None
        self.made_up: MadeUpBrokers | None = None
        properties = {**PROPERTIES, "broker.session.timeout.ms": str(round(1000 * session_timeout_s))}
        spec = SandboxSpec(Mode.KRAFT, self._folder, brokers=1, controllers=1, properties=properties)
        self._state = new_state(spec, claim_ports(self._folder, ports_needed(spec)))

    @property
    def bootstrap_servers(self) -> str:
        """The one real broker."""
        return f"{HOST}:{self._broker.port}"

    @property
    def bootstrap_controllers(self) -> str:
        """The one controller."""
        return f"{HOST}:{self._controller.port}"

    @property
    def topic_names(self) -> list[str]:
        """All of them, in their order."""
        return [f"topic-{number:06}" for number in range(self.topics)]

    def __enter__(self) -> Self:
        try:
            self.up()
        except BaseException:
            self.down()
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.down()

    def up(self) -> None:
        """Controller, made-up brokers, topics, and last the real broker, so that it holds no partition."""
        start = time.monotonic()
        runtime = Runtime(find_java(), Mode.KRAFT, class_path(RELEASES[Mode.KRAFT], self._say))
        self._state = replace(self._state, owner=processes.identify(os.getpid()))
        save_state(self._folder, self._state)
        if self._state.owner is not None:
            self._guard = Guard(self._folder, self._state.owner)
        write_configs(self._folder, self._state)
        format_storage(runtime, self._folder, self._state)
        self._start(runtime, self._controller, lambda: accepts(self._controller.port))
        self._say(f"controller serves after {time.monotonic() - start:.1f} s")
        self.made_up = MadeUpBrokers(self._controller.port, self._state.cluster_id, self._ids)
        self._create_topics()
        self._say(f"{self.partitions:,} partitions after {time.monotonic() - start:.1f} s")
        self._start(runtime, self._broker, lambda: 1 in brokers_known_to(self._broker.port))
        self._say(f"broker serves after {time.monotonic() - start:.1f} s")

    def down(self) -> None:
        """End everything and remove its folder."""
        if self.made_up is not None:
            self.made_up.close()
        for process in reversed(self._running):
            processes.kill(process)
        if self._guard is not None:
            self._guard.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def create_topic(self, name: str, partitions: int) -> None:
        """One more, at the controller: the metadata names made-up brokers as controllers."""
        connection = ControllerSocket(self._controller.port)
        create_topics(connection, [name], partitions, self._replication_factor)
        connection.close()

    @property
    def _controller(self) -> Node:
        return self._state.of_role(Role.CONTROLLER)[0]

    @property
    def _broker(self) -> Node:
        return self._state.of_role(Role.BROKER)[0]

    def _create_topics(self) -> None:
        connection = ControllerSocket(self._controller.port, timeout_s=START_TIMEOUT_S)
        step = max(1, PARTITIONS_A_STEP // self._partitions_per_topic)
        names = self.topic_names
        for at in range(0, len(names), step):
            self._create_step(connection, names[at : at + step])
        connection.close()

    def _create_step(self, connection: ControllerSocket, names: list[str]) -> None:
        """A machine that is busy may have let the heartbeats of all brokers come too late: they are up again soon."""
        until = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                create_topics(connection, names, self._partitions_per_topic, self._replication_factor)
            except RuntimeError as error:
                if "invalid_replication_factor" not in str(error) or time.monotonic() > until:
                    raise
                time.sleep(1)
            else:
                return

    def _start(self, runtime: Runtime, node: Node, is_serving: Callable[[], bool]) -> None:
        log = log_file(self._folder, node)
        for folder in (log.parent, temporary_folder(self._folder, node)):
            folder.mkdir(parents=True, exist_ok=True)
        heap = f"-Xmx{BASE_HEAP_MB + self.partitions * HEAP_KB_A_PARTITION // 1024}m"
        command = [re.sub(r"^-Xmx\d+m$", heap, word) for word in server_command(runtime, self._folder, node)]
        process = processes.spawn(command, log, server_environment())
        self._running.append(process)
        until = time.monotonic() + START_TIMEOUT_S
        while not is_serving():
            is_gone = processes.life_of(process) is processes.Life.GONE
            if is_gone or time.monotonic() > until:
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
                raise RuntimeError(f"{node.name} {'ended' if is_gone else 'does not serve'}:\n{tail}")
            time.sleep(0.1)
