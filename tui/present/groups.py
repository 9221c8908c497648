"""The rows of the table of groups: what all are called, and the rest of those in sight."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Final

from ktui.adapters.groups.model import EMPTY_STATES, GroupDetail, GroupListed
from ktui.adapters.groups.view import GroupsView
from ktui.tui.present.formats import UNKNOWN, number
from ktui.tui.present.lag_cells import READING, catch_up_cell, lag_cell, status_cell, trend_cell
from ktui.tui.present.sanitise import safe
from ktui.tui.present.slices import Steps
from ktui.widgets.cells import Align, ColumnSpec, Run, Tone
from ktui.widgets.rows import Row

COLUMNS: Final = (
    ColumnSpec("name", "GROUP", 28, grow=True, min_width=16),
    ColumnSpec("state", "STATE", 19, min_width=10),
    ColumnSpec("type", "TYPE", 9, rank=2),
    ColumnSpec("members", "MEMBERS", 7, Align.RIGHT),
    ColumnSpec("lag", "LAG", 12, Align.RIGHT, min_width=9),
    ColumnSpec("trend", "TREND", 9, Align.RIGHT, min_width=8),
    ColumnSpec("left", "LEFT", 5, Align.RIGHT),
    ColumnSpec("status", "STATUS", 8, min_width=7),
    ColumnSpec("coordinator", "COORD", 5, Align.RIGHT, rank=3),
)
SORTS: Final = ("name", "state", "type")
SLICE: Final = 2_000
STALE_SIGN: Final = Run("▲", Tone.WARN)


class GroupRows:
    """The key of a row is the group's name."""

    def __init__(self, groups: Sequence[GroupListed], view: GroupsView) -> None:
        self.groups = groups
        self._view = view
        self._rows: dict[str, int] | None = None

    @property
    def count(self) -> int:
        return len(self.groups)

    def row(self, index: int) -> Row:
        group = self.groups[index]
        return group_row(group, self._view.details.get(group.name), self._view)

    def index_of(self, key: Hashable) -> int | None:
        if self._rows is None:
            self._rows = {group.name: row for row, group in enumerate(self.groups)}
        return self._rows.get(key) if isinstance(key, str) else None

    def over(self, view: GroupsView) -> GroupRows:
        """The same rows with newer details."""
        rows = GroupRows(self.groups, view)
        rows._rows = self._rows
        return rows


def group_row(group: GroupListed, detail: GroupDetail | None, view: GroupsView) -> Row:
    """`detail`: None until it was asked for."""
    is_stale = group.coordinator in view.stale_coordinators
    lag = None if detail is None else detail.lag
    cells = (
        Run(safe(group.name), Tone.MUTED if is_stale else Tone.NORMAL),
        state_cell(state_of(group, detail)),
        Run(type_word(group), Tone.MUTED),
        members_cell(detail),
        lag_cell(detail),
        trend_cell(None if detail is None else detail.trend, lag),
        catch_up_cell(detail),
        status_cell(None if detail is None else detail.status, lag),
        Run(str(group.coordinator), Tone.WARN if is_stale else Tone.MUTED),
    )
    return Row(group.name, cells, sign=STALE_SIGN if is_stale else "")


def state_of(group: GroupListed, detail: GroupDetail | None) -> str | None:
    """The newer of what the list and the coordinator say."""
    return group.state if detail is None or detail.seen is None else detail.seen.state


def state_cell(state: str | None) -> Run:
    if state is None:
        return Run(UNKNOWN, Tone.MUTED)
    is_calm = state == "Stable" or state in EMPTY_STATES
    return Run(safe(state), Tone.MUTED if is_calm else Tone.WARN)


def type_word(group: GroupListed) -> str:
    """The type, and for classic groups that are no consumers what they are for."""
    if group.type is None:
        return UNKNOWN
    if group.protocol not in ("", "consumer", group.type.value) and group.type.value == "classic":
        return safe(group.protocol)
    return group.type.value


def members_cell(detail: GroupDetail | None) -> Run:
    if detail is None or (detail.seen is None and detail.reason is None):
        return Run(READING, Tone.MUTED)
    if detail.seen is None:
        return Run(UNKNOWN, Tone.MUTED)
    return Run(number(len(detail.seen.members)), Tone.NORMAL if detail.seen.members else Tone.MUTED)


def kept(
    listed: Sequence[GroupListed], matches: Callable[[str], bool], column: str, *, is_descending: bool
) -> Steps[Sequence[GroupListed]]:
    """Those whose name matches, in an order, in slices. `listed` is by name."""
    found: list[GroupListed] = []
    for start in range(0, len(listed), SLICE):
        found += [group for group in listed[start : start + SLICE] if matches(group.name)]
        yield
    if column != "name":
        by_word: dict[str, list[GroupListed]] = {}
        for group in found:
            word = (group.state or UNKNOWN) if column == "state" else type_word(group)
            by_word.setdefault(word, []).append(group)
        found = [group for word in sorted(by_word) for group in by_word[word]]
    return found[::-1] if is_descending else found
