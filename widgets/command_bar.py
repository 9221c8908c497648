"""The line in which a command is typed, with completion and the commands typed before."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.suggester import Suggester

from ktui.widgets.cells import Run, Tone, line
from ktui.widgets.line_input import LineInput
from ktui.widgets.prompt_bar import PromptBar

KEPT_COMMANDS = 100
NOTED_COMPLETIONS = 8

Suggest = Callable[[str], list[str]]


class FirstCompletion(Suggester):
    """Shows the rest of the first completion behind the cursor."""

    def __init__(self, suggest: Suggest) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._suggest = suggest

    async def get_suggestion(self, value: str) -> str | None:
        return next((text for text in self._suggest(value) if text.startswith(value)), None)


class CommandBar(PromptBar):
    """`suggest` gives whole texts that complete what is typed; they are also offered for an empty text."""

    PROMPT: ClassVar[str] = ":"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete(1)", "Complete", show=False, priority=True, id="command.complete"),
        Binding(
            "shift+tab",
            "complete(-1)",
            "Complete back",
            show=False,
            priority=True,
            id="command.complete_back",
        ),
        Binding("up", "recall(-1)", "Earlier command", show=False, id="command.earlier"),
        Binding("down", "recall(1)", "Later command", show=False, id="command.later"),
    ]

    class BarMessage(Message):
        def __init__(self, bar: CommandBar) -> None:
            super().__init__()
            self.bar = bar

        @property
        def control(self) -> CommandBar:
            return self.bar

    class CommandEntered(BarMessage):
        def __init__(self, bar: CommandBar, text: str) -> None:
            super().__init__(bar)
            self.text = text

    class CommandClosed(BarMessage):
        """The line was left, with or without a command."""

    def __init__(self, suggest: Suggest, *, id: str | None = None, classes: str | None = None) -> None:
        self._suggest = suggest
        super().__init__(id=id, classes=classes)
        self._history: list[str] = []
        self._recalled = 0
        self._draft = ""
        self._completions: list[str] = []
        self._completed = -1

    def make_input(self) -> LineInput:
        return LineInput(suggester=FirstCompletion(self._suggest))

    def open(self, text: str = "") -> None:
        super().open(text)
        self._recalled = len(self._history)
        self._draft = text
        self._look_up(text)

    def close(self) -> None:
        if self.is_open:
            self.hide()
            self.post_message(self.CommandClosed(self))

    def action_cancel(self) -> None:
        self.close()

    def action_complete(self, step: int) -> None:
        if not self._completions:
            return
        start = -1 if step > 0 else 0
        at = start if self._completed < 0 else self._completed
        self._completed = (at + step) % len(self._completions)
        self._input.put(self._completions[self._completed])

    def action_recall(self, step: int) -> None:
        at = self._recalled + step
        if not 0 <= at <= len(self._history):
            return
        if self._recalled == len(self._history):
            self._draft = self.text
        self._recalled = at
        self._input.put(self._history[at] if at < len(self._history) else self._draft)
        self._look_up(self.text)

    def _look_up(self, text: str) -> None:
        self._completions = self._suggest(text)
        self._completed = -1
        shown = self._completions[:NOTED_COMPLETIONS]
        more = " …" if len(self._completions) > len(shown) else ""
        self.set_note(line(Run("  ".join(shown) + more, Tone.MUTED)) if shown else ())

    def _remember(self, command: str) -> None:
        if command in self._history:
            self._history.remove(command)
        self._history.append(command)
        del self._history[:-KEPT_COMMANDS]

    @on(LineInput.Changed)
    def _typed(self, event: LineInput.Changed) -> None:
        event.stop()
        if self.is_open:
            self._look_up(event.value)

    @on(LineInput.Submitted)
    def _entered(self, event: LineInput.Submitted) -> None:
        event.stop()
        command = event.value.strip()
        self.close()
        if command:
            self._remember(command)
            self.post_message(self.CommandEntered(self, command))
