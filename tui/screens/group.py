"""One group: how far it has read each partition, and who its members are."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from textual import on
from textual.widget import Widget

from ktui.adapters.groups.model import GroupDetail, GroupListed
from ktui.adapters.groups.view import Wanted
from ktui.adapters.model import Fault
from ktui.tui.desk import Desk
from ktui.tui.places import Place, ScreenName
from ktui.tui.present import group as present
from ktui.tui.present.name_filter import NameFilter
from ktui.tui.present.sanitise import safe
from ktui.tui.screens.chosen import Chosen
from ktui.tui.screens.messages import Go
from ktui.tui.screens.view import View
from ktui.widgets.big_table import BigTable
from ktui.widgets.cells import Line, Run, Tone, plain
from ktui.widgets.lines_panel import LinesPanel
from ktui.widgets.rows import EMPTY_MODEL, Row, TupleModel
from ktui.widgets.status_line import StatusLine, StatusSegment


class Tab(StrEnum):
    PARTITIONS = "partitions"
    MEMBERS = "members"


class GroupView(View):
    SCREEN = ScreenName.GROUP

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._group_name = ""
        self._tab = Tab.PARTITIONS
        self._filter = NameFilter()
        self._facts = LinesPanel(classes="facts")
        self._tab_line = StatusLine(classes="tabs")
        self._tables = {
            Tab.PARTITIONS: BigTable(present.PARTITION_COLUMNS),
            Tab.MEMBERS: BigTable(present.MEMBER_COLUMNS),
        }

    def content(self) -> Sequence[Widget]:
        return (self._facts, self._tab_line, *self._tables.values())

    @property
    def _table(self) -> BigTable:
        return self._tables[self._tab]

    @property
    def _group(self) -> GroupListed | None:
        return self.desk.groups.by_name.get(self._group_name)

    @property
    def _detail(self) -> GroupDetail | None:
        return self.desk.groups.details.get(self._group_name)

    def show_place(self, place: Place) -> None:
        name = str(place.subject)
        if name != self._group_name:
            self._group_name, self._tab, self._filter = name, Tab.PARTITIONS, NameFilter()
            for table in self._tables.values():
                table.show(EMPTY_MODEL)
                table.move_to_index(0)
        super().show_place(place)

    def focus_content(self) -> None:
        self._table.focus()

    def update_view(self) -> None:
        group, detail = self._group, self._detail
        lines = present.facts(group, detail) if group is not None else ()
        if len(lines) != len(self._facts.lines):
            self._facts.refresh(layout=True)
        self._facts.show(lines)
        for tab, table in self._tables.items():
            table.display = tab is self._tab
        self._show_tab_line()
        self._table.empty_text = self._empty_text(group, detail)
        self._table.show(TupleModel(self._rows(detail)))
        super().update_view()

    def _rows(self, detail: GroupDetail | None) -> list[Row]:
        matches = self._filter.matches
        if detail is None:
            return []
        if self._tab is Tab.MEMBERS:
            return present.member_rows(detail.seen.members if detail.seen is not None else (), matches)
        return present.partition_rows(detail.parts or (), matches)

    def _empty_text(self, group: GroupListed | None, detail: GroupDetail | None) -> str:
        if group is None:
            if not self.desk.groups.is_listed:
                return "Asking the coordinators for their groups…"
            return f"There is no group {safe(self._group_name)}, or this principal may not see it."
        if detail is None or (detail.seen is None and detail.parts is None and not detail.reason):
            return "Reading…"
        if not self._filter.is_empty:
            return f"Nothing matches /{safe(self._filter.text)}"
        if self._tab is Tab.MEMBERS:
            return "It has no members." if detail.seen is not None else "The members could not be read."
        return "Nothing was committed." if detail.parts is not None else "The offsets could not be read."

    def _show_tab_line(self) -> None:
        runs = [
            Run(f"[{tab.value}]", Tone.ACCENT) if tab is self._tab else Run(f" {tab.value} ", Tone.MUTED)
            for tab in Tab
        ]
        self._tab_line.show([StatusSegment(tuple(runs))])

    def wanted_groups(self) -> Wanted:
        return Wanted(has_list=True, groups=frozenset({self._group_name}))

    def faults(self) -> Sequence[Fault]:
        return (*super().faults(), *self.desk.groups.faults)

    def title(self) -> Line:
        return present.title(self._group_name, self._group)

    def remarks(self) -> Sequence[Line]:
        return () if self._filter.is_empty else ((Run(f"/{safe(self._filter.text)}", Tone.ACCENT),),)

    def offers(self) -> frozenset[str]:
        offered = {"next-tab", "copy", "filter"}
        if self._tab is Tab.PARTITIONS and self._table.cursor_key is not None:
            offered |= {"open", "delete-offsets"}
        if self._group is not None:
            offered |= {"reset-offsets", "delete", "delete-group"}
        return frozenset(offered)

    def chosen(self) -> Chosen:
        topic = self.topic_here()
        return Chosen(group=self._group_name, topics=() if topic is None else (topic,))

    def run_command(self, name: str) -> None:
        if name == "next-tab":
            self._tab = Tab.MEMBERS if self._tab is Tab.PARTITIONS else Tab.PARTITIONS
            self.update_view()
            self.focus_content()

    @property
    def filter_text(self) -> str:
        return self._filter.text

    def set_filter(self, text: str) -> None:
        self._filter = NameFilter(text)
        self.update_view()

    @on(BigTable.Highlighted)
    def _cursor_moved(self, event: BigTable.Highlighted) -> None:
        event.stop()
        super().update_view()

    @on(BigTable.Selected)
    def _open(self, event: BigTable.Selected) -> None:
        event.stop()
        if isinstance(event.key, tuple):
            self.post_message(Go(Place(ScreenName.TOPIC, event.key[0])))

    def topic_here(self) -> str | None:
        key = self._table.cursor_key
        return key[0] if isinstance(key, tuple) else None

    def copied_text(self) -> str | None:
        table = self._table
        if table.cursor_key is None:
            return safe(self._group_name)
        return "\t".join(plain(cell).strip() for cell in table.model.row(table.cursor_index).cells)
