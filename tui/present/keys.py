"""Which keys the last line shows: those that work here, the screens, and always the help."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from ktui.tui.commands import BY_NAME, key_text
from ktui.widgets.fitting import text_width

Entry = tuple[str, str]

_SCREENS: Final = (
    "overview",
    "brokers",
    "topics",
    "partitions",
    "problems",
    "groups",
    "events",
    "tail",
    "quorum",
)
_SCREENS_SHORT: Final = ("1-9", "screens")
_SCREENS_LEAST: Final = 5
"""When not even so many fit, they are summed up."""
_WANTED: Final = (
    "next-problem",
    "step",
    "open",
    "follow",
    "next-tab",
    "filter",
    "leaders-only",
    "out-of-sync",
    "sort",
    "delete",
)
"""Those of the view; they go before the names of the screens. The last ones are left out first."""
_CREATE: Final = "create"
_FILLING: Final = (
    "from", "all-partitions", "tail-here", "produce",
    "cancel-move", "clear-throttle", "edit-config", "add-partitions", "elect", "move", "mark", "unmark",
    "shorter", "longer", "export", "chart", "problems-only", "internal", "describe", "pause", "copy", "utc", "refresh",
    "history", "create-like", "create", "reverse", "scale",
)  # fmt: skip
"""Where there is room for more."""
_ALWAYS: Final = ("command", "help")
WHILE_FILTERING: Final[tuple[Entry, ...]] = (
    ("enter", "keep"), ("esc", "clear"), ("!part", "all others"), ("~expr", "regular expression"),
)  # fmt: skip
WHILE_FILTERING_RECORDS: Final[tuple[Entry, ...]] = (
    ("word", "contains"), ("key=K", "exact key"), (".field > 1", "JSON"), ("partition=0", "and more: ?"),
    ("esc", "clear"),
)  # fmt: skip
WHILE_COMMANDING: Final[tuple[Entry, ...]] = (
    ("enter", "run"), ("tab", "complete"), ("↑ ↓", "earlier, later"), ("esc", "leave"),
)  # fmt: skip
_GAP: Final = 2


def bar(
    offered: Collection[str],
    keymap: Mapping[str, str],
    width: int,
    *,
    has_way_back: bool,
    titles: Mapping[str, str] | None = None,
) -> tuple[Entry, ...]:
    """The entries that fit into so many cells."""
    own = titles or {}

    def entry(name: str) -> Entry:
        command = BY_NAME[name]
        return key_text(command, keymap), own.get(name, command.title)

    end = [entry(name) for name in _ALWAYS]
    leave = (entry("quit")[0], "back" if has_way_back else "quit")
    wanted = [name for name in _WANTED if name in offered]
    if _CREATE in offered and "delete" in wanted:
        wanted.insert(-1, _CREATE)
    filling = [name for name in _FILLING if name in offered and name not in wanted]
    here = [entry(name) for name in wanted]
    screens = [entry(name) for name in _SCREENS]
    some = (screens[:count] for count in range(len(screens), _SCREENS_LEAST - 1, -1))
    ends = [[*shown, *end, leave] for shown in (*some, [_SCREENS_SHORT])]
    shorter = [[_SCREENS_SHORT, *end], [*end, leave]]
    for fixed in (*ends, *(reversed(shorter) if has_way_back else shorter)):
        if _fits([*here, *fixed], width):
            return _filled([*here, *map(entry, filling)], fixed, width)
    return _filled(here, end, width)


def _filled(here: Sequence[Entry], fixed: Sequence[Entry], width: int) -> tuple[Entry, ...]:
    kept = list(here)
    while kept and not _fits([*kept, *fixed], width):
        kept.pop()
    return (*kept, *fixed)


def _fits(entries: Sequence[Entry], width: int) -> bool:
    used = sum(text_width(key) + 1 + text_width(title) for key, title in entries)
    return used + _GAP * (len(entries) - 1) <= width
