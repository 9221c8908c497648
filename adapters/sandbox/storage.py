"""Makes the data folders of a new sandbox, with one run of Kafka's own tool for all controllers.

What `StorageTool format` leaves in the folder of a voter is a `meta.properties`, which names the node, and a first
snapshot of the metadata log, which names all voters and is the same for all. A broker's folder gets a
`meta.properties` alone. So one folder is formatted, and the others are written beside it.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ktui.adapters.sandbox.errors import SandboxError
from ktui.adapters.sandbox.launch import Runtime, java_command, server_environment
from ktui.adapters.sandbox.layout import config_file, data_folder
from ktui.adapters.sandbox.properties import properties_text, server_properties, zookeeper_properties
from ktui.adapters.sandbox.spec import HOST, Mode, Role
from ktui.adapters.sandbox.state import Node, SandboxState

_METADATA: Final = "__cluster_metadata-0"
_FORMAT_TIMEOUT_S: Final = 120


def write_configs(data_dir: Path, state: SandboxState) -> None:
    """Write what the servers are started with; nothing of it is kept from an earlier start."""
    for node in state.nodes:
        path = config_file(data_dir, node)
        path.parent.mkdir(parents=True, exist_ok=True)
        make = zookeeper_properties if node.role is Role.ZOOKEEPER else server_properties
        path.write_text(make(data_dir, state, node), encoding="ascii")


def format_storage(runtime: Runtime, data_dir: Path, state: SandboxState) -> None:
    """Make the data folders anew; whatever half-made ones hold is removed."""
    shutil.rmtree(data_dir / "data", ignore_errors=True)
    for node in state.nodes:
        data_folder(data_dir, node).mkdir(parents=True)
    if state.mode is Mode.ZOOKEEPER:
        for node in state.of_role(Role.ZOOKEEPER):
            (data_folder(data_dir, node) / "myid").write_text(f"{node.id}\n", encoding="ascii")
        return
    first, *others = state.of_role(Role.CONTROLLER)
    _run_format(runtime, data_dir, state, first, (first, *others))
    for node in others:
        shutil.copytree(data_folder(data_dir, first) / _METADATA, data_folder(data_dir, node) / _METADATA)
    for node in (*others, *state.of_role(Role.BROKER)):
        _write_meta(data_dir, state, node)


def cluster_id_of(data_dir: Path, state: SandboxState) -> str:
    """What the brokers of a ZooKeeper cluster call it, once they have run."""
    path = data_folder(data_dir, state.of_role(Role.BROKER)[0]) / "meta.properties"
    try:
        lines = path.read_text(encoding="ascii").splitlines()
        return next(line.partition("=")[2] for line in lines if line.startswith("cluster.id="))
    except (OSError, StopIteration) as error:
        raise SandboxError(f"{path} does not name the cluster: did its brokers ever run?") from error


def format_migrating_controller(runtime: Runtime, data_dir: Path, state: SandboxState) -> None:
    """Make the folder of the controller that a ZooKeeper cluster migrates to; its voters are in its configuration."""
    (node,) = state.of_role(Role.CONTROLLER)
    data_folder(data_dir, node).mkdir(parents=True)
    _run_format(runtime, data_dir, state, node, ())


def _run_format(
    runtime: Runtime, data_dir: Path, state: SandboxState, node: Node, voters: Sequence[Node]
) -> None:
    initial = ",".join(f"{voter.id}@{HOST}:{voter.port}:{voter.directory_id}" for voter in voters)
    command = [
        *java_command(runtime, "-Xmx96m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"),
        "kafka.tools.StorageTool",
        "format",
        f"--cluster-id={state.cluster_id}",
        f"--config={config_file(data_dir, node)}",
        *([f"--initial-controllers={initial}"] if voters else []),
    ]
    try:
        done = subprocess.run(
            command,
            env=server_environment(),
            capture_output=True,
            text=True,
            timeout=_FORMAT_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise SandboxError(f"the storage of {node.name} could not be formatted: {error}") from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()
        raise SandboxError(f"the storage of {node.name} could not be formatted:\n{said}")


def _write_meta(data_dir: Path, state: SandboxState, node: Node) -> None:
    meta = {
        "version": "1",
        "cluster.id": state.cluster_id,
        "node.id": str(node.id),
        "directory.id": node.directory_id,
    }
    path = data_folder(data_dir, node) / "meta.properties"
    path.write_text(properties_text(meta), encoding="ascii")
