"""Lines between axes, drawn by plotext: the one module that imports it, and not before something is drawn."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, Final

from ktui.widgets.cells import Tone
from ktui.widgets.chart_axes import Tick
from ktui.widgets.sparks import Glyphs

Ink = Tone | int
"""A tone, or the number of a series."""
Piece = tuple[str, Ink]

FIRST_COLOUR: Final = 16
COLOURS: Final = 240
"""Series n is drawn in the terminal colour 16 + n, which is how it is recognised in the answer."""
DOCUMENTATION: Final = "plotext._doc.doc"
_COLOUR_CHANGE: Final = re.compile(r"\x1b\[(?:0|38;5;(\d+))m")


class CannotPlot(Exception):
    """The library is not installed, or has no compiled part for this machine."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One series in the coordinates of the axes: stretches of joined points, and a letter to tell it by."""

    stretches: Sequence[Sequence[tuple[float, float]]]
    letter: str = ""
    letter_at: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """Limits and marks of both axes."""

    x_limits: tuple[float, float]
    y_limits: tuple[float, float]
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]


def plot(
    curves: Sequence[Curve], frame: Frame, width: int, height: int, *, glyphs: Glyphs = Glyphs.BLOCKS
) -> list[list[Piece]]:
    """`height` lines of `width` cells. Axes and their labels are muted, every curve has the number of its place.

    The ticks need the leftmost cells, as many as the longest label of the y axis, and the last line.
    """
    plotext = _plotext()
    # There is one figure in all, limited to the size of the terminal unless told otherwise.
    plotext.terminal.limit(False, False)
    figure = plotext.figure
    figure.clear()
    figure.theme("colorless")
    figure.plot_size(width, height)
    figure.axes(False, side=1)
    _set_ruler(figure.ruler(0, 0), frame.x_limits, frame.x_ticks)
    _set_ruler(figure.ruler(1, 0), frame.y_limits, frame.y_ticks)
    for number, curve in enumerate(curves):
        _draw_curve(plotext, curve, number, glyphs)
    for number, curve in enumerate(curves):
        if curve.letter and curve.letter_at:
            marker = _marker(plotext, curve.letter, number)
            figure.draw(figure.signal([curve.letter_at[0]], [curve.letter_at[1]], marker=marker))
    text: str = figure.build().string()
    figure.clear()
    return [list(_pieces(line)) for line in text.splitlines()]


@cache
def _plotext() -> ModuleType:
    """The library without its documentation, which takes four fifths of the time that the import takes."""
    is_left_out = DOCUMENTATION not in sys.modules
    if is_left_out:
        sys.modules[DOCUMENTATION] = _NoDocumentation(DOCUMENTATION)
    try:
        return importlib.import_module("plotext")
    except ImportError as error:
        raise CannotPlot(str(error).partition("\n")[0]) from error
    finally:
        if is_left_out:
            del sys.modules[DOCUMENTATION]


class _NoDocumentation(ModuleType):
    docs: None = None


def _set_ruler(ruler: Any, limits: tuple[float, float], ticks: Sequence[Tick]) -> None:
    ruler.lim(*limits)
    ruler.ticks([tick.at for tick in ticks], [tick.label for tick in ticks])


def _marker(plotext: Any, symbol: str, number: int) -> Any:
    return plotext.marker(symbol, plotext.pixel(foreground=FIRST_COLOUR + number % COLOURS))


def _draw_curve(plotext: Any, curve: Curve, number: int, glyphs: Glyphs) -> None:
    points = [point for stretch in curve.stretches for point in stretch]
    if not points:
        return
    symbol = "braille" if glyphs is Glyphs.BLOCKS else curve.letter or "*"
    marker = _marker(plotext, symbol, number)
    signal = plotext.figure.signal([x for x, _ in points], [y for _, y in points], marker=marker).lines()
    begins = 0
    for stretch in curve.stretches:
        signal.line(begins, False)
        begins += len(stretch)
    plotext.figure.draw(signal)


def _pieces(line: str) -> Iterable[Piece]:
    """Text and colours in turns, beginning with a text."""
    parts = _COLOUR_CHANGE.split(line)
    ink: Ink = Tone.MUTED
    for at, part in enumerate(parts):
        if at % 2:
            ink = Tone.MUTED if part is None else int(part) - FIRST_COLOUR
        elif part:
            yield part, ink
