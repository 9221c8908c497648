"""A view that is one big table: sorted, filtered, and rebuilt in slices when the picture changes."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import ClassVar

from textual import on
from textual.widget import Widget

from ktui.tui.desk import Desk
from ktui.tui.places import Place
from ktui.tui.present.name_filter import NameFilter
from ktui.tui.present.rates import IN_TABLES, SparkWidths
from ktui.tui.present.sanitise import safe
from ktui.tui.present.slices import Steps
from ktui.tui.screens.rebuild import Rebuild
from ktui.tui.screens.view import View
from ktui.widgets.big_table import BigTable
from ktui.widgets.cells import ColumnSpec, Line, Run, Tone, plain
from ktui.widgets.rows import RowModel

RESORT_S = 10.0
"""An order by something that changes is kept for so long, so that rows can be read."""


class TableView(View):
    """Subclasses build the model; the cursor stays on its key by itself."""

    COLUMNS: ClassVar[tuple[ColumnSpec, ...]]
    SORTS: ClassVar[tuple[str, ...]] = ()
    """Columns one can sort by; the first is the order at the start."""
    HAS_FILTER: ClassVar[bool] = True
    CAN_MARK: ClassVar[bool] = False
    """Whether rows can be marked, so that a change is about all of them."""
    SPARKS: ClassVar[SparkWidths] = IN_TABLES

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.sort: tuple[str, bool] = (self.SORTS[0] if self.SORTS else "", False)
        self.name_filter = NameFilter()
        self.marks: frozenset[Hashable] = frozenset()
        """Keys of the marked rows, in sight or not."""
        self.table = BigTable(self.COLUMNS, sort=self.sort if self.SORTS else None)
        self.rebuild: Rebuild[RowModel] = Rebuild(self, self.build, self.show_model)

    def columns(self, spark_width: int) -> Sequence[ColumnSpec]:
        """Those with so many cells for a sparkline; always as many, in the same order."""
        return self.COLUMNS

    @property
    def spark_width(self) -> int:
        return self.SPARKS.at(self.room)

    def on_resize(self) -> None:
        wanted = tuple(self.columns(self.spark_width))
        if wanted != self.table.columns:
            self.table.set_columns(wanted)
            self.rebuild.ask()

    def content(self) -> Sequence[Widget]:
        return (self.table,)

    def focus_content(self) -> None:
        self.table.focus()

    def build(self) -> Steps[RowModel]:
        """The steps to the model of what is wanted now."""
        raise NotImplementedError

    def show_model(self, model: RowModel) -> None:
        self.table.empty_text = self.empty_text(model)
        self.table.show(model)
        self.show_title()

    def empty_text(self, model: RowModel) -> str:
        """What stands where no row does."""
        if not self.desk.snapshot.is_loaded:
            return "Nothing has been read yet."
        if not self.name_filter.is_empty:
            return f"Nothing matches /{safe(self.name_filter.text)}"
        return "There is nothing here."

    def update_view(self) -> None:
        super().update_view()
        self.rebuild.ask()

    def rebuild_from_start(self) -> None:
        """Something else is wanted than before."""
        super().update_view()
        self.rebuild.ask(from_start=True)

    def show_place(self, place: Place) -> None:
        super().show_place(place)
        self.table.sort = self.sort if self.SORTS else None

    # The filter and the order

    @property
    def filter_text(self) -> str:
        return self.name_filter.text

    def set_filter(self, text: str) -> None:
        if text != self.name_filter.text:
            self.name_filter = NameFilter(text)
            self.rebuild_from_start()

    def set_sort(self, column: str, is_descending: bool) -> None:
        self.sort = (column, is_descending)
        self.table.sort = self.sort
        self.rebuild_from_start()

    @on(BigTable.HeaderClicked)
    def _sort_by_column(self, event: BigTable.HeaderClicked) -> None:
        event.stop()
        if event.column in self.SORTS:
            self.set_sort(event.column, event.column == self.sort[0] and not self.sort[1])

    def sort_remark(self) -> Line:
        if not self.SORTS:
            return ()
        column, is_descending = self.sort
        title = next((spec.title for spec in self.COLUMNS if spec.key == column), column).strip().lower()
        return (Run(f"sort: {title} {'↓' if is_descending else '↑'}", Tone.MUTED),)

    def filter_remark(self) -> Line:
        if self.name_filter.is_empty:
            return ()
        error = self.name_filter.error
        if error:
            return (Run(safe(error), Tone.BAD),)
        return (Run(f"/{safe(self.name_filter.text)}", Tone.ACCENT),)

    def mark_remark(self) -> Line:
        return (Run(f"{len(self.marks):,} marked", Tone.ACCENT),) if self.marks else ()

    def remarks(self) -> Sequence[Line]:
        wanted = (self.mark_remark(), self.filter_remark(), self.sort_remark())
        return tuple(remark for remark in wanted if remark)

    # Marks

    @on(BigTable.MarkToggled)
    def _mark(self, event: BigTable.MarkToggled) -> None:
        event.stop()
        if self.CAN_MARK:
            self.set_marks(self.marks ^ {event.key})

    def set_marks(self, marks: frozenset[Hashable]) -> None:
        if marks != self.marks:
            self.marks = marks
            self.update_view()

    # Commands

    def offers(self) -> frozenset[str]:
        offered = {"copy"} if self.table.cursor_key is not None else set()
        if self.history_here() is not None:
            offered.add("history")
        if self.HAS_FILTER:
            offered.add("filter")
        if self.CAN_MARK and self.table.cursor_key is not None:
            offered.add("mark")
        if self.marks:
            offered.add("unmark")
        if len(self.SORTS) > 1:
            offered |= {"sort", "reverse"}
        return frozenset(offered)

    def run_command(self, name: str) -> None:
        match name:
            case "unmark":
                self.set_marks(frozenset())
            case "sort":
                column = self.SORTS[(self.SORTS.index(self.sort[0]) + 1) % len(self.SORTS)]
                self.set_sort(column, False)
            case "reverse":
                self.set_sort(self.sort[0], not self.sort[1])

    @on(BigTable.Highlighted)
    def _cursor_moved(self, event: BigTable.Highlighted) -> None:
        event.stop()
        super().update_view()

    def copied_text(self) -> str | None:
        """The row under the cursor as on the screen, columns by tabs."""
        if self.table.cursor_key is None:
            return None
        row = self.table.model.row(self.table.cursor_index)
        return "\t".join(plain(cell).strip() for cell in row.cells)
