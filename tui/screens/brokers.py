"""Who is in, who left, who is the controller."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.widget import Widget

from ktui.tui.desk import Desk
from ktui.tui.places import Place, ScreenName
from ktui.tui.present import brokers
from ktui.tui.present.rates import RATE, RateLook
from ktui.tui.present.slices import Steps
from ktui.tui.screens.chosen import Chosen
from ktui.tui.screens.kept_order import RESORT_S
from ktui.tui.screens.messages import Go
from ktui.tui.screens.table_view import TableView
from ktui.widgets.big_table import BigTable
from ktui.widgets.cells import ColumnSpec, Line
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
        self._order: Sequence[int] = ()
        self._ordered_by: tuple[str, bool] | None = None
        self._ordered_at = 0.0

    def content(self) -> Sequence[Widget]:
        return (self.table, self._controllers)

    def build(self) -> Steps[RowModel]:
        yield from ()
        desk, snapshot = self.desk, self.desk.snapshot
        look = desk.rate_look(self.spark_width, lambda: [broker.id for broker in snapshot.brokers])
        order = self._kept_order(look)
        return TupleModel(brokers.rows(snapshot, desk.times, desk.now(), self.sort, look=look, order=order))

    def _kept_order(self, look: RateLook) -> Sequence[int]:
        """By rate, rows stay in their places for a while; any other order is that of now."""
        now, order = self.desk.monotonic(), self._order
        is_kept = (
            self.sort[0] == RATE
            and self.sort == self._ordered_by
            and now - self._ordered_at < RESORT_S
            and set(order) == {broker.id for broker in self.desk.snapshot.brokers}
        )
        if not is_kept:
            self._order = order = brokers.sorted_ids(self.desk.snapshot, self.sort, look)
            self._ordered_by, self._ordered_at = self.sort, now
        return order

    def columns(self, spark_width: int) -> Sequence[ColumnSpec]:
        return brokers.columns(spark_width, has_counters=bool(self.desk.rates.exact))

    def show_model(self, model: RowModel) -> None:
        wanted = tuple(self.columns(self.spark_width))
        if wanted != self.table.columns:
            self.table.set_columns(wanted)
        super().show_model(model)

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
        offered = super().offers()
        if isinstance(self.table.cursor_key, int):
            offered |= {"open", "describe", "edit-config", "move"}
        return offered

    def run_command(self, name: str) -> None:
        if name == "describe":
            self.post_message(Go(Place(ScreenName.BROKER_SETTINGS, self.chosen().broker)))
        else:
            super().run_command(name)

    def chosen(self) -> Chosen:
        key = self.table.cursor_key
        return Chosen(broker=key if isinstance(key, int) else None)

    def history_here(self) -> Place | None:
        key = self.table.cursor_key
        return Place(ScreenName.EVENTS, key) if isinstance(key, int) else None

    def charted(self) -> Place:
        key = self.table.cursor_key
        return Place(ScreenName.CHART, key if isinstance(key, int) else None)

    @on(BigTable.Selected)
    def _open(self, event: BigTable.Selected) -> None:
        event.stop()
        if isinstance(event.key, int):
            self.post_message(Go(Place(ScreenName.BROKER, event.key)))
