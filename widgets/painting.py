"""From lines of runs to strips, with as few segments as the styles allow."""

from __future__ import annotations

from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from ktui.widgets.cells import Line
from ktui.widgets.fitting import fit_line
from ktui.widgets.tones import ToneStyles


def strip_of(pieces: Iterable[tuple[str, Style]], width: int) -> Strip:
    """A strip of pieces that together are `width` cells wide; neighbours that look alike become one."""
    texts: list[str] = []
    styles: list[Style] = []
    for text, style in pieces:
        if not text:
            continue
        if styles and (styles[-1] == style or _blank_looks_alike(text, style, styles[-1])):
            texts[-1] += text
        elif len(styles) == 1 and _blank_looks_alike(texts[0], styles[0], style):
            texts[0] += text
            styles[0] = style
        else:
            texts.append(text)
            styles.append(style)
    return Strip([Segment(text, style) for text, style in zip(texts, styles, strict=True)], width)


def line_strip(whole: Line, width: int, styles: ToneStyles) -> Strip:
    return strip_of(((run.text, styles[run.tone]) for run in fit_line(whole, width)), width)


def _blank_looks_alike(text: str, style: Style, other: Style) -> bool:
    """Whether blanks in one style cannot be told from blanks in the other."""
    return (
        text.isspace()
        and style.bgcolor == other.bgcolor
        and not (style.reverse or other.reverse or style.underline or other.underline)
        and not (style.strike or other.strike)
    )
