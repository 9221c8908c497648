"""The newest lines of something endless, in memory that does not grow; a reader may stand still in it."""

from __future__ import annotations

from typing import ClassVar, Protocol

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ktui.widgets.cells import Line, Run, Tone, line
from ktui.widgets.fitting import fit_line
from ktui.widgets.painting import line_strip, strip_of
from ktui.widgets.regions import line_regions
from ktui.widgets.tones import TONE_CLASSES, ToneStyles, tone_css


class LineSource(Protocol):
    """An unchanging stretch of numbered lines; later ones have higher numbers and keep them in the next source."""

    @property
    def first(self) -> int: ...

    @property
    def end(self) -> int:
        """One more than the number of the newest."""

    def line(self, number: int) -> Line:
        """Made when asked for, for the lines in sight only."""


class NoLines:
    first = 0
    end = 0

    def line(self, number: int) -> Line:
        raise LookupError(number)


class TailLines(Widget, can_focus=True):
    """Follows the newest lines at its bottom, or stands still under a cursor.

    While it stands, the source that it shows is held as long as the newest has lost lines in sight: at most two
    sources are alive. It draws when told (`show`), and sends only the lines that look different.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES
    DEFAULT_CSS = "TailLines { height: 1fr; background: $background; color: $foreground; }\n" + tone_css(
        "TailLines"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="tail.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="tail.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="tail.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="tail.page_down"),
        Binding("home,g", "first", "Oldest", show=False, id="tail.first"),
        Binding("end,G", "follow", "Newest", show=False, id="tail.last"),
        Binding("enter", "open", "Open", show=False, id="tail.open"),
    ]

    class LineMessage(Message):
        def __init__(self, lines: TailLines, number: int | None) -> None:
            super().__init__()
            self.lines = lines
            self.number = number
            """Of the line under the cursor, or of the newest; None: there is none."""

        @property
        def control(self) -> TailLines:
            return self.lines

    class Moved(LineMessage):
        """The cursor is on another line, or it follows, or it does not any more."""

    class Opened(LineMessage):
        """Enter on a line."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.empty_text = ""
        self.is_following = True
        self._tones = ToneStyles(self)
        self._newest: LineSource = NoLines()
        self._shown: LineSource = self._newest
        self._top = 0
        self._cursor = 0
        self._painted: list[Strip] = []
        self._drawn_end = 0
        self.draws = 0
        """How often something was sent; for tests and for the pace."""

    # What is shown

    def show(self, source: LineSource, *, cursor: int | None = None) -> None:
        """The newest source. With `cursor` another list of lines is meant: the cursor goes to this number."""
        self._newest = source
        if cursor is not None:
            self._shown = source
            self._put(cursor)
        elif self.is_following or source.first <= self._top:
            self._shown = source
        self.redraw()

    def show_anew(self, source: LineSource) -> None:
        """Other lines than before, followed from their end."""
        self._newest = self._shown = source
        self.is_following = True
        self.redraw()

    def redraw(self) -> None:
        """Send what looks different."""
        width, height = self.size
        if not (width and height):
            return
        if self.is_following:
            self._top = max(self._shown.first, self._shown.end - height)
            self._cursor = max(self._shown.first, self._shown.end - 1)
        before, self._painted = self._painted, [self._strip(y, width) for y in range(height)]
        changed = [y for y in range(height) if y >= len(before) or before[y] != self._painted[y]]
        if changed:
            self.draws += 1
            self.refresh(*line_regions(changed, width))

    @property
    def is_racing(self) -> bool:
        """Whether none of the lines in sight was there when this was asked last."""
        gone, self._drawn_end = self._drawn_end, self._shown.end
        return self._shown.end - gone > self.size.height > 0

    @property
    def cursor(self) -> int | None:
        """The number of the line under the cursor, or of the newest while it follows."""
        return self._cursor if self._shown.first <= self._cursor < self._shown.end else None

    @property
    def shown(self) -> LineSource:
        """What stands on the screen, which may be older than what was given last."""
        return self._shown

    @property
    def newer(self) -> int:
        """Lines that came since the last one in sight."""
        return max(0, self._newest.end - min(self._shown.end, self._top + max(1, self.size.height)))

    # Painting

    def _strip(self, y: int, width: int) -> Strip:
        number = self._top + y
        if number >= self._shown.end:
            text = self.empty_text if y == 0 and self._shown.end == self._shown.first else ""
            return line_strip(line(Run(text, Tone.MUTED)), width, self._tones)
        whole = fit_line(self._shown.line(number), width)
        if self.is_following or number != self._cursor:
            return strip_of(((run.text, self._tones[run.tone]) for run in whole), width)
        under = self._tones.under_cursor
        return strip_of(((run.text, under(run.tone, Tone.NORMAL)) for run in whole), width)

    def render_line(self, y: int) -> Strip:
        if y < len(self._painted) and self._painted[y].cell_length == self.size.width:
            return self._painted[y]
        return self._strip(y, self.size.width)

    def on_resize(self) -> None:
        if not self.is_following:
            self._put(self._cursor)
        self._painted = []
        self.redraw()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._tones.forget()
        self._painted = []
        self.refresh()

    # Moving

    def follow(self, wanted: bool = True) -> None:
        """Go along with the newest line, or stand still where it is now."""
        if wanted:
            self._shown = self._newest
        elif self.is_following:
            self._cursor = max(self._shown.first, self._shown.end - 1)
        self.is_following = wanted
        self._tell_moved()

    def go_to(self, number: int) -> None:
        """Stand on this line."""
        self.is_following = False
        self._put(number)
        self._tell_moved()

    def _put(self, number: int) -> None:
        """The cursor on a line that is there, and that line in sight."""
        first, end, height = self._shown.first, self._shown.end, max(1, self.size.height)
        self._cursor = min(max(number, first), max(first, end - 1))
        lowest = max(first, end - height)
        self._top = min(max(self._top, self._cursor - height + 1, first), self._cursor, lowest)

    def _tell_moved(self) -> None:
        self.redraw()
        self.post_message(self.Moved(self, self.cursor))

    def action_move(self, step: int) -> None:
        if self.is_following:
            if step > 0:
                return
            self._cursor = max(self._shown.first, self._shown.end - 1)
            self.go_to(self._cursor)
            return
        if self._cursor + step >= self._shown.end and self._newest.first <= self._shown.end:
            self._shown = self._newest
        self.go_to(self._cursor + step)

    def action_page(self, pages: int) -> None:
        self.action_move(pages * max(1, self.size.height - 1))

    def action_first(self) -> None:
        self.go_to(self._shown.first)

    def action_follow(self) -> None:
        self.follow()

    def action_open(self) -> None:
        if self.cursor is not None:
            self.post_message(self.Opened(self, self.cursor))

    def on_click(self, event: events.Click) -> None:
        number = self._top + event.y
        if number < self._shown.end:
            self.go_to(number)
            if event.chain == 2:
                self.action_open()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_move(-3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_move(3)
