"""Can the controllers still elect, who lags."""

from __future__ import annotations

from collections.abc import Sequence

from textual.widget import Widget

from ktui.tui.desk import Desk
from ktui.tui.places import ScreenName
from ktui.tui.present import quorum
from ktui.tui.present.slices import Steps
from ktui.tui.present.words import MODE_WORD
from ktui.tui.screens.table_view import TableView
from ktui.widgets.cells import Line, Run, Tone
from ktui.widgets.lines_panel import LinesPanel
from ktui.widgets.rows import RowModel, TupleModel


class QuorumView(TableView):
    SCREEN = ScreenName.QUORUM
    COLUMNS = quorum.COLUMNS
    HAS_FILTER = False

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._facts = LinesPanel(wrap=True, focusable=True, classes="facts")

    def content(self) -> Sequence[Widget]:
        return (self._facts, self.table)

    def build(self) -> Steps[RowModel]:
        yield from ()
        return TupleModel(quorum.rows(self.desk.snapshot))

    def update_view(self) -> None:
        snapshot = self.desk.snapshot
        lines = quorum.facts(snapshot, self.desk.times, self.desk.now())
        has_table = snapshot.quorum is not None
        if not has_table:
            lines = (*lines, (), (Run(quorum.no_rows_sentence(snapshot)),))
        self.table.display = has_table
        if len(lines) != len(self._facts.lines):
            self._facts.refresh(layout=True)
        self._facts.show(lines)
        super().update_view()

    def focus_content(self) -> None:
        (self.table if self.table.display else self._facts).focus()

    def title(self) -> Line:
        mode = MODE_WORD[self.desk.snapshot.mode]
        return (Run("Controllers", Tone.TITLE), Run(f"  {mode}", Tone.MUTED))
