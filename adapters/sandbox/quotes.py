"""The lines of a server's log that say why it failed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

_TELLING: Final = re.compile(r"\b(ERROR|FATAL)\b|Exception\b|Error\b|Caused by")
_STACK_FRAME: Final = re.compile(r"^\s+(at |\.\.\. \d+ more)")
_LAST_BYTES: Final = 64 * 1024
_TELLING_LINES: Final = 6
_OTHER_LINES: Final = 10
_LONGEST: Final = 300


def quote(log: Path, since: int = 0) -> str:
    """The telling end of what was written after byte `since`, indented, with the file's name; empty: nothing."""
    lines = [
        line for line in written(log, since).splitlines() if line.strip() and not _STACK_FRAME.match(line)
    ]
    telling = list(dict.fromkeys(line for line in lines if _TELLING.search(line)))[-_TELLING_LINES:]
    chosen = telling or lines[-_OTHER_LINES:]
    return "".join(f"\n    {line[:_LONGEST]}" for line in chosen) + f"\n    (all of it: {log})"


def written(log: Path, since: int = 0) -> str:
    """The end of what was written after byte `since`."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(since, size - _LAST_BYTES))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""


def size_of(log: Path) -> int:
    """Where the next start will write."""
    try:
        return log.stat().st_size
    except OSError:
        return 0
