"""Lag, its trend, when it is caught up, and the status: as cells, wherever groups are shown."""

from __future__ import annotations

from typing import Final

from ktui.adapters.groups.model import GroupDetail, GroupPart, LagStatus
from ktui.tui.present.formats import UNKNOWN, age, number, rate
from ktui.widgets.cells import Run, Tone

READING: Final = "…"
"""Asked for, or not watched long enough to say."""
NONE: Final = "-"
STANDS_STILL: Final = 0.05
"""Records a second below which a lag neither grows nor shrinks."""

STATUS_TONE: Final = {
    LagStatus.OK: Tone.MUTED,
    LagStatus.WARNING: Tone.WARN,
    LagStatus.REWIND: Tone.WARN,
    LagStatus.STALLED: Tone.BAD,
    LagStatus.STOPPED: Tone.BAD,
}


def lag_cell(detail: GroupDetail | None) -> Run:
    """Records to read; `-` where nothing was committed."""
    if detail is None or (detail.parts is None and detail.reason is None):
        return Run(READING, Tone.MUTED)
    if detail.parts is None:
        return Run(UNKNOWN, Tone.MUTED)
    if not any(part.committed is not None for part in detail.parts):
        return Run(NONE, Tone.MUTED)
    return _lag(detail.lag)


def part_lag_cell(part: GroupPart) -> Run:
    return Run(NONE, Tone.MUTED) if part.committed is None else _lag(part.lag)


def _lag(lag: int | None) -> Run:
    return Run(number(lag), Tone.MUTED if not lag else Tone.NORMAL)


def trend_cell(trend: float | None, lag: int | None) -> Run:
    """`+12/s` grows, `-3.4/s` shrinks."""
    if lag is None or trend is None:
        return Run(READING if lag is not None else "", Tone.MUTED)
    if abs(trend) < STANDS_STILL:
        return Run("0", Tone.MUTED)
    return Run(f"{'+' if trend > 0 else '-'}{rate(abs(trend))}/s", Tone.WARN if trend > 0 else Tone.MUTED)


def catch_up_cell(detail: GroupDetail | None) -> Run:
    """Until nothing is left at this pace; `never` while it grows, `-` while it stays."""
    if detail is None or not detail.lag:
        return Run("", Tone.MUTED)
    trend, seconds = detail.trend, detail.catch_up_s
    if trend is None:
        return Run(READING, Tone.MUTED)
    if abs(trend) < STANDS_STILL or seconds is None:
        return Run("never", Tone.WARN) if trend >= STANDS_STILL else Run(NONE, Tone.MUTED)
    return Run(age(seconds), Tone.MUTED)


def status_cell(status: LagStatus | None, lag: int | None) -> Run:
    if status is None:
        return Run(READING if lag is not None else "", Tone.MUTED)
    return Run(status.value, STATUS_TONE[status])
