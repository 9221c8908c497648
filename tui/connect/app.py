"""The first screen when no cluster was named: profiles, a form for another cluster, the sandbox, the demo."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from ktui.tui import terminal
from ktui.tui.connect.choice import Choice, Entry
from ktui.tui.connect.form import ConnectForm
from ktui.widgets.cells import Run, Tone, line
from ktui.widgets.keys_in_order import KeysInOrder
from ktui.widgets.lines_panel import LinesPanel

TITLE_WIDTH = 26


class ConnectApp(KeysInOrder[Choice]):
    """Its result is what was chosen; None: nothing."""

    CSS_PATH = Path(__file__).with_name("connect.tcss")
    TITLE = "ktui"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,escape", "leave", "Leave"),
        Binding("ctrl+c", "interrupt", "Interrupt", priority=True, show=False),
        Binding("j", "down", show=False),
        Binding("k", "up", show=False),
    ]

    def __init__(
        self, entries: Sequence[Entry], *, file: Path, taken: frozenset[str], theme: str | None = None
    ) -> None:
        super().__init__(ansi_color=True if theme and theme.startswith("ansi") else None)
        if theme is not None:
            self.theme = theme
        self._entries = tuple(entries)
        self._file = file
        self._taken = taken
        self._list = OptionList(*(Option(_text(entry)) for entry in entries), compact=True)

    def compose(self) -> ComposeResult:
        yield LinesPanel((line(Run("ktui", Tone.TITLE), Run("  Which cluster?")),), id="heading")
        yield self._list
        hint = f"enter chooses, q leaves. Clusters get names in {self._file}"
        yield LinesPanel((line(Run(hint, Tone.MUTED)),), wrap=True, id="hint")

    def on_mount(self) -> None:
        self._list.highlighted = 0
        self._list.focus()

    @on(OptionList.OptionSelected)
    def _chosen(self, event: OptionList.OptionSelected) -> None:
        choice = self._entries[event.option_index].choice
        if choice is not None:
            self.exit(choice)
            return
        form = ConnectForm(self._file, self._taken)

        def use(values: dict[str, str] | None) -> None:
            if values is not None and form.choice is not None:
                self.exit(form.choice)

        self.push_screen(form, use)

    def action_leave(self) -> None:
        self.exit(None)

    def action_interrupt(self) -> None:
        self.exit(None, return_code=terminal.INTERRUPTED_CODE)

    def action_down(self) -> None:
        self._list.action_cursor_down()

    def action_up(self) -> None:
        self._list.action_cursor_up()


def _text(entry: Entry) -> Text:
    title = entry.title if len(entry.title) < TITLE_WIDTH else entry.title[: TITLE_WIDTH - 2] + "…"
    return Text.assemble(
        (title.ljust(TITLE_WIDTH), "bold"), (entry.detail, "dim"), no_wrap=True, overflow="ellipsis"
    )
