"""Makes the data folders of a new sandbox, with one run of Kafka's own tool for all controllers.

What `StorageTool format` leaves in the folder of a voter is a `meta.properties`, which names the node, and a first
snapshot of the metadata log, which names all voters and is the same for all. A broker's folder gets a
`meta.properties` alone. So one folder is formatted, and the others are written beside it.
"""

from __future__ import annotations

import shutil
import subprocess
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
    _run_format(runtime, data_dir, state, first)
    for node in others:
        shutil.copytree(data_folder(data_dir, first) / _METADATA, data_folder(data_dir, node) / _METADATA)
    for node in (*others, *state.of_role(Role.BROKER)):
        _write_meta(data_dir, state, node)


def _run_format(runtime: Runtime, data_dir: Path, state: SandboxState, node: Node) -> None:
    voters = ",".join(
        f"{voter.id}@{HOST}:{voter.port}:{voter.directory_id}" for voter in state.of_role(Role.CONTROLLER)
    )
    command = [
        *java_command(runtime, "-Xmx96m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"),
        "kafka.tools.StorageTool",
        "format",
        f"--cluster-id={state.cluster_id}",
        f"--config={config_file(data_dir, node)}",
        f"--initial-controllers={voters}",
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
