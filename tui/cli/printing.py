"""Lines and documents on standard output; what could not be read on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import Any

from ktui.adapters.model import Fault
from ktui.tui.cli.exits import complain
from ktui.tui.present.sanitise import safe


def print_lines(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


def print_json(document: dict[str, Any]) -> None:
    """One document on one line."""
    json.dump(document, sys.stdout, ensure_ascii=False)
    sys.stdout.write("\n")
    sys.stdout.flush()


def tell_faults(faults: Iterable[Fault]) -> None:
    """A line each."""
    for f in faults:
        complain(f"not read: {safe(f.what)} ({safe(f.where)}): {safe(f.reason)}")
