"""Rows in aligned columns, as lines for standard output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ktui.tui.cli.colour import toned
from ktui.widgets.cells import Tone
from ktui.widgets.fitting import text_width

GAP = "  "


def table_lines(
    titles: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Sequence[str] = (),
    tones: Sequence[Tone] = (),
    is_coloured: bool = False,
) -> Iterator[str]:
    """The header and the rows; `right`: titles of the right-aligned columns; `tones`: of the rows' last cells."""
    widths = [
        max([text_width(title), *(text_width(row[place]) for row in rows)])
        for place, title in enumerate(titles)
    ]
    yield toned(_line(titles, titles, widths, right).rstrip(), Tone.TITLE, is_coloured=is_coloured)
    for number, row in enumerate(rows):
        tone = tones[number] if tones else Tone.NORMAL
        text = _line(row, titles, widths, right).rstrip()
        last = row[-1]
        if last and tone is not Tone.NORMAL and text.endswith(last):
            text = text[: -len(last)] + toned(last, tone, is_coloured=is_coloured)
        yield text


def _line(cells: Sequence[str], titles: Sequence[str], widths: Sequence[int], right: Sequence[str]) -> str:
    padded = []
    for cell, title, width in zip(cells, titles, widths, strict=True):
        space = " " * (width - text_width(cell))
        padded.append(space + cell if title in right else cell + space)
    return GAP.join(padded)
