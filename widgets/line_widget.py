"""A widget of one line that is sent again only when it looks different."""

from __future__ import annotations

from typing import ClassVar

from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from ktui.widgets.cells import Line
from ktui.widgets.fitting import cell_width
from ktui.widgets.painting import line_strip
from ktui.widgets.tones import TONE_CLASSES, ToneStyles, tone_css


class LineWidget(Widget):
    """Subclasses arrange their content into one line of a given width."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES
    DEFAULT_CSS = "LineWidget { height: 1; background: $background; color: $foreground; }\n" + tone_css(
        "LineWidget"
    )

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._tones = ToneStyles(self)
        self._drawn: Strip | None = None

    def arranged(self, width: int) -> Line:
        raise NotImplementedError

    def repaint_changed(self) -> None:
        if self._drawn is None or self._strip() != self._drawn:
            self.refresh(Region(0, 0, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        if y:
            return Strip.blank(self.size.width, self.rich_style)
        self._drawn = self._strip()
        return self._drawn

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._tones.forget()

    def _strip(self) -> Strip:
        width = self.size.width
        return line_strip(self.arranged(width), width, self._tones)


class Note(LineWidget):
    """A short line as wide as its content."""

    DEFAULT_CSS = "Note { width: auto; background: transparent; }"

    def __init__(self, content: Line = (), *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._content = content

    def show(self, content: Line) -> None:
        if content != self._content:
            widens = cell_width(content) != cell_width(self._content)
            self._content = content
            self.refresh(layout=widens)

    def arranged(self, width: int) -> Line:
        return self._content

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return cell_width(self._content)
