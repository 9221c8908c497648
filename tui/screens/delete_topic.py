"""The dialog that deletes a topic: shows what dies with it."""

from __future__ import annotations

from ktui.adapters.operate.plan import Plan
from ktui.adapters.operate.spec import DeleteTopic
from ktui.tui.desk import Desk
from ktui.tui.present.deletion import deletion_lines
from ktui.tui.screens.change_dialog import ChangeDialog
from ktui.widgets.cells import Line


class DeleteTopicDialog(ChangeDialog):
    def __init__(self, desk: Desk, name: str) -> None:
        prompt = "Type the name to delete it:"
        super().__init__(desk, DeleteTopic(name), "Delete a topic", action="Delete", prompt=prompt)
        self._topic_name = name

    def lines_of(self, plan: Plan) -> tuple[Line, ...]:
        settings = self._desk.settings
        per_s = self._desk.newest_rates.per_s(self._topic_name)
        return deletion_lines(plan, settings.name, settings.environment, per_s=per_s, now=self._desk.now())
