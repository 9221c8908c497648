"""The rows of the screen of moves: from where to where, how far, how fast."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from typing import Final

from ktui.adapters.operate.moving import Moving
from ktui.adapters.operate.throttle import Throttled
from ktui.tui.present.formats import UNKNOWN, age, counted, ids, percent, rate, size
from ktui.tui.present.sanitise import safe
from ktui.widgets.cells import Align, ColumnSpec, Line, Run, Tone
from ktui.widgets.rows import Row

COLUMNS: Final = (
    ColumnSpec("topic", "TOPIC", 24, grow=True, min_width=14),
    ColumnSpec("partition", "PART", 5, Align.RIGHT),
    ColumnSpec("removing", "FROM", 9, min_width=6),
    ColumnSpec("adding", "TO", 9, min_width=6),
    ColumnSpec("done", "DONE", 5, Align.RIGHT),
    ColumnSpec("copied", "COPIED", 8, Align.RIGHT),
    ColumnSpec("total", "OF", 8, Align.RIGHT, rank=1),
    ColumnSpec("rate", "BYTES/S", 8, Align.RIGHT),
    ColumnSpec("left", "LEFT", 6, Align.RIGHT),
)
Key = tuple[str, int]


class Pace:
    """Bytes a second by the last two looks."""

    def __init__(self) -> None:
        self._before: dict[Key, tuple[float, int]] = {}
        self._per_s: dict[Key, float] = {}

    def take(self, seen: Sequence[Moving], now: float) -> None:
        """`now` in seconds, monotonic."""
        kept: dict[Key, tuple[float, int]] = {}
        for move in seen:
            key = (move.topic, move.partition)
            if move.copied_bytes is None:
                continue
            kept[key] = (now, move.copied_bytes)
            before = self._before.get(key)
            if before is not None and now > before[0] and move.copied_bytes >= before[1]:
                self._per_s[key] = (move.copied_bytes - before[1]) / (now - before[0])
        self._before = kept
        self._per_s = {key: per_s for key, per_s in self._per_s.items() if key in kept}

    def of(self, move: Moving) -> float | None:
        return self._per_s.get((move.topic, move.partition))

    @property
    def total(self) -> float | None:
        return sum(self._per_s.values()) if self._per_s else None


def rows(seen: Sequence[Moving], pace: Pace, marks: Collection[Hashable]) -> list[Row]:
    return [_row(move, pace.of(move), marks) for move in seen]


def _row(move: Moving, per_s: float | None, marks: Collection[Hashable]) -> Row:
    key = (move.topic, move.partition)
    share = move.share
    cells = (
        Run(safe(move.topic)),
        Run(str(move.partition)),
        Run(ids(move.removing) or "-", Tone.MUTED),
        Run(ids(move.adding) or "-"),
        Run(UNKNOWN if share is None else percent(round(share * 1000), 1000), Tone.ACCENT),
        Run(UNKNOWN if move.copied_bytes is None else size(move.copied_bytes)),
        Run(UNKNOWN if move.total_bytes is None else size(move.total_bytes), Tone.MUTED),
        Run(rate(per_s)),
        Run(_left(move, per_s), Tone.MUTED),
    )
    return Row(key, cells, marked=key in marks)


def _left(move: Moving, per_s: float | None) -> str:
    if move.copied_bytes is None or move.total_bytes is None or not per_s:
        return UNKNOWN
    return age(max(0, move.total_bytes - move.copied_bytes) / per_s)


def summary(seen: Sequence[Moving], pace: Pace) -> str:
    """`3 partitions, 12% done, 4.1M bytes/s`"""
    if not seen:
        return "none"
    parts = [counted(len(seen), "partition")]
    copied = [move.copied_bytes for move in seen if move.copied_bytes is not None]
    total = [move.total_bytes for move in seen if move.total_bytes is not None]
    whole = sum(total)
    if len(copied) == len(total) == len(seen) and whole:
        parts.append(f"{percent(min(sum(copied), whole), whole)} done")
    if pace.total is not None:
        parts.append(f"{rate(pace.total)} bytes/s")
    return ", ".join(parts)


def throttle_remark(throttled: Throttled) -> Line:
    """What brokers are held to; empty where none is."""
    if not throttled.brokers:
        return ()
    least = min(throttled.brokers.values())
    return (Run(f"throttled to {rate(float(least))} bytes/s", Tone.WARN),)
