"""Loopback ports below the range of outgoing connections.

A client's connection may take a port of that range that a killed node just left, or connect to itself on it. So the
ports of all sandboxes of a user lie below, and a file under a lock remembers whose they are, also while a node is down.
"""

from __future__ import annotations

import json
import random
import socket
from pathlib import Path
from typing import Final

import platformdirs

from ktui.adapters.sandbox.errors import SandboxError
from ktui.adapters.sandbox.exclusive import locked
from ktui.adapters.sandbox.spec import HOST
from ktui.adapters.sandbox.state import STATE_FILE

FIRST: Final = 20_000
LAST: Final = 29_999
_OUTGOING_RANGE: Final = Path("/proc/sys/net/ipv4/ip_local_port_range")
_FEWEST: Final = 200


def claim_ports(data_dir: Path, count: int, *, keeps: bool = False) -> tuple[int, ...]:
    """Claim free neighbouring ports, as far as there are any, for a data folder; unless it `keeps` its earlier ones."""
    registry = Path(platformdirs.user_state_dir("ktui")) / "sandbox" / "ports.json"
    registry.parent.mkdir(parents=True, exist_ok=True)
    with locked(registry.with_suffix(".lock")):
        claims = _claims_in_use(registry)
        before = claims.get(str(data_dir), []) if keeps else []
        claims[str(data_dir)] = before
        taken = {port for ports in claims.values() for port in ports}
        chosen = _choose(count, taken)
        claims[str(data_dir)] = [*before, *chosen]
        registry.write_text(json.dumps(claims), encoding="utf-8")
    return chosen


def _claims_in_use(registry: Path) -> dict[str, list[int]]:
    """Without the claims of folders that are gone."""
    try:
        claims: dict[str, list[int]] = json.loads(registry.read_bytes())
    except (OSError, ValueError):
        return {}
    return {folder: ports for folder, ports in claims.items() if (Path(folder) / STATE_FILE).exists()}


def _choose(count: int, taken: set[int]) -> tuple[int, ...]:
    last = _last_port()
    start = random.randint(FIRST, last)
    chosen: list[int] = []
    for port in (*range(start, last + 1), *range(FIRST, start)):
        if port not in taken and _is_free(port):
            chosen.append(port)
            if len(chosen) == count:
                return tuple(chosen)
    raise SandboxError(f"there are no {count} free ports between {FIRST} and {last} on {HOST}")


def _last_port() -> int:
    """The highest port that no outgoing connection takes, if enough of ours lie below it."""
    try:
        lowest_outgoing = int(_OUTGOING_RANGE.read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return LAST
    last = min(LAST, lowest_outgoing - 1)
    return last if last - FIRST >= _FEWEST else LAST


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
