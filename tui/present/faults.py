"""What could not be read, a plain sentence each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ktui.adapters.model import ClusterSnapshot, Fault
from ktui.tui.present.formats import NO_RIGHT, UNKNOWN, age
from ktui.tui.present.sanitise import safe
from ktui.tui.present.verdict import is_missing_right
from ktui.widgets.cells import Line, Run, Tone

SHOWN: Final = 2


def fault_lines(faults: Iterable[Fault], now: float, limit: int = SHOWN) -> tuple[Line, ...]:
    """The blocking ones first; at most `limit` lines, the last saying how many more there are."""
    ordered = sorted(faults, key=lambda fault: not fault.blocks)
    shown = ordered if len(ordered) <= limit else ordered[: limit - 1]
    lines = [_line(fault, now) for fault in shown]
    left = len(ordered) - len(shown)
    if left:
        lines.append((Run(f"▲ {left} more could not be read", Tone.WARN),))
    return tuple(lines)


def _line(fault: Fault, now: float) -> Line:
    where = f", {safe(fault.where)}" if fault.where else ""
    reason = f": {safe(fault.reason)}"
    since = Run(f"  for {age(now - fault.since)}", Tone.MUTED)
    return (Run(f"▲ {safe(fault.what)}{where}", Tone.WARN), Run(reason), since)


def mark_for(snapshot: ClusterSnapshot, what: str, where: str | None = None) -> str:
    """What stands for a value that is absent: `no right` when that is why, else `?`."""
    concerned = (fault for fault in snapshot.faults if fault.what == what and where in (None, fault.where))
    return NO_RIGHT if any(is_missing_right(fault.reason) for fault in concerned) else UNKNOWN
