"""Everything about one topic: its facts, and tabs with the rest."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence

from textual import on
from textual.widget import Widget

from ktui.adapters.groups.view import Wanted
from ktui.adapters.model import Fault
from ktui.adapters.topics import Topic
from ktui.tui.desk import Desk
from ktui.tui.places import Place, ScreenName
from ktui.tui.present.name_filter import NameFilter
from ktui.tui.present.rates import RateLook
from ktui.tui.present.sanitise import safe
from ktui.tui.present.topic import facts, title
from ktui.tui.present.traffic import OF_CLUSTER
from ktui.tui.screens.chosen import Chosen
from ktui.tui.screens.topic_details import DetailsReader
from ktui.tui.screens.topic_tabs import TABS, Ground, TopicTab
from ktui.tui.screens.view import View
from ktui.widgets.big_table import BigTable
from ktui.widgets.cells import Line, Run, Tone, plain
from ktui.widgets.lines_panel import LinesPanel
from ktui.widgets.status_line import StatusLine, StatusSegment


class TopicView(View):
    SCREEN = ScreenName.TOPIC

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._topic_name = ""
        self._facts = LinesPanel(classes="facts")
        self._tab_line = StatusLine(classes="tabs")
        self._details = DetailsReader(desk, self, self.update_view)
        ground = Ground(desk, self, self._details, self.update_view)
        self._tabs = [make(ground) for make in TABS]
        self._tab: TopicTab = self._tabs[0]

    def content(self) -> Sequence[Widget]:
        return (self._facts, self._tab_line, *(tab.table for tab in self._tabs))

    def on_resize(self) -> None:
        if self.is_shown:
            self.update_view()

    @property
    def _topic(self) -> Topic | None:
        return self.desk.snapshot.topics.get(self._topic_name)

    def show_place(self, place: Place) -> None:
        name = str(place.subject)
        if name != self._topic_name:
            self._topic_name = name
            self._tab = self._tabs[0]
            self._details.forget()
            for tab in self._tabs:
                tab.begin(name)
        self._tab = next((tab for tab in self._tabs if place.aspect == tab.NAME), self._tab)
        super().show_place(place)

    def focus_content(self) -> None:
        self._tab.table.focus()

    def update_view(self) -> None:
        topic = self._topic
        if topic is not None and not self.desk.is_paused:
            self._details.keep_fresh(topic)
        look = RateLook(self.desk.rates, OF_CLUSTER.at(self.room))
        lines = facts(self.desk.snapshot, topic, look) if topic is not None else ()
        if len(lines) != len(self._facts.lines):
            self._facts.refresh(layout=True)
        self._facts.show(lines)
        for tab in self._tabs:
            tab.table.display = tab is self._tab
        self._tab.draw(topic)
        self._show_tab_line()
        super().update_view()

    def tick(self) -> None:
        self.update_view()

    def _show_tab_line(self) -> None:
        runs = [
            Run(f"[{tab.NAME}]", Tone.ACCENT) if tab is self._tab else Run(f" {tab.NAME} ", Tone.MUTED)
            for tab in self._tabs
        ]
        self._tab_line.show([StatusSegment(tuple(runs)), StatusSegment(self._tab.note(), grow_right=True)])

    def faults(self) -> Sequence[Fault]:
        return (*super().faults(), *self._tab.faults())

    def title(self) -> Line:
        topic = self._topic
        return (
            (Run(safe(self._topic_name), Tone.TITLE),) if topic is None else title(topic, self.desk.snapshot)
        )

    def remarks(self) -> Sequence[Line]:
        marked = (Run(f"{len(self._tab.marks):,} marked", Tone.ACCENT),) if self._tab.marks else ()
        return tuple(remark for remark in (marked, self._tab.filter_remark()) if remark)

    def offers(self) -> frozenset[str]:
        offered = {"next-tab", "copy", *self._tab.offers()}
        if self._tab.HAS_FILTER:
            offered.add("filter")
        if self._topic is not None:
            offered |= {"create-like", "delete", "add-partitions", "edit-config"}
        if self._tab.CAN_MARK:
            offered.add("mark")
        if self._tab.marks:
            offered.add("unmark")
        return frozenset(offered)

    def run_command(self, name: str) -> None:
        if name == "next-tab":
            self._tab = self._tabs[(self._tabs.index(self._tab) + 1) % len(self._tabs)]
            self.update_view()
            self.focus_content()
        elif name == "unmark":
            self._set_marks(frozenset())
        else:
            self._tab.run_command(name)

    @on(BigTable.MarkToggled)
    def _mark(self, event: BigTable.MarkToggled) -> None:
        event.stop()
        if self._tab.CAN_MARK:
            self._set_marks(self._tab.marks ^ {event.key})

    def _set_marks(self, marks: frozenset[Hashable]) -> None:
        self._tab.marks = marks
        self.update_view()

    def chosen(self) -> Chosen:
        return self._tab.chosen() if self._topic is not None else Chosen()

    @property
    def filter_text(self) -> str:
        return self._tab.name_filter.text

    def set_filter(self, text: str) -> None:
        self._tab.name_filter = NameFilter(text)
        self.update_view()

    @on(BigTable.Highlighted)
    def _cursor_moved(self, event: BigTable.Highlighted) -> None:
        event.stop()
        super().update_view()

    @on(BigTable.Selected)
    def _open_row(self, event: BigTable.Selected) -> None:
        event.stop()
        self._tab.open_row()

    def topic_here(self) -> str | None:
        return self._topic_name

    def looked_at(self) -> Collection[str]:
        return {self._topic_name}

    def wanted_groups(self) -> Wanted:
        return self._tab.wanted_groups()

    def copied_text(self) -> str | None:
        table = self._tab.table
        if table.cursor_key is None:
            return safe(self._topic_name)
        return "\t".join(plain(cell).strip() for cell in table.model.row(table.cursor_index).cells)
