"""A real ZooKeeper that holds a cluster's metadata of any size, without any broker: what a controller would write."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
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
from ktui.adapters.sandbox.serving import zookeeper_serves
from ktui.adapters.sandbox.spec import HOST, Mode, Role, SandboxSpec
from ktui.adapters.sandbox.state import Node, Process, save_state
from ktui.adapters.sandbox.storage import format_storage, write_configs
from tests.raw_zookeeper import RawZooKeeper, replicas_of, state, state_path, topic_name

START_TIMEOUT_S: Final = 60.0
BASE_HEAP_MB: Final = 256
HEAP_KB_A_PARTITION: Final = 3


class BigZooKeeper:
    """`topics` topics of `partitions` partitions, three replicas on 30 brokers that are registered and not there."""

    def __init__(self, topics: int, partitions: int) -> None:
        self.topics = topics
        self.partitions = partitions
        self._folder = Path(tempfile.mkdtemp(prefix="ktui-zk-"))
        self._process: Process | None = None
        self._guard: Guard | None = None
        spec = SandboxSpec(Mode.ZOOKEEPER, self._folder, brokers=1, controllers=1)
        self._state = new_state(spec, claim_ports(self._folder, ports_needed(spec)))

    @property
    def total(self) -> int:
        """How many partitions there are."""
        return self.topics * self.partitions

    @property
    def port(self) -> int:
        return self._node.port

    @property
    def address(self) -> str:
        return f"{HOST}:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def __enter__(self) -> Self:
        try:
            self._up()
            self.fill()
        except BaseException:
            self._down()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._down()

    def fill(self) -> None:
        """Write all of it."""
        with RawZooKeeper(self.port) as client:
            client.create(self._nodes())

    def _nodes(self) -> Iterator[tuple[str, bytes]]:
        for path in (
            "/cluster", "/brokers", "/brokers/ids", "/brokers/topics", "/admin", "/admin/delete_topics",
            "/config", "/config/topics", "/config/changes", "/config/brokers",
        ):  # fmt: skip
            yield path, b""
        yield "/cluster/id", json.dumps({"version": "1", "id": "st1C5ysiS-iZI1dMWpEtBg"}).encode()
        yield "/controller_epoch", b"1"
        yield "/controller", json.dumps({"version": 1, "brokerid": 1, "timestamp": "1"}).encode()
        for broker in range(1, 31):
            endpoints = [f"PLAINTEXT://127.0.0.1:{broker}"]
            held = {
                "version": 5,
                "endpoints": endpoints,
                "timestamp": "1",
                "host": "127.0.0.1",
                "port": broker,
            }
            yield f"/brokers/ids/{broker}", json.dumps(held).encode()
        for topic in range(self.topics):
            yield from self._topic(topic)

    def _topic(self, topic: int) -> Iterator[tuple[str, bytes]]:
        name, rows = topic_name(topic), range(self.partitions)
        assigned = {str(row): replicas_of(topic, row) for row in rows}
        held = {"version": 3, "partitions": assigned, "adding_replicas": {}, "removing_replicas": {}}
        yield f"/brokers/topics/{name}", json.dumps(held, separators=(",", ":")).encode()
        yield f"/brokers/topics/{name}/partitions", b""
        for row in rows:
            replicas = replicas_of(topic, row)
            yield f"/brokers/topics/{name}/partitions/{row}", b""
            yield state_path(topic, row), state(replicas[0], replicas, 0)

    @property
    def _node(self) -> Node:
        return self._state.of_role(Role.ZOOKEEPER)[0]

    def _up(self) -> None:
        runtime = Runtime(find_java(), Mode.ZOOKEEPER, class_path(RELEASES[Mode.ZOOKEEPER], lambda _: None))
        self._state = replace(self._state, owner=processes.identify(os.getpid()))
        save_state(self._folder, self._state)
        if self._state.owner is not None:
            self._guard = Guard(self._folder, self._state.owner)
        write_configs(self._folder, self._state)
        format_storage(runtime, self._folder, self._state)
        log = log_file(self._folder, self._node)
        for folder in (log.parent, temporary_folder(self._folder, self._node)):
            folder.mkdir(parents=True, exist_ok=True)
        heap = f"-Xmx{BASE_HEAP_MB + self.total * HEAP_KB_A_PARTITION // 1024}m"
        words = server_command(runtime, self._folder, self._node)
        command = [re.sub(r"^-Xmx\d+m$", heap, word) for word in words]
        self._process = processes.spawn(command, log, server_environment())
        until = time.monotonic() + START_TIMEOUT_S
        while not zookeeper_serves(self.port):
            if time.monotonic() > until:
                raise RuntimeError(f"ZooKeeper does not serve:\n{log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.1)

    def _down(self) -> None:
        if self._process is not None:
            processes.kill(self._process)
        if self._guard is not None:
            self._guard.close()
        shutil.rmtree(self._folder, ignore_errors=True)
