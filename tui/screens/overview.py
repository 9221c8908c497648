"""What is going on in this cluster now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from textual.widget import Widget

from ktui.tui.desk import Desk
from ktui.tui.places import Place, ScreenName
from ktui.tui.present.events import EventLook, last_changes
from ktui.tui.present.largest import NameAndBytes, largest
from ktui.tui.present.overview import PROBLEM_LINES, overview
from ktui.tui.present.problems import ProblemList, ProblemSearch
from ktui.tui.present.slices import Steps
from ktui.tui.present.traffic import BUSIEST, Traffic
from ktui.tui.screens.kept_order import RESORT_S
from ktui.tui.screens.rebuild import Rebuild
from ktui.tui.screens.view import View
from ktui.widgets.cells import Line, plain
from ktui.widgets.lines_panel import LinesPanel

LAST_CHANGES: Final = 4


class OverviewView(View):
    SCREEN = ScreenName.OVERVIEW

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._panel = LinesPanel(focusable=True)
        self._search = ProblemSearch()
        self._worst = ProblemList()
        self._largest: tuple[NameAndBytes, ...] = ()
        self._largest_of = -1
        self._busiest: tuple[str, ...] = ()
        self._busiest_at = 0.0
        self._rebuild: Rebuild[None] = Rebuild(self, self._look, self._show_lines)

    def content(self) -> Sequence[Widget]:
        return (self._panel,)

    def on_mount(self) -> None:
        self.title_line.display = False

    def show_title(self) -> None:
        """The lines speak for themselves."""

    def focus_content(self) -> None:
        self._panel.focus()

    def update_view(self) -> None:
        super().update_view()
        self._rebuild.ask()

    def _look(self) -> Steps[None]:
        snapshot = self.desk.snapshot
        self._worst = yield from self._search.find(snapshot.topics, PROBLEM_LINES)
        if snapshot.sizes.revision != self._largest_of:
            self._largest = yield from largest(snapshot.sizes)
            self._largest_of = snapshot.sizes.revision

    def _show_lines(self, _: None) -> None:
        desk = self.desk
        traffic = Traffic(desk.rates, self._busiest_now(), desk.times, self.room, desk.has_common_scale)
        now = desk.now()
        happened = tuple(last_changes(desk.timeline, EventLook(desk.times, now), LAST_CHANGES))
        self._panel.show(overview(desk.snapshot, self._worst, self._largest, now, traffic, happened))

    def _busiest_now(self) -> tuple[str, ...]:
        """In an order that is kept for a while, unless nothing was busy."""
        now = self.desk.monotonic()
        if not self._busiest or now - self._busiest_at >= RESORT_S:
            self._busiest, self._busiest_at = self.desk.rates.busiest(BUSIEST), now
        return self._busiest

    def charted(self) -> Place:
        return Place(ScreenName.CHART)

    def title(self) -> Line:
        return ()

    def offers(self) -> frozenset[str]:
        return frozenset({"copy"})

    def copied_text(self) -> str:
        return "\n".join(plain(line).rstrip() for line in self._panel.lines)
