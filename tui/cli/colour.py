"""Colour for people at a terminal; none in a pipe, with NO_COLOR, or on a dumb terminal."""

from __future__ import annotations

import os
import sys
from typing import Final, TextIO

import click

from ktui.widgets.cells import Tone

_COLOURS: Final = {Tone.BAD: "red", Tone.WARN: "yellow", Tone.GOOD: "green", Tone.ACCENT: "cyan"}


def takes_colour(stream: TextIO | None = None) -> bool:
    """Whether colour is wanted where this goes; default: standard output."""
    where = stream or sys.stdout
    return where.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def toned(text: str, tone: Tone, *, is_coloured: bool) -> str:
    """The text with its colour around it."""
    if not is_coloured:
        return text
    if tone is Tone.TITLE:
        return click.style(text, bold=True)
    colour = _COLOURS.get(tone)
    return text if colour is None else click.style(text, fg=colour)
