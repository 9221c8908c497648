"""The dialog that deletes a topic: shows what dies, takes the typed name, and watches until it is gone."""

from __future__ import annotations

import asyncio

from textual.message import Message

from ktui.adapters.errors import AdapterError
from ktui.adapters.operate.plan import Plan, Progress
from ktui.adapters.operate.spec import DeleteTopic
from ktui.tui.asking import on_feed
from ktui.tui.desk import Desk
from ktui.tui.present.deletion import READING, outcome_lines, plan_lines, where_line
from ktui.tui.present.sanitise import safe
from ktui.widgets.cells import Line, Run, Tone, line, plain
from ktui.widgets.confirm import ConfirmName


class DeleteTopicDialog(ConfirmName):
    """Closing it after the name was typed does not stop the deletion; its end is told anyway."""

    class Progressed(Message):
        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence

    def __init__(self, desk: Desk, name: str) -> None:
        settings = desk.settings
        first = (where_line(name, settings.name, settings.environment), READING)
        super().__init__("Delete a topic", first, expected=safe(name), keep_open=True)
        self._desk = desk
        self._topic_name = name
        self.is_done = False
        self._planning: asyncio.Task[Plan] | None = None

    def on_mount(self) -> None:
        super().on_mount()
        self._planning = asyncio.create_task(
            on_feed(self._desk.feed, lambda cluster: cluster.operator.plan(DeleteTopic(self._topic_name)))
        )
        self._planning.add_done_callback(_mark_as_seen)
        self.run_worker(self._show_plan(self._planning), exit_on_error=False)

    async def _show_plan(self, planning: asyncio.Task[Plan]) -> None:
        settings = self._desk.settings
        try:
            plan = await asyncio.shield(planning)
        except AdapterError as error:
            where = where_line(self._topic_name, settings.name, settings.environment)
            self.set_body((where, (Run(f"✕ {safe(str(error))}", Tone.BAD),)))
            return
        self.set_body(plan_lines(plan, settings.name, settings.environment))

    def confirmed(self) -> None:
        # The application runs it: the deletion is watched to its end also when this dialog is closed.
        self.app.run_worker(self._delete(), group="delete", exit_on_error=False)

    async def _delete(self) -> None:
        try:
            assert self._planning is not None
            plan = await asyncio.shield(self._planning)
            outcome = await on_feed(
                self._desk.feed,
                lambda cluster: cluster.operator.apply(plan, typed=self._topic_name, report=self._report),
            )
            self.is_done = outcome.is_done
            self._end(outcome_lines(outcome))
        except AdapterError as error:
            self._end(((Run(safe(str(error)), Tone.BAD),),))

    def _report(self, progress: Progress) -> None:
        """Called on the feed's thread; posting is safe from any."""
        self.post_message(self.Progressed(progress.sentence))

    def on_delete_topic_dialog_progressed(self, event: Progressed) -> None:
        event.stop()
        self.set_status((line(Run(safe(event.sentence), Tone.MUTED)),))

    def _end(self, lines: tuple[Line, ...]) -> None:
        if self.is_attached:
            self.finish(lines)
        else:
            self.app.notify(plain(lines[0]), title=safe(self._topic_name), markup=False)


def _mark_as_seen(planning: asyncio.Task[Plan]) -> None:
    """An error of a plan that nobody waits for any more is not worth a word."""
    if not planning.cancelled():
        planning.exception()
