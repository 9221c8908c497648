"""The places of a form to type several lines into, or to choose one of a few words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widgets import TextArea
from textual.widgets.text_area import Edit, EditResult

from ktui.widgets.cells import Line, Run, Tone, line
from ktui.widgets.line_input import printable
from ktui.widgets.line_widget import LineWidget

LINES_HEIGHT = 3


class LinesInput(TextArea):
    """Several lines of plain text; tab leaves it."""

    DEFAULT_CSS = f"""
    LinesInput, LinesInput:focus {{
        height: {LINES_HEIGHT}; padding: 0; background: $surface; scrollbar-size-vertical: 1;
        & .text-area--cursor-line {{ background: transparent; }}
    }}
    LinesInput:nocolor .text-area--cursor, LinesInput:ansi .text-area--cursor {{
        color: $foreground; background: transparent; text-style: reverse;
    }}
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("ctrl+n", "complete", "Complete", show=False)]

    def __init__(self, value: str = "", *, words: Sequence[str] = (), id: str | None = None) -> None:
        """`words` complete the beginning of a line, as far as they agree."""
        super().__init__(value, compact=True, soft_wrap=False, show_line_numbers=False, id=id)
        self.cursor_blink = False
        self._words = tuple(words)

    @property
    def line_here(self) -> str:
        """Up to the cursor."""
        row, column = self.cursor_location
        return str(self.document.get_line(row))[:column]

    def action_complete(self) -> None:
        start = self.line_here
        near = [word for word in self._words if word.startswith(start)]
        if near:
            self.insert(_common(near)[len(start) :])

    def edit(self, edit: Edit) -> EditResult:
        edit.text = "\n".join(printable(part) for part in edit.text.splitlines() or [edit.text]) + (
            "\n" if edit.text.endswith(("\n", "\r")) else ""
        )
        return super().edit(edit)


def _common(words: Sequence[str]) -> str:
    """What all of them begin with."""
    least, most = min(words), max(words)
    return least[
        : next((at for at, (a, b) in enumerate(zip(least, most, strict=False)) if a != b), len(least))
    ]


class Choice(LineWidget, can_focus=True):
    """One of a few words; left and right choose."""

    DEFAULT_CSS = "Choice { width: 1fr; background: $surface; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "choose(-1)", "Previous", show=False),
        Binding("right,l,space", "choose(1)", "Next", show=False),
        Binding("enter", "submit", "Enter", show=False),
    ]

    class Changed(Message):
        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

    class Submitted(Message):
        """It was left as it is, with enter."""

    def __init__(self, choices: tuple[str, ...], value: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._choices = choices or (value,)
        self._at = self._choices.index(value) if value in self._choices else 0

    @property
    def value(self) -> str:
        return self._choices[self._at]

    def arranged(self, width: int) -> Line:
        before = "◂ " if self._at else "  "
        after = " ▸" if self._at + 1 < len(self._choices) else ""
        return line(Run(before, Tone.KEY), self.value, Run(after, Tone.KEY))

    def render_line(self, y: int) -> Strip:
        drawn = super().render_line(y)
        return drawn.apply_style(Style(reverse=True)) if self.has_focus else drawn

    def on_click(self) -> None:
        self.action_choose(1)

    def action_choose(self, step: int) -> None:
        self._at = (self._at + step) % len(self._choices)
        self.repaint_changed()
        self.post_message(self.Changed(self))

    def action_submit(self) -> None:
        self.post_message(self.Submitted())
