"""Which columns fit into a width, and how wide each one is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ktui.widgets.cells import ColumnSpec

GAP = 1


@dataclass(frozen=True, slots=True)
class Placed:
    """A column that is shown: its place among all columns, and its first cell and width on the line."""

    index: int
    spec: ColumnSpec
    start: int
    width: int


def lay_out(columns: Sequence[ColumnSpec], width: int) -> tuple[Placed, ...]:
    """The columns that fit into `width` cells, in their order, one cell apart."""
    kept = _kept(columns, width)
    widths = {index: columns[index].least for index in kept}
    spare = width - _total(widths)
    for index in kept:
        more = max(0, min(spare, columns[index].width - widths[index]))
        widths[index] += more
        spare -= more
    growing = [index for index in kept if columns[index].grow]
    for turn, index in enumerate(growing):
        share = max(0, spare) // (len(growing) - turn)
        if columns[index].max_width:
            share = min(share, max(0, columns[index].max_width - widths[index]))
        widths[index] += share
        spare -= share
    return _placed(columns, widths)


def _kept(columns: Sequence[ColumnSpec], width: int) -> list[int]:
    kept = list(range(len(columns)))
    while _total({index: columns[index].least for index in kept}) > width:
        worst = max(kept, key=lambda index: (columns[index].rank, index))
        if columns[worst].rank == 0:
            break
        kept.remove(worst)
    return kept


def _total(widths: dict[int, int]) -> int:
    return sum(widths.values()) + GAP * max(0, len(widths) - 1)


def _placed(columns: Sequence[ColumnSpec], widths: dict[int, int]) -> tuple[Placed, ...]:
    placed: list[Placed] = []
    start = 0
    for index, width in widths.items():
        placed.append(Placed(index, columns[index], start, width))
        start += width + GAP
    return tuple(placed)
