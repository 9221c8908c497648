"""A sandbox's status for people and for scripts."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ktui.adapters.sandbox.spec import SandboxStatus


def status_lines(status: SandboxStatus) -> list[str]:
    """A few lines: every node, the addresses, and how to go on."""
    if not status.nodes:
        return [f"No sandbox was started in {status.data_dir}; `ktui sandbox up` starts one."]
    width = max(len(node.name) for node in status.nodes)
    lines = [f"{status.mode} sandbox in {status.data_dir}"]
    lines += [
        f"  {node.name:<{width}}  {node.state:<7}  {node.host}:{node.port}"
        + (f"  pid {node.pid}" if node.pid is not None else "")
        for node in status.nodes
    ]
    if status.is_running:
        lines.append(f"ktui {' '.join(_addresses(status))}")
    return lines


def as_document(status: SandboxStatus, others: Sequence[Path]) -> dict[str, Any]:
    """The document of `status --json`."""
    return {
        "mode": status.mode.value,
        "running": status.is_running,
        "orphaned": status.is_orphaned,
        "nodes": [
            {
                "name": node.name,
                "role": node.role.value,
                "id": node.id,
                "host": node.host,
                "port": node.port,
                "pid": node.pid,
                "state": node.state.value,
            }
            for node in status.nodes
        ],
        "bootstrap_servers": status.bootstrap_servers or None,
        "bootstrap_controllers": status.bootstrap_controllers,
        "zookeeper": status.zookeeper,
        "data_dir": str(status.data_dir),
        "others": [str(folder) for folder in others],
    }


def down_command(folder: Path) -> str:
    """What ends the sandbox of a folder."""
    return f"ktui sandbox down --data-dir {shlex.quote(str(folder))}"


def _addresses(status: SandboxStatus) -> list[str]:
    words = ["-b", status.bootstrap_servers]
    if status.zookeeper:
        words += ["-z", status.zookeeper]
    return words
