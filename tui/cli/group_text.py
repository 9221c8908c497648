"""`ktui group list` and `describe` for people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ktui.adapters.groups.model import GroupDetail, GroupListed
from ktui.tui.cli.text_table import table_lines
from ktui.tui.present import group as rows
from ktui.tui.present.formats import UNKNOWN
from ktui.tui.present.groups import members_cell, state_cell, state_of, type_word
from ktui.tui.present.lag_cells import READING, lag_cell
from ktui.tui.present.sanitise import safe
from ktui.widgets.cells import ColumnSpec, plain
from ktui.widgets.rows import Row

_TITLES: Final = ("GROUP", "TYPE", "COORDINATOR", "STATE")
_LAG_TITLES: Final = ("MEMBERS", "LAG")


def list_lines(
    groups: Sequence[GroupListed], details: Mapping[str, GroupDetail] | None, *, is_coloured: bool
) -> Iterator[str]:
    """A line a group; members and lag where they were asked for."""
    titles = (*_TITLES[:-1], *(() if details is None else _LAG_TITLES), _TITLES[-1])
    found = [(group, None if details is None else details.get(group.name)) for group in groups]
    states = [state_cell(state_of(group, detail)) for group, detail in found]
    table = [
        (
            safe(group.name),
            type_word(group),
            str(group.coordinator),
            *(() if details is None else (_text(members_cell(detail).text), _text(lag_cell(detail).text))),
            state.text,
        )
        for (group, detail), state in zip(found, states, strict=True)
    ]
    right = ("COORDINATOR", *_LAG_TITLES)
    yield from table_lines(
        titles, table, right=right, tones=[state.tone for state in states], is_coloured=is_coloured
    )


def describe_lines(group: GroupListed, detail: GroupDetail | None, *, is_coloured: bool) -> Iterator[str]:
    """The group, its partitions, its members."""
    first, *others = ("".join(_text(run.text) for run in line) for line in rows.facts(group, detail))
    yield f"{safe(group.name)}  {type_word(group)}  {first}"
    yield from (f"  {line}" for line in others)
    parts = () if detail is None else detail.parts or ()
    if parts:
        yield from _table(rows.PARTITION_COLUMNS, rows.partition_rows(parts, _all), is_coloured=is_coloured)
    members = () if detail is None or detail.seen is None else detail.seen.members
    if members:
        yield from _table(rows.MEMBER_COLUMNS, rows.member_rows(members, _all), is_coloured=is_coloured)


def _table(columns: Sequence[ColumnSpec], made: Sequence[Row], *, is_coloured: bool) -> Iterator[str]:
    titles = [column.title for column in columns]
    right = [column.title for column in columns if column.align == "right"]
    table = [tuple(_text(plain(cell)) for cell in row.cells) for row in made]
    yield from (f"  {line}" for line in table_lines(titles, table, right=right, is_coloured=is_coloured))


def _text(words: str) -> str:
    """Nothing is awaited any more when a command prints."""
    return UNKNOWN if words == READING else words


def _all(_: str) -> bool:
    return True
