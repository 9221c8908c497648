"""A chart as lines of text with inks: title, legend, curves between axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ktui.widgets.cells import Align, Tone
from ktui.widgets.chart_axes import span_words
from ktui.widgets.chart_canvas import canvas, letter_of
from ktui.widgets.chart_data import ChartData
from ktui.widgets.fitting import cut, fit, text_width
from ktui.widgets.plotting import CannotPlot, Piece
from ktui.widgets.sparks import Glyphs

LEAST_WIDTH: Final = 32
LEAST_HEIGHT: Final = 8
ROWS_PER_LEGEND_LINE: Final = 8
SENTENCE_LINES: Final = 2
APART: Final = 2
EARLIER_COLUMNS: Final = 3
SIGN: Final = {Glyphs.BLOCKS: "━", Glyphs.ASCII: "*"}
GAP_WORDS: Final = "no sample"
_TO_ASCII: Final = str.maketrans("┤│┼└┬┴┘┐┌├─…━", "||++++++++-~*")

PictureLine = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """At most `height` lines, none wider than `width`."""

    width: int
    height: int
    lines: tuple[PictureLine, ...]

    def text(self) -> str:
        """Plain lines without blanks at their ends."""
        return "".join("".join(text for text, _ in line).rstrip() + "\n" for line in self.lines)


def chart_picture(data: ChartData, width: int, height: int, *, glyphs: Glyphs = Glyphs.BLOCKS) -> Picture:
    """The chart in so many cells, or a sentence that says why there is none."""
    lines = _lines(data, width, height, glyphs)[: max(0, height)]
    if glyphs is Glyphs.ASCII:
        lines = tuple(tuple((text.translate(_TO_ASCII), ink) for text, ink in line) for line in lines)
    return Picture(width, height, lines)


def _lines(data: ChartData, width: int, height: int, glyphs: Glyphs) -> tuple[PictureLine, ...]:
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        return _sentence(data, f"A chart needs {LEAST_WIDTH}x{LEAST_HEIGHT} cells.", width, height)
    span = data.span()
    if span is None:
        return _sentence(data, data.empty_text, width, height)
    start, end = span
    # The axis begins up to a column before the span, and the line enters from before that.
    earlier = start - (end - start) * EARLIER_COLUMNS / width
    shown = [list(series.stretches(earlier, end)) for series in data.series]
    if not any(shown):
        return _sentence(data, data.empty_text, width, height)
    head = [
        _title_line(data, span, width),
        *_legend_lines(data, width, max(1, height // ROWS_PER_LEGEND_LINE), glyphs),
    ]
    try:
        drawn = canvas(data, shown, span, (width, height - len(head)), glyphs)
    except CannotPlot as error:
        return _sentence(data, f"The library that draws charts cannot be loaded: {error}", width, height)
    return (*head, *map(tuple, drawn))


def _sentence(data: ChartData, sentence: str, width: int, height: int) -> tuple[PictureLine, ...]:
    title: PictureLine = ((cut(data.title, width), Tone.TITLE),)
    words: PictureLine = ((cut(sentence, width), Tone.MUTED),)
    return (title, (), words) if height > SENTENCE_LINES else (words,)


def _title_line(data: ChartData, span: tuple[float, float], width: int) -> PictureLine:
    title = f"{data.title}  {data.note}" if data.note else data.title
    words = span_words(*span, data.zone)
    times = next((each for each in words if text_width(title) + APART + text_width(each) <= width), words[-1])
    title = cut(title, width - text_width(times) - APART)
    return (title, Tone.TITLE), (fit(times, width - text_width(title), Align.RIGHT), Tone.MUTED)


def _legend_lines(data: ChartData, width: int, most: int, glyphs: Glyphs) -> list[PictureLine]:
    """The unit over the y axis, then every series with its newest value; says how many there is no room for."""
    count = len(data.series)
    unit: list[Piece] = [(data.unit, Tone.MUTED)] if data.unit else []
    entries = [_legend_entry(data, number, glyphs) for number in range(count)]
    for kept in range(count, 0, -1):
        more: list[Piece] = [(f"+{count - kept} more", Tone.MUTED)] if kept < count else []
        lines = _packed([*unit, *entries[:kept], *more], width)
        if len(lines) <= most:
            return lines
    return _packed([*unit, *entries[:1]], width)[:most]


def _legend_entry(data: ChartData, number: int, glyphs: Glyphs) -> Piece:
    series = data.series[number]
    newest = GAP_WORDS if series.newest is None else data.number(series.newest)
    sign = letter_of(number, len(data.series)) or SIGN[glyphs]
    return f"{sign} {series.name} {newest}", number


def _packed(pieces: Sequence[Piece], width: int) -> list[PictureLine]:
    lines: list[PictureLine] = []
    left = 0
    for text, ink in pieces:
        shown = cut(text, width)
        size = text_width(shown)
        if lines and size + APART <= left:
            lines[-1] = (*lines[-1], (" " * APART, Tone.MUTED), (shown, ink))
            left -= size + APART
        else:
            lines.append(((shown, ink),))
            left = width - size
    return lines
