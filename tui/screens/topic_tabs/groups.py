"""The groups that read the topic."""

from __future__ import annotations

from collections.abc import Sequence

from ktui.adapters.groups.view import Wanted
from ktui.adapters.model import Fault
from ktui.adapters.topics import Topic
from ktui.tui.places import Place, ScreenName
from ktui.tui.present import topic_groups as rows
from ktui.tui.present.formats import number
from ktui.tui.screens.messages import Go
from ktui.tui.screens.topic_tabs.tab import TopicTab
from ktui.widgets.cells import Line, Run, Tone
from ktui.widgets.rows import EMPTY_MODEL, TupleModel


class GroupsTab(TopicTab):
    NAME = "groups"
    COLUMNS = rows.COLUMNS

    def draw(self, topic: Topic | None) -> None:
        view = self.desk.groups
        readers = view.readers
        if topic is None:
            self.table.empty_text = self.absent_sentence()
            self.table.show(EMPTY_MODEL)
            return
        self.table.empty_text = self._empty_text()
        if readers is None or readers.topic != topic.name:
            self.table.show(EMPTY_MODEL)
            return
        names = sorted(name for name in readers.names if self.name_filter.matches(name))
        self.table.show(TupleModel([rows.row(name, topic.name, view) for name in names]))

    def _empty_text(self) -> str:
        readers = self.desk.groups.readers
        if self.desk.player is not None:
            return "Groups are not recorded."
        if readers is None or not readers.is_complete:
            return "Looking through the groups…"
        if not self.name_filter.is_empty:
            return "Nothing matches."
        return "No group reads this topic, or none that this principal may Describe."

    def wanted_groups(self) -> Wanted:
        model = self.table.model
        seen = (model.row(row).key for row in self.table.visible_rows)
        return Wanted(True, frozenset(key for key in seen if isinstance(key, str)), self.topic_name)

    def note(self) -> Line:
        readers = self.desk.groups.readers
        if readers is None or readers.is_complete:
            return ()
        return (Run(f"{number(readers.asked)} of {number(readers.of)} groups looked at", Tone.MUTED),)

    def faults(self) -> Sequence[Fault]:
        return self.desk.groups.faults

    def offers(self) -> frozenset[str]:
        return frozenset({"open"} if self.table.cursor_key is not None else ())

    def open_row(self) -> None:
        self.ground.view.post_message(Go(Place(ScreenName.GROUP, str(self.table.cursor_key))))
