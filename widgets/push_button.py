"""A button of one line: reversed when it has the focus, in words when it cannot be pressed."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from ktui.widgets.cells import Line, Run, Tone, line
from ktui.widgets.fitting import cell_width
from ktui.widgets.line_widget import LineWidget


class PushButton(LineWidget, can_focus=True):
    DEFAULT_CSS = "PushButton { width: auto; background: transparent; margin-right: 2; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "press", "Press", show=False)]

    class Pressed(Message):
        def __init__(self, button: PushButton) -> None:
            super().__init__()
            self.button = button

        @property
        def control(self) -> PushButton:
            return self.button

    def __init__(self, label: str, *, tone: Tone = Tone.NORMAL, id: str | None = None) -> None:
        super().__init__(id=id)
        self._label = label
        self._tone = tone
        self._blocked_because = ""

    @property
    def label(self) -> str:
        return self._label

    @property
    def is_blocked(self) -> bool:
        return bool(self._blocked_because)

    def set_label(self, label: str) -> None:
        if label != self._label:
            self._label = label
            self.refresh(layout=True)

    def block(self, because: str) -> None:
        """Cannot be pressed or focused, and says why."""
        if because != self._blocked_because:
            self._blocked_because = because
            self.disabled = True
            self.refresh(layout=True)

    def unblock(self) -> None:
        if self._blocked_because:
            self._blocked_because = ""
            self.disabled = False
            self.refresh(layout=True)

    def arranged(self, width: int) -> Line:
        if self._blocked_because:
            return line(Run(f"  {self._label} ({self._blocked_because})  ", Tone.MUTED))
        return line(Run(f"[ {self._label} ]", self._tone))

    def render_line(self, y: int) -> Strip:
        drawn = super().render_line(y)
        return drawn.apply_style(Style(reverse=True)) if self.has_focus else drawn

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return cell_width(self.arranged(0))

    def on_click(self) -> None:
        self.action_press()

    def action_press(self) -> None:
        if not self._blocked_because and not self.disabled:
            self.post_message(self.Pressed(self))
