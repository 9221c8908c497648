"""The frame of the dialogs: a box in the middle that never grows over the screen's edges."""

from __future__ import annotations

from typing import TypeVar

from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widget import Widget

Result = TypeVar("Result")
LEAST_BODY_HEIGHT = 2


class Dialog(ModalScreen[Result]):
    """Gives its one scrolling part the height that the other parts leave."""

    DEFAULT_CSS = """
    Dialog { align: center middle; }
    Dialog > #box {
        width: 76; max-width: 100%; height: auto; max-height: 100%;
        padding: 0 1; border: round $primary; background: $background; color: $foreground;
    }
    Dialog #buttons { height: 1; margin-top: 1; }
    Dialog LinesPanel { height: auto; }
    """

    def make_box(self, title: str, *parts: Widget) -> Vertical:
        box = Vertical(*parts, id="box")
        box.border_title = Content(title)
        return box

    def scrolling_part(self) -> Widget:
        raise NotImplementedError

    def on_resize(self) -> None:
        self.call_after_refresh(self.fit_scrolling_part)

    def fit_scrolling_part(self) -> None:
        part = self.scrolling_part()
        others = (child for child in self.query_one("#box").children if child is not part and child.display)
        taken = sum(child.outer_size.height + child.styles.margin.height for child in others)
        part.styles.max_height = max(LEAST_BODY_HEIGHT, self.size.height - taken - 2)
