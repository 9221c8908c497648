"""The fields of a form: a label, a place to type or choose, and a line of hint or error under it."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from enum import StrEnum

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.suggester import SuggestFromList

from ktui.widgets.cells import Run, Tone, line
from ktui.widgets.line_input import LineInput
from ktui.widgets.line_widget import Note
from ktui.widgets.lines_panel import LinesPanel
from ktui.widgets.typed_fields import Choice, LinesInput

LABEL_WIDTH = 22


class FieldKind(StrEnum):
    TEXT = "text"
    INT = "int"
    CHOICE = "choice"
    LINES = "lines"
    SECRET = "secret"
    """Nobody can read it from the screen."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    key: str
    label: str
    _: KW_ONLY
    value: str = ""
    hint: str = ""
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    choices: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    """Words to complete what is typed: → takes the one that is shown; in a field of several lines ctrl+n does."""


def own_error(spec: FieldSpec, value: str) -> str:
    """What is wrong with a value by the kind of its field alone; empty when nothing is."""
    text = value.strip()
    if not text:
        return "is needed" if spec.required else ""
    if spec.kind is FieldKind.INT and not text.removeprefix("-").isdecimal():
        return "must be a whole number"
    return ""


class FieldRow(Vertical):
    """One field. An error takes the place of the hint."""

    DEFAULT_CSS = f"""
    FieldRow {{ height: auto; }}
    FieldRow > Horizontal {{ height: auto; }}
    FieldRow #label {{ width: {LABEL_WIDTH - 2}; }}
    FieldRow LineInput {{ width: 1fr; }}
    FieldRow #remark {{ width: 1fr; height: auto; min-height: 1; margin-left: {LABEL_WIDTH}; }}
    """

    class Changed(Message):
        def __init__(self, row: FieldRow) -> None:
            super().__init__()
            self.row = row

    class Entered(Message):
        """Enter, but not in a field of several lines."""

        def __init__(self, row: FieldRow) -> None:
            super().__init__()
            self.row = row

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__()
        self.spec = spec
        self.touched = False
        self.field: LineInput | LinesInput | Choice
        match spec.kind:
            case FieldKind.CHOICE:
                self.field = Choice(spec.choices, spec.value)
            case FieldKind.LINES:
                self.field = LinesInput(spec.value, words=spec.suggestions)
            case FieldKind.SECRET:
                self.field = LineInput(spec.value, is_secret=True)
            case FieldKind.TEXT | FieldKind.INT:
                known = SuggestFromList(spec.suggestions) if spec.suggestions else None
                self.field = LineInput(spec.value, suggester=known)
        self._label = Note(line(spec.label + (" *" if spec.required else "")), id="label")
        self._remark = LinesPanel(wrap=True, id="remark")

    def compose(self) -> ComposeResult:
        yield Horizontal(self._label, Note(line(Run("> ", Tone.KEY))), self.field)
        yield self._remark

    def on_mount(self) -> None:
        self.show_error("")

    @property
    def value(self) -> str:
        return self.field.text if isinstance(self.field, LinesInput) else self.field.value

    def show_error(self, sentence: str) -> None:
        if sentence:
            self._remark.show((line(Run(f"! {sentence}", Tone.BAD)),))
        else:
            self._remark.show((line(Run(self.spec.hint, Tone.MUTED)),))

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        if not self.touched:
            self.touched = True
            self.post_message(self.Changed(self))

    @on(LineInput.Changed)
    @on(LinesInput.Changed)
    @on(Choice.Changed)
    def _changed(self, event: Message) -> None:
        event.stop()
        self.touched = True
        self.post_message(self.Changed(self))

    @on(LineInput.Submitted)
    @on(Choice.Submitted)
    def _entered(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Entered(self))
