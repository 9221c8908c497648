"""What a table shows: rows by index, found again by key."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ktui.widgets.cells import Cell, Run, Tone


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `cells` in the order of the columns, `sign` one cell wide in the gutter before them.

    Normal text takes the tone of the row; a marked row shows its mark instead of the sign.
    """

    key: Hashable
    cells: tuple[Cell, ...]
    tone: Tone = Tone.NORMAL
    marked: bool = False
    sign: str | Run = ""


class RowModel(Protocol):
    """An unchanging list of rows, each made when asked for; new data is a new model."""

    @property
    def count(self) -> int: ...

    def row(self, index: int) -> Row: ...

    def index_of(self, key: Hashable) -> int | None: ...


class TupleModel:
    """A model for tables short enough to have all their rows made beforehand."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows = tuple(rows)
        self._index = {row.key: index for index, row in enumerate(self._rows)}

    @property
    def count(self) -> int:
        return len(self._rows)

    def row(self, index: int) -> Row:
        return self._rows[index]

    def index_of(self, key: Hashable) -> int | None:
        return self._index.get(key)


EMPTY_MODEL: RowModel = TupleModel(())
