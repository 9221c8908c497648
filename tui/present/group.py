"""One group: its facts, a line a partition, a line a member."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from ktui.adapters.groups.model import GroupDetail, GroupListed, GroupPart, Member
from ktui.tui.present.formats import UNKNOWN, counted, number
from ktui.tui.present.groups import state_cell, state_of, type_word
from ktui.tui.present.lag_cells import (
    NONE,
    catch_up_cell,
    lag_cell,
    part_lag_cell,
    status_cell,
    trend_cell,
)
from ktui.tui.present.sanitise import safe
from ktui.widgets.cells import Align, ColumnSpec, Line, Run, Tone
from ktui.widgets.rows import Row

PARTITION_COLUMNS: Final = (
    ColumnSpec("topic", "TOPIC", 20, grow=True, min_width=12),
    ColumnSpec("partition", "PART", 5, Align.RIGHT),
    ColumnSpec("committed", "COMMITTED", 13, Align.RIGHT, min_width=9),
    ColumnSpec("end", "END", 13, Align.RIGHT, min_width=9),
    ColumnSpec("lag", "LAG", 11, Align.RIGHT, min_width=8),
    ColumnSpec("trend", "TREND", 9, Align.RIGHT, min_width=8),
    ColumnSpec("status", "STATUS", 8, min_width=7),
    ColumnSpec("client", "CLIENT", 20, min_width=10, rank=1),
    ColumnSpec("host", "HOST", 16, min_width=9, rank=2),
)
MEMBER_COLUMNS: Final = (
    ColumnSpec("client", "CLIENT", 20, min_width=10),
    ColumnSpec("host", "HOST", 16, min_width=12),
    ColumnSpec("count", "PARTS", 5, Align.RIGHT),
    ColumnSpec("assigned", "ASSIGNED", 24, grow=True, min_width=14),
    ColumnSpec("instance", "INSTANCE", 16, rank=2),
    ColumnSpec("id", "MEMBER", 46, min_width=16, rank=1),
)


def facts(group: GroupListed, detail: GroupDetail | None) -> tuple[Line, ...]:
    """State and lag in two lines, and why something is missing in a third."""
    seen = None if detail is None else detail.seen
    lag = None if detail is None else detail.lag
    assignor = f"   assignor {safe(seen.assignor)}" if seen is not None and seen.assignor else ""
    members = UNKNOWN if seen is None else counted(len(seen.members), "member")
    lines: list[Line] = [
        (
            state_cell(state_of(group, detail)),
            Run(f"   {members}{assignor}   coordinator: broker {group.coordinator}", Tone.MUTED),
        ),
        (
            Run("lag ", Tone.MUTED),
            lag_cell(detail),
            Run("   trend ", Tone.MUTED),
            trend_cell(None if detail is None else detail.trend, lag),
            Run("   left ", Tone.MUTED),
            catch_up_cell(detail) if lag else Run(NONE, Tone.MUTED),
            Run("   status ", Tone.MUTED),
            status_cell(None if detail is None else detail.status, lag),
        ),
    ]
    if detail is not None and detail.reason:
        lines.append((Run(f"▲ {safe(detail.reason)}", Tone.WARN),))
    return tuple(lines)


def title(name: str, group: GroupListed | None) -> Line:
    kind = () if group is None else (Run(f"  {type_word(group)}", Tone.MUTED),)
    return (Run(safe(name), Tone.TITLE), *kind)


def partition_rows(parts: Iterable[GroupPart], matches: Callable[[str], bool]) -> list[Row]:
    """The key of a row is topic and index."""
    return [_partition_row(part) for part in parts if matches(part.topic)]


def _partition_row(part: GroupPart) -> Row:
    member = part.member
    cells = (
        Run(safe(part.topic)),
        Run(str(part.index)),
        Run(NONE if part.committed is None else number(part.committed), Tone.MUTED),
        Run(number(part.end), Tone.MUTED),
        part_lag_cell(part),
        trend_cell(part.trend, part.lag),
        status_cell(part.status, part.lag),
        Run(NONE if member is None else safe(member.client_id), Tone.MUTED),
        Run(NONE if member is None else safe(member.host), Tone.MUTED),
    )
    return Row((part.topic, part.index), cells)


def member_rows(members: Iterable[Member], matches: Callable[[str], bool]) -> list[Row]:
    """The key of a row is the member's id."""
    ordered = sorted(members, key=lambda member: (member.client_id, member.id))
    return [_member_row(m) for m in ordered if matches(m.client_id) or matches(m.id) or matches(m.host)]


def _member_row(member: Member) -> Row:
    assigned = member.assigned
    count = UNKNOWN if assigned is None else number(sum(map(len, assigned.values())))
    cells = (
        Run(safe(member.client_id)),
        Run(safe(member.host), Tone.MUTED),
        Run(count),
        Run(UNKNOWN if assigned is None else assigned_text(member), Tone.MUTED),
        Run(safe(member.instance_id or NONE), Tone.MUTED),
        Run(safe(member.id), Tone.MUTED),
    )
    return Row(member.id, cells)


def assigned_text(member: Member) -> str:
    """`orders 0-2,5  payments 1`; `-` for none."""
    parts = (member.assigned or {}).items()
    return "  ".join(f"{safe(topic)} {ranges(indexes)}" for topic, indexes in sorted(parts)) or NONE


def ranges(indexes: Iterable[int]) -> str:
    """`0-2,5`."""
    runs: list[list[int]] = []
    for index in sorted(indexes):
        if runs and index == runs[-1][1] + 1:
            runs[-1][1] = index
        else:
            runs.append([index, index])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
