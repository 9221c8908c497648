"""Who reads, how far behind. Only the rows in sight are asked for more than their names."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from textual import on

from ktui.adapters.groups.view import EMPTY_GROUPS, Wanted
from ktui.adapters.model import Fault
from ktui.tui.desk import Desk
from ktui.tui.places import Place, ScreenName
from ktui.tui.present import groups as rows
from ktui.tui.present.formats import number
from ktui.tui.present.slices import Steps
from ktui.tui.screens.chosen import Chosen
from ktui.tui.screens.messages import Go
from ktui.tui.screens.table_view import TableView
from ktui.widgets.big_table import BigTable
from ktui.widgets.cells import Line, Run, Tone
from ktui.widgets.rows import RowModel


class GroupsView(TableView):
    SCREEN = ScreenName.GROUPS
    COLUMNS = rows.COLUMNS
    SORTS = rows.SORTS

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._made_for: Hashable = None
        self._made: rows.GroupRows = rows.GroupRows((), EMPTY_GROUPS)

    def build(self) -> Steps[RowModel]:
        view = self.desk.groups
        wish = (id(view.listed), self.sort, self.name_filter.text)
        if wish != self._made_for:
            column, is_descending = self.sort
            found = yield from rows.kept(
                view.listed, self.name_filter.matches, column, is_descending=is_descending
            )
            self._made_for, self._made = wish, rows.GroupRows(found, view)
        return self._made.over(view)

    def title(self) -> Line:
        name = Run("Groups", Tone.TITLE)
        view = self.desk.groups
        if not view.listed and not view.is_listed:
            return (name, Run("  not read yet", Tone.MUTED))
        shown = f"  {number(self.table.model.count)} of {number(len(view.listed))}"
        more = () if view.is_listed else (Run("  reading…", Tone.MUTED),)
        return (name, Run(shown, Tone.MUTED), *more)

    def empty_text(self, model: RowModel) -> str:
        view = self.desk.groups
        if not view.is_listed:
            return "Asking the coordinators for their groups…"
        if not self.name_filter.is_empty:
            return super().empty_text(model)
        return "There are no groups, or none that this principal may Describe."

    def faults(self) -> Sequence[Fault]:
        return (*super().faults(), *self.desk.groups.faults)

    def wanted_groups(self) -> Wanted:
        model = self.table.model
        if not isinstance(model, rows.GroupRows):
            return Wanted(has_list=True)
        seen = frozenset(model.groups[row].name for row in self.table.visible_rows)
        return Wanted(has_list=True, groups=seen)

    def offers(self) -> frozenset[str]:
        on_group = {"open", "reset-offsets", "delete", "delete-group"}
        return super().offers() | (on_group if self.table.cursor_key is not None else set())

    def chosen(self) -> Chosen:
        key = self.table.cursor_key
        return Chosen(group=key if isinstance(key, str) else None)

    @on(BigTable.Selected)
    def _open(self, event: BigTable.Selected) -> None:
        event.stop()
        self.post_message(Go(Place(ScreenName.GROUP, str(event.key))))
