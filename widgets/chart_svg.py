"""A picture as an SVG document of text in a grid of cells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape
from itertools import accumulate
from typing import Final

from ktui.widgets.cells import Tone
from ktui.widgets.chart_picture import Picture
from ktui.widgets.fitting import text_width
from ktui.widgets.plotting import Ink

CELL_WIDTH: Final = 8.4
LINE_HEIGHT: Final = 18
FONT_SIZE: Final = 14
BASELINE: Final = 14
MARGIN: Final = 12
_WORDS: Final = re.compile(r"[^ ]+(?: [^ ]+)*")
FONTS: Final = "'DejaVu Sans Mono', 'Fira Code', Menlo, Consolas, monospace"


def svg_text(picture: Picture, colour: Callable[[Ink], str], *, background: str) -> str:
    """A document that needs nothing from elsewhere; colours are written as CSS understands them."""
    width = picture.width * CELL_WIDTH + 2 * MARGIN
    height = len(picture.lines) * LINE_HEIGHT + 2 * MARGIN
    texts = "\n".join(_texts(picture, colour))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}"'
        f' width="{width:g}" height="{height:g}">\n'
        f'<rect width="100%" height="100%" fill="{background}"/>\n'
        f'<g font-family="{FONTS}" font-size="{FONT_SIZE}">\n{texts}\n</g>\n</svg>\n'
    )


def _texts(picture: Picture, colour: Callable[[Ink], str]) -> Iterator[str]:
    """One element for words in a row; each character is placed, so that columns stay whatever the font."""
    for row, line in enumerate(picture.lines):
        column = 0
        for text, ink in line:
            for words in _WORDS.finditer(text):
                places = _places(words[0], column + text_width(text[: words.start()]))
                y = MARGIN + row * LINE_HEIGHT + BASELINE
                weight = ' font-weight="bold"' if ink is Tone.TITLE else ""
                yield f'<text x="{places}" y="{y:g}" fill="{colour(ink)}"{weight}>{escape(words[0])}</text>'
            column += text_width(text)


def _places(words: str, column: int) -> str:
    columns = accumulate((text_width(character) for character in words[:-1]), initial=column)
    return " ".join(f"{MARGIN + at * CELL_WIDTH:g}" for at in columns)
