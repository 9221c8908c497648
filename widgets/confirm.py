"""Dialogs: type a name to confirm what cannot be undone, and a sentence to be read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget

from ktui.widgets.cells import Line, Run, Tone, line
from ktui.widgets.dialog import Dialog
from ktui.widgets.line_input import LineInput
from ktui.widgets.line_widget import Note
from ktui.widgets.lines_panel import LinesPanel
from ktui.widgets.push_button import PushButton

MOST_STATUS_LINES = 6


class ConfirmName(Dialog[bool]):
    """Acts only when the full name was typed. Its result says whether the action was confirmed.

    With `keep_open` it posts `Confirmed` and stays, so that `set_status` can tell how it goes on until
    `finish` is called; leaving it earlier does not take the confirmation back.
    """

    DEFAULT_CSS = """
    ConfirmName > #box { border: round $error; }
    ConfirmName #prompt { margin-top: 1; }
    ConfirmName #entry { height: 1; }
    ConfirmName LineInput { width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Cancel", id="dialog.cancel")]

    class Confirmed(Message):
        def __init__(self, dialog: ConfirmName) -> None:
            super().__init__()
            self.dialog = dialog

    def __init__(
        self,
        title: str,
        body: Sequence[Line],
        *,
        expected: str,
        action: str = "Delete",
        prompt: str = "Type the name to delete it:",
        wanted: str = "the full name",
        keep_open: bool = False,
    ) -> None:
        super().__init__()
        self.expected = expected
        self._title = title
        self._action = action
        self._keep_open = keep_open
        self._wanted = wanted
        self._was_confirmed = False
        self._body = LinesPanel(body, wrap=True, focusable=True, id="body")
        self._prompt = LinesPanel((line(prompt), line(Run(expected, Tone.MARK))), wrap=True, id="prompt")
        self._typed_name = LineInput(id="name")
        self._status = LinesPanel(wrap=True, id="status")
        self._cancel = PushButton("Cancel", id="cancel")
        self._act = PushButton(action, tone=Tone.BAD, id="act")
        self._act.block(self._locked)

    def compose(self) -> ComposeResult:
        buttons = Horizontal(self._cancel, self._act, id="buttons")
        entry = Horizontal(Note(line(Run("> ", Tone.KEY))), self._typed_name, id="entry")
        yield self.make_box(self._title, self._body, self._prompt, entry, self._status, buttons)

    def on_mount(self) -> None:
        self._typed_name.focus()

    def scrolling_part(self) -> Widget:
        return self._body

    @property
    def _locked(self) -> str:
        return f"locked: type {self._wanted}"

    @property
    def name_is_complete(self) -> bool:
        return self._typed_name.value == self.expected

    def set_body(self, lines: Sequence[Line]) -> None:
        self._show(self._body, lines)

    def set_status(self, lines: Sequence[Line]) -> None:
        self._show(self._status, lines[-MOST_STATUS_LINES:])

    def finish(self, lines: Sequence[Line]) -> None:
        """The last status; from here on only closing is left."""
        self.set_status(lines)
        if self.is_attached:
            self._cancel.set_label("Close")
            self._cancel.focus()

    def confirmed(self) -> None:
        if self._keep_open:
            self.post_message(self.Confirmed(self))
        else:
            self.dismiss(True)

    def action_leave(self) -> None:
        self.dismiss(self._was_confirmed)

    def _show(self, panel: LinesPanel, lines: Sequence[Line]) -> None:
        if self.is_attached:
            panel.show(lines)
            self.call_after_refresh(self.fit_scrolling_part)

    def _confirm(self) -> None:
        if self._was_confirmed:
            return
        if not self.name_is_complete:
            self.set_status((line(Run(f"Nothing was done: that is not {self._wanted}.", Tone.WARN)),))
            return
        self._was_confirmed = True
        self._typed_name.disabled = True
        self._act.block("confirmed")
        self._cancel.set_label("Close, it goes on")
        self._cancel.focus()
        self.confirmed()

    @on(LineInput.Changed)
    def _typed(self, event: LineInput.Changed) -> None:
        event.stop()
        self.set_status(())
        if self.name_is_complete:
            self._act.unblock()
        else:
            self._act.block(self._locked)

    @on(LineInput.Submitted)
    def _entered(self, event: LineInput.Submitted) -> None:
        event.stop()
        self._confirm()

    @on(PushButton.Pressed)
    def _pressed(self, event: PushButton.Pressed) -> None:
        event.stop()
        if event.button is self._act:
            self._confirm()
        else:
            self.action_leave()


class Notice(Dialog[None]):
    """A sentence with details, until it is closed."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "leave", "Close", id="dialog.cancel")]

    def __init__(
        self, title: str, sentence: str, details: Sequence[Line] = (), *, tone: Tone = Tone.NORMAL
    ) -> None:
        super().__init__()
        self._title = title
        self._sentence = LinesPanel((line(Run(sentence, tone)),), wrap=True, id="sentence")
        self._details = LinesPanel(details, wrap=True, focusable=True, id="details")
        self._close = PushButton("Close", id="close")

    def compose(self) -> ComposeResult:
        buttons = Horizontal(self._close, id="buttons")
        yield self.make_box(self._title, self._sentence, self._details, buttons)

    def on_mount(self) -> None:
        self._close.focus()

    def scrolling_part(self) -> Widget:
        return self._details

    def action_leave(self) -> None:
        self.dismiss(None)

    @on(PushButton.Pressed)
    def _pressed(self, event: PushButton.Pressed) -> None:
        event.stop()
        self.action_leave()
