"""One line of typed text: no border, no blinking, no control characters from the clipboard."""

from __future__ import annotations

from textual.suggester import Suggester
from textual.widgets import Input


def printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())


class LineInput(Input):
    DEFAULT_CSS = """
    LineInput, LineInput:focus {
        background: $surface;
        background-tint: transparent;
    }
    LineInput:ansi > .input--cursor, LineInput:nocolor > .input--cursor {
        background: transparent;
        color: $foreground;
        text-style: reverse;
    }
    """

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        suggester: Suggester | None = None,
        is_secret: bool = False,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(
            value,
            placeholder,
            suggester=suggester,
            password=is_secret,
            select_on_focus=False,
            compact=True,
            id=id,
            classes=classes,
        )
        self.cursor_blink = False

    def replace(self, text: str, start: int, end: int) -> None:
        super().replace(printable(text), start, end)

    def put(self, value: str) -> None:
        """Sets the text without a Changed message, the cursor after its end."""
        with self.prevent(Input.Changed):
            self.value = value
        self.cursor_position = len(value)
