"""Who is in, who left, who is the controller."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.widget import Widget

from ktui.tui.desk import Desk
from ktui.tui.places import Place, ScreenName
from ktui.tui.present import brokers
from ktui.tui.present.slices import Steps
from ktui.tui.screens.messages import Go
from ktui.tui.screens.table_view import TableView
from ktui.widgets.big_table import BigTable
from ktui.widgets.cells import Line
from ktui.widgets.lines_panel import LinesPanel
from ktui.widgets.rows import RowModel, TupleModel


class BrokersView(TableView):
    SCREEN = ScreenName.BROKERS
    COLUMNS = brokers.COLUMNS
    SORTS = brokers.SORTS
    HAS_FILTER = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._controllers = LinesPanel(classes="footnote")

    def content(self) -> Sequence[Widget]:
        return (self.table, self._controllers)

    def build(self) -> Steps[RowModel]:
        yield from ()
        return TupleModel(brokers.rows(self.desk.snapshot, self.desk.times, self.desk.now(), self.sort))

    def update_view(self) -> None:
        line = brokers.controllers_line(self.desk.snapshot)
        self._controllers.display = bool(line)
        self._controllers.show((line,) if line else ())
        super().update_view()

    def title(self) -> Line:
        return brokers.title(self.desk.snapshot)

    def empty_text(self, model: RowModel) -> str:
        return "No broker is known yet."

    def offers(self) -> frozenset[str]:
        return super().offers() | ({"open"} if self.table.cursor_key is not None else set())

    @on(BigTable.Selected)
    def _open(self, event: BigTable.Selected) -> None:
        event.stop()
        if isinstance(event.key, int):
            self.post_message(Go(Place(ScreenName.BROKER, event.key)))
