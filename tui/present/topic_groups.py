"""The groups that read one topic as rows: their lag on this topic alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from ktui.adapters.groups.model import GroupDetail
from ktui.adapters.groups.view import GroupsView
from ktui.tui.present.formats import UNKNOWN, number
from ktui.tui.present.groups import STALE_SIGN, state_cell, state_of
from ktui.tui.present.lag_cells import READING, catch_up_cell, lag_cell, status_cell, trend_cell
from ktui.tui.present.sanitise import safe
from ktui.widgets.cells import Align, ColumnSpec, Run, Tone
from ktui.widgets.rows import Row

COLUMNS: Final = (
    ColumnSpec("name", "GROUP", 28, grow=True, min_width=16),
    ColumnSpec("state", "STATE", 19, min_width=10),
    ColumnSpec("members", "READ BY", 7, Align.RIGHT),
    ColumnSpec("lag", "LAG HERE", 12, Align.RIGHT, min_width=9),
    ColumnSpec("trend", "TREND", 9, Align.RIGHT, min_width=8),
    ColumnSpec("left", "LEFT", 5, Align.RIGHT),
    ColumnSpec("status", "STATUS", 8, min_width=7),
)


def row(name: str, topic: str, view: GroupsView) -> Row:
    """The key is the group's name."""
    group, detail = view.by_name.get(name), view.details.get(name)
    here = None if detail is None else _of_topic(detail, topic)
    lag = None if here is None else here.lag
    is_stale = group is not None and group.coordinator in view.stale_coordinators
    cells = (
        Run(safe(name)),
        state_cell(None if group is None else state_of(group, detail)),
        _members(detail, topic),
        lag_cell(here),
        trend_cell(None if here is None else here.trend, lag),
        catch_up_cell(here),
        status_cell(None if here is None else here.status, lag),
    )
    return Row(name, cells, sign=STALE_SIGN if is_stale else "")


def _of_topic(detail: GroupDetail, topic: str) -> GroupDetail:
    if detail.parts is None:
        return detail
    return replace(detail, parts=tuple(part for part in detail.parts if part.topic == topic))


def _members(detail: GroupDetail | None, topic: str) -> Run:
    """How many members have partitions of the topic."""
    if detail is None or (detail.seen is None and detail.reason is None):
        return Run(READING, Tone.MUTED)
    if detail.seen is None or any(member.assigned is None for member in detail.seen.members):
        return Run(UNKNOWN, Tone.MUTED)
    count = sum(topic in (member.assigned or {}) for member in detail.seen.members)
    return Run(number(count), Tone.NORMAL if count else Tone.MUTED)
