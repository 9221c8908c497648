"""What the audit file says."""

from __future__ import annotations

import json
from collections.abc import Callable

from ktui.adapters.operate.operator import Operator, Paths

Make = Callable[..., Operator]


def audit_lines(paths: Paths) -> list[dict[str, object]]:
    if not paths.audit.exists():
        return []
    return [json.loads(line) for line in paths.audit.read_text().splitlines()]


def phases(paths: Paths) -> list[tuple[object, object]]:
    return [(line["phase"], line.get("outcome")) for line in audit_lines(paths)]
