"""A hidden line with a prompt and an input, shown while something is typed into it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from ktui.widgets.cells import Line, Tone, line
from ktui.widgets.cells import Run as TextRun
from ktui.widgets.line_input import LineInput
from ktui.widgets.line_widget import Note


class PromptBar(Horizontal):
    """Takes the focus when opened and gives it back when closed."""

    PROMPT: ClassVar[str] = ""
    DEFAULT_CSS = """
    PromptBar { display: none; height: 1; background: $surface; }
    PromptBar.-open { display: block; }
    PromptBar > LineInput { width: 1fr; }
    PromptBar > #note { max-width: 50%; margin-left: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", show=False, id="prompt.cancel"),
    ]

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._input = self.make_input()
        self._note = Note(id="note")
        self._focused_before: Widget | None = None

    def make_input(self) -> LineInput:
        return LineInput()

    def compose(self) -> ComposeResult:
        yield Note(line(TextRun(self.PROMPT, Tone.KEY)), id="prompt")
        yield self._input
        yield self._note

    @property
    def is_open(self) -> bool:
        return self.has_class("-open")

    @property
    def text(self) -> str:
        return self._input.value

    def set_note(self, note: Line) -> None:
        """A short remark at the right, such as a count or what is wrong with the text."""
        self._note.show(note)

    def open(self, text: str = "") -> None:
        if not self.is_open:
            self._focused_before = self.screen.focused
            self.add_class("-open")
        self._input.put(text)
        self._input.focus()

    def hide(self) -> None:
        before = self._focused_before
        self._focused_before = None
        self.remove_class("-open")
        if self._input.has_focus:
            self.screen.set_focus(before if before and before.is_attached else None)
