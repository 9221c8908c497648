"""A form that is checked while it is filled in and keeps everything typed when sending it fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from ktui.widgets.cells import Line, Run, Tone, line
from ktui.widgets.dialog import Dialog
from ktui.widgets.form_fields import FieldRow, FieldSpec, own_error
from ktui.widgets.lines_panel import LinesPanel
from ktui.widgets.push_button import PushButton

Values = Mapping[str, str]
SEND_GROUP = "form.send"


@dataclass(frozen=True, slots=True)
class FormOutcome:
    """How sending went: a sentence when it failed, and sentences for single fields."""

    ok: bool
    sentence: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)


class FormScreen(Dialog[dict[str, str] | None]):
    """Its result is what was sent, or None when it was left.

    `check` gives error sentences by field while typing; `submit` sends; `preview` is a text that follows
    the values, such as the same command for a shell.
    """

    DEFAULT_CSS = """
    FormScreen #fields { height: auto; scrollbar-size-vertical: 1; }
    FormScreen #buttons { margin-top: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "Send", priority=True, id="form.send"),
        Binding("escape", "leave", "Cancel", id="dialog.cancel"),
    ]

    def __init__(
        self,
        title: str,
        fields: Sequence[FieldSpec],
        *,
        check: Callable[[Values], Values],
        submit: Callable[[Values], Awaitable[FormOutcome]],
        preview: Callable[[Values], str] | None = None,
        action: str = "Create",
        intro: Sequence[Line] = (),
    ) -> None:
        super().__init__()
        self._title = title
        self._check = check
        self._submit = submit
        self._make_preview = preview
        self._specs = tuple(fields)
        self._rows: list[FieldRow] = []
        self._fields = VerticalScroll(id="fields")
        self._intro = LinesPanel(intro, wrap=True, id="intro")
        self._preview = LinesPanel(wrap=True, id="preview")
        self._sentence = LinesPanel(wrap=True, id="sentence")
        self._send = PushButton(f"{action} ctrl+s", id="send")
        self._cancel = PushButton("Cancel esc", id="cancel")
        self._sending = False
        self._warned = False
        self._refusals: dict[str, tuple[str, str]] = {}

    def compose(self) -> ComposeResult:
        self._rows = [FieldRow(spec) for spec in self._specs]
        self._fields = VerticalScroll(*self._rows, id="fields", can_focus=False)
        buttons = Horizontal(self._send, self._cancel, id="buttons")
        yield self.make_box(self._title, self._intro, self._fields, self._preview, self._sentence, buttons)

    def on_mount(self) -> None:
        self._intro.display = bool(self._intro.lines)
        if self._rows:
            self._rows[0].field.focus()
        self._follow_values()

    def scrolling_part(self) -> Widget:
        return self._fields

    def values(self) -> dict[str, str]:
        return {row.spec.key: row.value for row in self._rows}

    def errors(self) -> dict[str, str]:
        """One sentence for each field that cannot be sent as it is."""
        values = self.values()
        errors = {row.spec.key: own_error(row.spec, row.value) for row in self._rows}
        for key, sentence in self._check(values).items():
            errors[key] = errors.get(key) or sentence
        for key, (refused, sentence) in self._refusals.items():
            if values.get(key) == refused:
                errors[key] = errors.get(key) or sentence
        return {key: sentence for key, sentence in errors.items() if sentence}

    def action_leave(self) -> None:
        if self._sending and not self._warned:
            self._warned = True
            self._say(
                "It was sent and the answer is not there yet. Escape again leaves without it.", Tone.WARN
            )
        else:
            self.dismiss(None)

    def action_send(self) -> None:
        if self._sending:
            return
        for row in self._rows:
            row.touched = True
        errors = self.errors()
        self._follow_values()
        if errors:
            self._say(_needs_attention(len(errors)), Tone.BAD)
            self._focus_first(errors)
            return
        self._sending = True
        self._warned = False
        self._lock("waiting for the answer")
        self._say("Sent, waiting for the answer.", Tone.MUTED)
        self.run_worker(self._deliver(self.values()), group=SEND_GROUP, exit_on_error=False)

    async def _deliver(self, values: dict[str, str]) -> None:
        outcome = await self._submit(values)
        if outcome.ok:
            self.dismiss(values)
            return
        self._refusals = {key: (values.get(key, ""), sentence) for key, sentence in outcome.errors.items()}
        self._unlock()
        self._say(outcome.sentence or _needs_attention(len(outcome.errors)), Tone.BAD)
        self._follow_values()
        self._focus_first(outcome.errors)

    @on(Worker.StateChanged)
    def _failed(self, event: Worker.StateChanged) -> None:
        if event.worker.group == SEND_GROUP and event.state is WorkerState.ERROR:
            event.stop()
            self._unlock()
            error = event.worker.error
            self._say(f"It failed unexpectedly: {type(error).__name__}: {error}", Tone.BAD)

    def _lock(self, because: str) -> None:
        self._send.block(because)
        self._fields.disabled = True
        self._cancel.focus()

    def _unlock(self) -> None:
        self._sending = False
        self._send.unblock()
        self._fields.disabled = False
        self._focus_first({row.spec.key: "" for row in self._rows})

    def _focus_first(self, keys: Mapping[str, str]) -> None:
        for row in self._rows:
            if row.spec.key in keys:
                row.field.focus()
                return

    def _follow_values(self) -> None:
        errors = self.errors()
        for row in self._rows:
            row.show_error(errors.get(row.spec.key, "") if row.touched else "")
        if self._make_preview:
            self._show(self._preview, (line(Run(self._make_preview(self.values()), Tone.MUTED)),))

    def _say(self, sentence: str, tone: Tone) -> None:
        self._show(self._sentence, (line(Run(sentence, tone)),))

    def _show(self, panel: LinesPanel, lines: Sequence[Line]) -> None:
        panel.show(lines)
        self.call_after_refresh(self.fit_scrolling_part)

    @on(FieldRow.Changed)
    def _changed(self, event: FieldRow.Changed) -> None:
        event.stop()
        self._follow_values()

    @on(FieldRow.Entered)
    def _entered(self, event: FieldRow.Entered) -> None:
        event.stop()
        at = self._rows.index(event.row)
        if at + 1 < len(self._rows):
            self._rows[at + 1].field.focus()
        else:
            self.action_send()

    @on(PushButton.Pressed)
    def _pressed(self, event: PushButton.Pressed) -> None:
        event.stop()
        if event.button is self._send:
            self.action_send()
        else:
            self.action_leave()


def _needs_attention(fields: int) -> str:
    return "One field needs attention." if fields == 1 else f"{fields} fields need attention."
