"""The line in which a filter is typed."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.message import Message

from ktui.widgets.line_input import LineInput
from ktui.widgets.prompt_bar import PromptBar


class FilterBar(PromptBar):
    """Tells every change of the text; enter keeps the filter, escape does not."""

    PROMPT: ClassVar[str] = "/"

    class BarMessage(Message):
        def __init__(self, bar: FilterBar) -> None:
            super().__init__()
            self.bar = bar

        @property
        def control(self) -> FilterBar:
            return self.bar

    class FilterChanged(BarMessage):
        def __init__(self, bar: FilterBar, text: str) -> None:
            super().__init__(bar)
            self.text = text

    class FilterClosed(BarMessage):
        def __init__(self, bar: FilterBar, *, kept: bool) -> None:
            super().__init__(bar)
            self.kept = kept

    def close(self, *, kept: bool) -> None:
        if self.is_open:
            self.hide()
            self.post_message(self.FilterClosed(self, kept=kept))

    def action_cancel(self) -> None:
        self.close(kept=False)

    @on(LineInput.Changed)
    def _typed(self, event: LineInput.Changed) -> None:
        event.stop()
        if self.is_open:
            self.post_message(self.FilterChanged(self, event.value))

    @on(LineInput.Submitted)
    def _entered(self, event: LineInput.Submitted) -> None:
        event.stop()
        self.close(kept=True)
