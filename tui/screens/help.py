"""The help, made from the registry of commands."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from ktui.adapters.rates.view import EMPTY_VIEW, RatesView
from ktui.tui.commands import COMMANDS, TABLE_KEYS, Argument, Command, Group, key_text
from ktui.tui.present.groups_help import groups_lines
from ktui.tui.present.rates_help import rates_lines
from ktui.widgets.cells import Line, Run, Tone
from ktui.widgets.fitting import fit
from ktui.widgets.lines_panel import LinesPanel
from ktui.widgets.status_line import StatusLine, StatusSegment

TAIL_FILTERS: Final = (
    ("word", "key, value or a header contains it"),
    ("key=K key^=K key*=K", "the key is, begins with, contains; key~R matches"),
    ("key:int64=5", "the key in another form: hex, int32, int64, uuid"),
    ("value*=V value~R", "the value contains, matches; tombstone: has none"),
    ("header.NAME=V", "a header; header.NAME alone: is there"),
    ("partition=0,4-6", "only these partitions"),
    ("time>=-5m time<…", "by timestamp"),
    (".amount > 100", "a field of JSON; and, or, not, ( )"),
    ("!TERM", "the opposite of a term; all terms must hold"),
)
SIGNS: Final = (
    ("1 2✕ 3!", "replicas as assigned: 2 is out of sync and not up, 3 lags"),
    ("◆", "the active controller"),
    ("✕ ▲ ▼", "a broker that is missing, fenced, shutting down"),
    ("▁▂▅█", "messages a second, a cell a second; · is no answer"),
    ("est.", "bytes a second estimated from how the leaders' logs grow"),
    ("~", "the row changed a moment ago"),
    ("▸ ▾ ≈", "a story, an open one; a time known only from two looks"),
    ("?", "not known"),
    ("no right", "this principal may not ask for it"),
    ("live", "heard within two periods of asking; else the age of the picture"),
)


class HelpScreen(ModalScreen[None]):
    """All keys; those that work in the view below first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,f1,enter", "dismiss", "Close", show=False, id="help.close")
    ]

    def __init__(self, lines: Sequence[Line], here: str) -> None:
        super().__init__()
        self._title = StatusLine(
            (
                StatusSegment((Run("Help", Tone.TITLE), Run(f"  keys on the screen: {here}", Tone.MUTED))),
                StatusSegment((Run("esc closes", Tone.MUTED),), grow_right=True),
            ),
            classes="title",
        )
        self._panel = LinesPanel(lines, focusable=True)

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._panel

    def on_mount(self) -> None:
        self._panel.focus()


def help_lines(
    offered: Collection[str],
    keymap: Mapping[str, str],
    rates: RatesView = EMPTY_VIEW,
    *,
    is_replay: bool = False,
) -> tuple[Line, ...]:
    """Commands that are not offered now are left out, unless they are only elsewhere: those are grey."""
    shown = (*_lines(offered, keymap, is_replay), (), *rates_lines(rates))
    return shown if is_replay else (*shown, (), *groups_lines())


def _lines(offered: Collection[str], keymap: Mapping[str, str], is_replay: bool) -> Iterator[Line]:
    for group in Group:
        here = [c for c in COMMANDS if c.group is group and c.in_replay in (None, is_replay)]
        if not here or (is_replay and group is Group.CHANGING):
            continue
        yield (Run(group.value, Tone.TITLE),)
        for command in here:
            yield _command_line(command, command.name in offered, keymap)
        if group is Group.MOVING:
            yield from (_sign(keys, meaning) for keys, meaning in TABLE_KEYS)
        yield ()
    yield (Run("Filters of a tail", Tone.TITLE),)
    yield from (_filter(text, meaning) for text, meaning in TAIL_FILTERS)
    yield ()
    yield (Run("Signs", Tone.TITLE),)
    for sign, meaning in SIGNS:
        yield _sign(sign, meaning)


def _command_line(command: Command, is_here: bool, keymap: Mapping[str, str]) -> Line:
    word = f":{command.words[0]}" if command.words else command.title
    if command.argument is not Argument.NONE:
        word += f" {command.argument.value}"
    return _entry(key_text(command, keymap), command.help, word, is_here=is_here)


def _entry(key: str, meaning: str, word: str, *, is_here: bool) -> Line:
    tone = Tone.NORMAL if is_here else Tone.MUTED
    return (
        Run(f"  {key:<10}", Tone.KEY if is_here else Tone.MUTED),
        Run(f" {word:<20}", tone),
        Run(f" {meaning}", tone),
    )


def _filter(text: str, meaning: str) -> Line:
    return (Run(f"  {fit(text, 21)}", Tone.KEY), Run(meaning))


def _sign(sign: str, meaning: str) -> Line:
    return (Run(f"  {fit(sign, 13)}", Tone.KEY), Run(meaning))
