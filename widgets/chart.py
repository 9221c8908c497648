"""A chart of series over time that is drawn anew at most once a second."""

from __future__ import annotations

import time
from itertools import zip_longest
from math import inf
from typing import ClassVar, Final

from rich.color import Color
from rich.style import Style
from rich.terminal_theme import SVG_EXPORT_THEME
from textual.geometry import Size
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from ktui.widgets.cells import Tone
from ktui.widgets.chart_data import ChartData
from ktui.widgets.chart_picture import Picture, PictureLine, chart_picture
from ktui.widgets.chart_svg import svg_text
from ktui.widgets.fitting import text_width
from ktui.widgets.painting import strip_of
from ktui.widgets.plotting import Ink
from ktui.widgets.regions import line_regions
from ktui.widgets.sparks import Glyphs
from ktui.widgets.tones import TONE_CLASSES, ToneStyles, tone_css

SERIES_COLOURS: Final = (
    "$text-primary",
    "$text-success",
    "$text-warning",
    "$text-error",
    "$text-secondary",
    "$foreground",
)
ANSI_SERIES_COLOURS: Final = (
    "ansi_cyan",
    "ansi_green",
    "ansi_yellow",
    "ansi_magenta",
    "ansi_red",
    "ansi_default",
)
SERIES_CLASS: Final = "chart--series-{}"
DEFAULT_SIZE: Final = Size(80, 24)
"""Of an exported chart that is not on a screen."""
OWN_COLOURS: Final = {True: ("#e0e0e0", "#121212"), False: ("#1f1f1f", "#ffffff")}
"""Ink and page for the terminal's own colours in a document, by whether the theme is dark."""


def _series_css(selector: str, colours: tuple[str, ...]) -> str:
    return "\n".join(
        f"{selector} > .{SERIES_CLASS.format(number)} {{ color: {colour}; }}"
        for number, colour in enumerate(colours)
    )


class Chart(Widget):
    """Shows `ChartData`. New data waits until `pace_s` after the last drawing; only lines that differ are sent."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES | {
        SERIES_CLASS.format(number) for number in range(len(SERIES_COLOURS))
    }
    DEFAULT_CSS = "\n".join(
        (
            "Chart { height: 1fr; background: $background; color: $foreground; }",
            tone_css("Chart"),
            _series_css("Chart", SERIES_COLOURS),
            _series_css("Chart:ansi", ANSI_SERIES_COLOURS),
        )
    )

    def __init__(
        self,
        data: ChartData | None = None,
        *,
        glyphs: Glyphs = Glyphs.BLOCKS,
        pace_s: float = 1.0,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._tones = ToneStyles(self)
        self._series_styles: dict[int, Style] = {}
        self._data = data
        self._glyphs = glyphs
        self._pace_s = pace_s
        self._picture = Picture(0, 0, ())
        self._strips: tuple[Strip, ...] = ()
        self._drawn_at = -inf
        self._waiting: Timer | None = None

    @property
    def data(self) -> ChartData | None:
        return self._data

    def show(self, data: ChartData, *, at_once: bool = False) -> None:
        """Draws equal data not again, and other data when it is time; `at_once`: what a key has asked for."""
        if data == self._data:
            return
        self._data = data
        if not self.size:
            # Out of sight: what was drawn for the same size is no longer it.
            self._picture = Picture(0, 0, ())
            return
        if self._waiting is not None and not at_once:
            return
        wait_s = self._drawn_at + self._pace_s - time.monotonic()
        if at_once or wait_s <= 0:
            self._redraw_changed()
        else:
            self._waiting = self.set_timer(wait_s, self._redraw_changed)

    def export_text(self) -> str:
        """The chart as it is shown, without colours."""
        return self._picture_of(self.size or DEFAULT_SIZE).text()

    def export_svg(self) -> str:
        """The chart as it is shown, in the colours of the theme."""
        ink, page = OWN_COLOURS[self.app.current_theme.dark]
        picture = self._picture_of(self.size or DEFAULT_SIZE)
        return svg_text(
            picture,
            lambda of: _css_colour(self._style(of).color, ink),
            background=_css_colour(self.rich_style.bgcolor, page),
        )

    # Drawing

    def render_line(self, y: int) -> Strip:
        if (self._picture.width, self._picture.height) != self.size:
            self._draw()
        if not self._strips:
            self._strips = self._painted()
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width, self.rich_style)

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._tones.forget()
        self._series_styles.clear()
        self._strips = ()

    def _redraw_changed(self) -> None:
        before = self._strips
        self._draw()
        pairs = zip_longest(before, self._strips)
        changed = [y for y, (old, new) in enumerate(pairs) if old is None or new is None or old != new]
        if changed:
            self.refresh(*line_regions(changed, self.size.width))

    def _draw(self) -> None:
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None
        self._picture = self._picture_of(self.size)
        self._strips = self._painted()
        if self._data is not None:
            self._drawn_at = time.monotonic()

    def _picture_of(self, size: Size) -> Picture:
        if self._data is None:
            return Picture(size.width, size.height, ())
        return chart_picture(self._data, size.width, size.height, glyphs=self._glyphs)

    def _painted(self) -> tuple[Strip, ...]:
        return tuple(self._strip(line) for line in self._picture.lines)

    def _strip(self, line: PictureLine) -> Strip:
        missing = self._picture.width - sum(text_width(text) for text, _ in line)
        pieces = [(text, self._style(ink)) for text, ink in line]
        return strip_of([*pieces, (" " * missing, self._style(Tone.MUTED))], self._picture.width)

    def _style(self, ink: Ink) -> Style:
        if isinstance(ink, Tone):
            return self._tones[ink]
        number = ink % len(SERIES_COLOURS)
        style = self._series_styles.get(number)
        if style is None:
            style = self.get_component_rich_style(SERIES_CLASS.format(number))
            self._series_styles[number] = style
        return style


def _css_colour(colour: Color | None, own: str) -> str:
    return own if colour is None or colour.is_default else colour.get_truecolor(SVG_EXPORT_THEME).hex
