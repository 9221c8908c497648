"""The lines of a table as strips: header, rows, cursor, and the sentence for an empty table."""

from __future__ import annotations

from collections.abc import Iterator

from rich.style import Style
from textual.strip import Strip

from ktui.widgets.cells import Align, Cell, ColumnSpec, Run, Tone, as_line, line
from ktui.widgets.columns import GAP, Placed, lay_out
from ktui.widgets.fitting import fit, fit_line
from ktui.widgets.painting import line_strip, strip_of
from ktui.widgets.rows import Row
from ktui.widgets.tones import ToneStyles

GUTTER = 2
MARK_SIGN = "*"


class TablePainter:
    """Draws lines of one width; knows columns and styles, not which rows there are."""

    def __init__(self, columns: tuple[ColumnSpec, ...], styles: ToneStyles) -> None:
        self._styles = styles
        self.columns = columns
        self._placed: tuple[Placed, ...] = ()
        self._width = -1

    def use_columns(self, columns: tuple[ColumnSpec, ...]) -> None:
        self.columns = columns
        self._width = -1

    def placed(self, width: int) -> tuple[Placed, ...]:
        if width != self._width:
            self._width = width
            self._placed = lay_out(self.columns, width - GUTTER)
        return self._placed

    def column_at(self, x: int, width: int) -> str | None:
        for placed in self.placed(width):
            start = placed.start + GUTTER
            if start <= x < start + placed.width + GAP:
                return placed.spec.key
        return None

    def header(self, width: int, sort: tuple[str, bool] | None) -> Strip:
        parts = [" " * GUTTER]
        for placed in self.placed(width):
            spec = placed.spec
            arrow = ("↓" if sort[1] else "↑") if sort and sort[0] == spec.key else ""
            room = placed.width - len(arrow)
            title = fit(spec.title, room, spec.align)
            if arrow and spec.align is Align.LEFT:
                title = title.rstrip()
            parts.append(fit(title + arrow, placed.width) + " " * GAP)
        return line_strip(line(Run("".join(parts).rstrip(), Tone.TITLE)), width, self._styles)

    def sentence(self, text: str, width: int) -> Strip:
        return line_strip(line(Run(" " * GUTTER + text, Tone.MUTED)), width, self._styles)

    def row(self, row: Row, width: int, *, cursor: bool) -> Strip:
        return strip_of(self._row_pieces(row, width, cursor=cursor), width)

    def _row_pieces(self, row: Row, width: int, *, cursor: bool) -> Iterator[tuple[str, Style]]:
        def style(tone: Tone) -> Style:
            shown = row.tone if tone is Tone.NORMAL else tone
            return self._styles.under_cursor(shown, row.tone) if cursor else self._styles[shown]

        yield from ((run.text, style(run.tone)) for run in fit_line(_sign(row), GUTTER))
        used = GUTTER
        for placed in self.placed(width):
            room = min(placed.width, width - used)
            cell: Cell = row.cells[placed.index] if placed.index < len(row.cells) else ()
            for run in _fitted(cell, room, placed.spec.align):
                yield run.text, style(run.tone)
            used += room
            gap = min(GAP, width - used)
            yield " " * gap, style(Tone.NORMAL)
            used += gap
        yield " " * (width - used), style(Tone.NORMAL)


def _sign(row: Row) -> Run:
    if row.marked:
        return Run(MARK_SIGN, Tone.MARK)
    return row.sign if isinstance(row.sign, Run) else Run(row.sign)


def _fitted(cell: Cell, width: int, align: Align) -> tuple[Run, ...]:
    whole = as_line(cell)
    return fit_line(whole[0] if len(whole) == 1 else whole, width, align)
