"""The dialog of a change: shows its plan, takes what must be typed, and watches until it is done."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Final

from textual.message import Message

from ktui.adapters.errors import AdapterError, NotSupported
from ktui.adapters.operate.change import Change, ConfirmKind
from ktui.adapters.operate.operation import NOTHING_KNOWN, Known
from ktui.adapters.operate.plan import Plan, Progress
from ktui.adapters.operate.registry import operation_of
from ktui.tui.asking import on_feed
from ktui.tui.desk import Desk
from ktui.tui.present.change_plan import READING, outcome_lines, plan_lines, where_line
from ktui.tui.present.sanitise import safe
from ktui.widgets.cells import Line, Run, Tone, line, plain
from ktui.widgets.confirm import ConfirmName

if TYPE_CHECKING:
    from ktui.adapters.connect import Cluster

_PROMPTS: Final = {
    ConfirmKind.YES: "Type yes to do it:",
    ConfirmKind.NAME: "Type the name to do it:",
    ConfirmKind.PHRASE: "Type this to do it:",
}
_WANTED: Final = {ConfirmKind.YES: "yes", ConfirmKind.NAME: "the full name", ConfirmKind.PHRASE: "all of it"}


class ChangeDialog(ConfirmName):
    """Closing it after it was confirmed does not stop the change; its end is told anyway."""

    class Progressed(Message):
        def __init__(self, sentence: str) -> None:
            super().__init__()
            self.sentence = sentence

    def __init__(
        self,
        desk: Desk,
        change: Change,
        title: str,
        *,
        action: str,
        known: Known = NOTHING_KNOWN,
        prompt: str = "",
    ) -> None:
        operation = operation_of(change)
        asked = operation.confirmation(change)
        self._subject = operation.subject(change).text
        settings = desk.settings
        super().__init__(
            title,
            (where_line(self._subject, settings.name, settings.environment), READING),
            expected=safe(asked.expected),
            action=action,
            prompt=prompt or _PROMPTS[asked.kind],
            wanted=_WANTED[asked.kind],
            keep_open=True,
        )
        self._desk = desk
        self._change = change
        self._known = known
        self._typed_text = asked.expected
        self.is_done = False
        self._planning: asyncio.Task[Plan] | None = None

    def on_mount(self) -> None:
        super().on_mount()
        self._planning = asyncio.create_task(on_feed(self._desk.feed, self._plan))
        self._planning.add_done_callback(_mark_as_seen)
        self.run_worker(self._show_plan(self._planning), exit_on_error=False)

    async def _plan(self, cluster: Cluster) -> Plan:
        """With the cluster's own word, where it can be tried without being done."""
        plan = await cluster.operator.plan(self._change, known=self._known)
        if not plan.refusals:
            with contextlib.suppress(NotSupported):
                await cluster.operator.validate(plan.change)
        return plan

    def lines_of(self, plan: Plan) -> tuple[Line, ...]:
        """What the plan says, for this dialog."""
        settings = self._desk.settings
        return plan_lines(plan, settings.name, settings.environment)

    async def _show_plan(self, planning: asyncio.Task[Plan]) -> None:
        settings = self._desk.settings
        try:
            plan = await asyncio.shield(planning)
        except AdapterError as error:
            where = where_line(self._subject, settings.name, settings.environment)
            self.set_body((where, (Run(f"✕ {safe(str(error))}", Tone.BAD),)))
            return
        self.set_body(self.lines_of(plan))

    def confirmed(self) -> None:
        # The application runs it: the change is watched to its end also when this dialog is closed.
        self.app.run_worker(self._apply(), group="change", exit_on_error=False)

    async def _apply(self) -> None:
        try:
            assert self._planning is not None
            plan = await asyncio.shield(self._planning)
            outcome = await on_feed(
                self._desk.feed,
                lambda cluster: cluster.operator.apply(plan, typed=self._typed_text, report=self._report),
            )
            self.is_done = outcome.is_done
            self._end(outcome_lines(outcome))
        except AdapterError as error:
            self._end(((Run(safe(str(error)), Tone.BAD),),))

    def _report(self, progress: Progress) -> None:
        """Called on the feed's thread; posting is safe from any."""
        self.post_message(self.Progressed(progress.sentence))

    def on_change_dialog_progressed(self, event: Progressed) -> None:
        event.stop()
        self.set_status((line(Run(safe(event.sentence), Tone.MUTED)),))

    def _end(self, lines: tuple[Line, ...]) -> None:
        self._desk.feed.refresh()
        if self.is_attached:
            self.finish(lines)
        else:
            self.app.notify(plain(lines[0]), title=safe(self._subject), markup=False)


def _mark_as_seen(planning: asyncio.Task[Plan]) -> None:
    """An error of a plan that nobody waits for any more is not worth a word."""
    if not planning.cancelled():
        planning.exception()
