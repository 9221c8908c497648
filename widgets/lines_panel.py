"""A panel of ready-made lines that scrolls when they do not fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ktui.widgets.cells import Line
from ktui.widgets.fitting import wrap_line
from ktui.widgets.painting import line_strip
from ktui.widgets.regions import line_regions
from ktui.widgets.tones import TONE_CLASSES, ToneStyles, tone_css


class LinesPanel(ScrollView, can_focus=False, inherit_bindings=False):
    """Sends again only the lines that look different. `wrap` breaks long lines instead of cutting them."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES
    DEFAULT_CSS = (
        "LinesPanel { height: 1fr; background: $background; color: $foreground; overflow: hidden auto;"
        " scrollbar-size-vertical: 1; }\n" + tone_css("LinesPanel")
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "scroll_by(-1)", "Up", show=False, id="lines.up"),
        Binding("down,j", "scroll_by(1)", "Down", show=False, id="lines.down"),
        Binding("pageup", "scroll_page(-1)", "Page up", show=False, id="lines.page_up"),
        Binding("pagedown", "scroll_page(1)", "Page down", show=False, id="lines.page_down"),
        Binding("home,g", "scroll_start", "Start", show=False, id="lines.first"),
        Binding("end,G", "scroll_finish", "End", show=False, id="lines.last"),
    ]

    def __init__(
        self,
        lines: Sequence[Line] = (),
        *,
        focusable: bool = False,
        wrap: bool = False,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.can_focus = focusable
        self._tones = ToneStyles(self)
        self._lines = tuple(lines)
        self._wrap = wrap
        self._shown: tuple[Line, ...] = self._lines
        self._shown_width = -1
        self._painted: dict[int, tuple[Line, Strip]] = {}

    @property
    def lines(self) -> tuple[Line, ...]:
        return self._lines

    def show(self, lines: Sequence[Line]) -> None:
        self._lines = tuple(lines)
        self._arrange(self._view.width)
        self._repaint_changed()

    def on_mount(self) -> None:
        self._arrange(self._view.width)

    def on_resize(self) -> None:
        self._arrange(self._view.width)
        if self._wrap:
            self._repaint_changed()

    @property
    def _view(self) -> Size:
        return self.scrollable_content_region.size

    def _arrange(self, width: int) -> None:
        if width != self._shown_width:
            self._shown_width = width
            self._painted.clear()
        if self._wrap:
            self._shown = tuple(piece for whole in self._lines for piece in wrap_line(whole, width))
        else:
            self._shown = self._lines
        if self.virtual_size.height != len(self._shown):
            self.virtual_size = Size(0, len(self._shown))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        if self._wrap:
            return sum(len(wrap_line(whole, width)) for whole in self._lines)
        return len(self._lines)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.position = new_value
        if round(old_value) != round(new_value):
            self._repaint_changed()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._tones.forget()
        self._painted.clear()

    def render_line(self, y: int) -> Strip:
        width = self._view.width
        if width != self._shown_width and self._wrap:
            return line_strip(self._line_at(y), width, self._tones)
        if width != self._shown_width:
            self._arrange(width)
        return self._paint(y, width)

    def _repaint_changed(self) -> None:
        width, height = self._view
        changed: list[int] = []
        for y in range(height):
            old = self._painted.get(y)
            strip = self._paint(y, width)
            if old is None or old[1] != strip:
                changed.append(y)
        if changed:
            self.refresh(*line_regions(changed, width))

    def _paint(self, y: int, width: int) -> Strip:
        whole = self._line_at(y)
        old = self._painted.get(y)
        if old and old[0] == whole:
            return old[1]
        strip = line_strip(whole, width, self._tones)
        self._painted[y] = (whole, strip)
        return strip

    def _line_at(self, y: int) -> Line:
        index = self.scroll_offset.y + y
        return self._shown[index] if index < len(self._shown) else ()

    def action_scroll_by(self, lines: int) -> None:
        self.scroll_to(y=self.scroll_offset.y + lines, animate=False)

    def action_scroll_page(self, pages: int) -> None:
        self.action_scroll_by(pages * max(1, self._view.height - 1))

    def action_scroll_start(self) -> None:
        self.scroll_to(y=0, animate=False)

    def action_scroll_finish(self) -> None:
        self.scroll_to(y=self.max_scroll_y, animate=False)
