"""Only what is wrong, worst first."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from textual import on
from textual.widget import Widget

from ktui.tui.desk import Desk
from ktui.tui.places import Place, ScreenName
from ktui.tui.present import problems
from ktui.tui.present.alarms import alarms
from ktui.tui.present.formats import number
from ktui.tui.present.partition_cells import BrokerStates
from ktui.tui.present.selection import TopicsKept
from ktui.tui.present.slices import Steps
from ktui.tui.screens.messages import Go
from ktui.tui.screens.table_view import TableView
from ktui.widgets.big_table import BigTable
from ktui.widgets.cells import Line, Run, Tone
from ktui.widgets.lines_panel import LinesPanel
from ktui.widgets.rows import RowModel


class ProblemsView(TableView):
    SCREEN = ScreenName.PROBLEMS
    COLUMNS = problems.COLUMNS

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._alarms = LinesPanel(classes="facts")
        self._search = problems.ProblemSearch()
        self._names: TopicsKept | None = None

    def content(self) -> Sequence[Widget]:
        return (self._alarms, self.table)

    def set_filter(self, text: str) -> None:
        self._names = None
        self._search = problems.ProblemSearch()
        super().set_filter(text)

    def build(self) -> Steps[RowModel]:
        snapshot = self.desk.snapshot
        topics = snapshot.topics
        if not self.name_filter.is_empty:
            if self._names is None:
                matches = self.name_filter.matches
                self._names = TopicsKept(lambda topic: matches(topic.name))
            topics = yield from self._names.select(topics)
        found = yield from self._search.find(topics)
        states = BrokerStates.of(snapshot.brokers, is_loaded=snapshot.brokers_loaded)
        return problems.ProblemRows(
            found, problems.ProblemLook(states, snapshot.problem_since, self.desk.now())
        )

    def update_view(self) -> None:
        lines = alarms(self.desk.snapshot, self.desk.now())
        self._alarms.display = bool(lines)
        if len(lines) != len(self._alarms.lines):
            self._alarms.refresh(layout=True)
        self._alarms.show(lines)
        super().update_view()

    def title(self) -> Line:
        name = Run("Problems", Tone.TITLE)
        if not self.desk.snapshot.is_loaded:
            return (name, Run("  not known yet", Tone.MUTED))
        model = self.table.model
        if isinstance(model, problems.ProblemRows) and model.problems.is_full:
            return (name, Run(f"  the worst {number(model.count)} of more", Tone.WARN))
        return (name, Run(f"  {number(model.count)}, worst first", Tone.MUTED))

    def empty_text(self, model: RowModel) -> str:
        if not self.name_filter.is_empty:
            return super().empty_text(model)
        if self._alarms.lines:
            return "No partition is in trouble."
        return problems.calm_sentence(self.desk.snapshot)

    def offers(self) -> frozenset[str]:
        return super().offers() | ({"open"} if self.table.cursor_key is not None else set())

    @on(BigTable.Selected)
    def _open(self, event: BigTable.Selected) -> None:
        event.stop()
        if isinstance(event.key, tuple):
            self.post_message(Go(Place(ScreenName.TOPIC, event.key[0])))

    def topic_here(self) -> str | None:
        key = self.table.cursor_key
        return key[0] if isinstance(key, tuple) else None

    def looked_at(self) -> Collection[str]:
        model = self.table.model
        if not isinstance(model, problems.ProblemRows):
            return ()
        return {model.problems.at(row)[1].name for row in self.table.visible_rows}
