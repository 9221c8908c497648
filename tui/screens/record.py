"""One record, whole, over the tail it was found in; its neighbours on the partition are a key away."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from ktui.adapters.errors import AdapterError
from ktui.adapters.serde.decoder import Decoder
from ktui.adapters.tail.record import Record
from ktui.adapters.tail.view import TailView
from ktui.tui.desk import Desk
from ktui.tui.present.record import (
    FIRST_BYTES,
    MOST_BYTES,
    Mode,
    RecordLook,
    copied_value,
    record_lines,
    record_title,
    why_partition,
)
from ktui.tui.present.sanitise import safe
from ktui.tui.screens.tail_export import export
from ktui.tui.screens.tail_run import TailRun
from ktui.widgets.cells import Line, Run, Tone
from ktui.widgets.key_bar import KeyBar
from ktui.widgets.lines_panel import LinesPanel
from ktui.widgets.status_line import StatusLine, StatusSegment

MOST_COPIED: Final = 64 << 10
KEYS: Final = (
    ("tab", "pretty/text/hex"), ("← →", "neighbours"), ("a", "all of it"), ("y", "copy"), ("^e", "export"),
    ("esc", "back"),
)  # fmt: skip


class RecordScreen(ModalScreen[None]):
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter", "dismiss", "Back", show=False, id="record.close"),
        Binding("tab", "mode", "Other form", show=False, priority=True, id="record.mode"),
        Binding("left,h,left_square_bracket", "neighbour(-1)", "Before", show=False, id="record.before"),
        Binding("right,l,right_square_bracket", "neighbour(1)", "After", show=False, id="record.after"),
        Binding("a", "all", "All of it", show=False, id="record.all"),
        Binding("y", "copy", "Copy", show=False, id="record.copy"),
        Binding("ctrl+e", "export", "Export", show=False, id="record.export"),
    ]

    def __init__(
        self, desk: Desk, decoder: Decoder, run: TailRun, record: Record, view: TailView | None
    ) -> None:
        super().__init__()
        self._desk = desk
        self._decoder = decoder
        self._run = run
        self._view = view
        self.record = record
        self._look = RecordLook(decoder, desk.times)
        self._remark = ""
        self._title = StatusLine(classes="title")
        self._panel = LinesPanel(focusable=True)
        self._before_schema = decoder.on_change

    def compose(self) -> ComposeResult:
        yield self._title
        yield self._panel
        yield KeyBar(KEYS)

    def on_mount(self) -> None:
        self._decoder.on_change = self._schema_came
        self._panel.focus()
        self._show()
        if self.record.cut:
            self._look_around(0)

    def on_unmount(self) -> None:
        self._decoder.on_change = self._before_schema

    def _schema_came(self) -> None:
        self._before_schema()
        self._show()

    def on_resize(self) -> None:
        self._show()

    def _show(self) -> None:
        remark: Line = (Run(safe(self._remark), Tone.WARN),) if self._remark else ()
        self._title.show([StatusSegment(record_title(self.record)), StatusSegment(remark, grow_right=True)])
        self._look = replace(self._look, width=max(20, self.size.width - 2))
        self._panel.show(record_lines(self.record, self._look, why_partition(self.record, self._view)))

    def action_mode(self) -> None:
        modes = list(Mode)
        following = modes[(modes.index(self._look.mode) + 1) % len(modes)]
        if following is Mode.HEX and self._look.value_of(self.record).is_masked:
            following = Mode.PRETTY
        self._look = replace(self._look, mode=following)
        self._show()

    def action_all(self) -> None:
        """Long values are laid out beside the loop."""
        self._look = replace(self._look, most_bytes=MOST_BYTES)
        self.run_worker(self._show_all(), group="record", exclusive=True, exit_on_error=False)

    async def _show_all(self) -> None:
        record, look = self.record, self._look
        lines = await asyncio.to_thread(record_lines, record, look, why_partition(record, self._view))
        if (record, look) == (self.record, self._look):
            self._panel.show(lines)

    def action_neighbour(self, step: int) -> None:
        self._look_around(step)

    def _look_around(self, step: int) -> None:
        self.run_worker(self._fetch(step), group="record", exclusive=True, exit_on_error=False)

    async def _fetch(self, step: int) -> None:
        """The record before or after this one on its partition, or this one whole."""
        here = self.record
        try:
            found = await self._run.around(
                here.partition, here.offset, before=int(step < 0), after=int(step > 0)
            )
        except (AdapterError, TimeoutError) as error:
            self._remark = str(error) or "It was not read in time."
            self._show()
            return
        wanted = [
            record
            for record in found
            if (record.offset > here.offset) - (record.offset < here.offset) == step
        ]
        if not wanted:
            self._remark = {-1: "There is none before it.", 1: "There is none after it."}.get(
                step, "It is gone."
            )
        else:
            self._remark = ""
            self.record = wanted[0]
            if step:
                self._look = replace(self._look, most_bytes=FIRST_BYTES)
                self._panel.scroll_to(y=0, animate=False)
        self._show()

    def action_copy(self) -> None:
        text = copied_value(self.record, self._look)
        if len(text) > MOST_COPIED:
            self._remark = "Too large for the clipboard of a terminal; ctrl+e writes a file."
        else:
            self.app.copy_to_clipboard(
                "\n".join("\t".join(map(safe, part.split("\t"))) for part in text.split("\n"))
            )
            self._remark = "Value copied."
        self._show()

    def action_export(self) -> None:
        self.run_worker(self._export(), group="export", exclusive=True, exit_on_error=False)

    async def _export(self) -> None:
        record = self.record
        if record.cut:
            found = await self._run.around(record.partition, record.offset)
            record = found[0] if found else record
        self._remark = await export([record], record.topic, self._decoder, self._desk.now())
        self._show()
