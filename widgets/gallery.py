"""An application that shows the widgets, for looking at them."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType

from ktui.widgets.big_table import BigTable
from ktui.widgets.cells import Run, Tone, line
from ktui.widgets.chart import Chart
from ktui.widgets.command_bar import CommandBar
from ktui.widgets.confirm import ConfirmName, Notice
from ktui.widgets.filter_bar import FilterBar
from ktui.widgets.form import FormOutcome, FormScreen, Values
from ktui.widgets.form_fields import FieldKind, FieldSpec
from ktui.widgets.gallery_data import COLUMNS, DELETION, KEYS, OVERVIEW, MadeUpTopics, status
from ktui.widgets.gallery_rates import RATE_COLUMNS, rate_rows, rates_chart
from ktui.widgets.key_bar import KeyBar
from ktui.widgets.lines_panel import LinesPanel
from ktui.widgets.status_line import StatusLine

TOPICS = 200_000
COMMANDS = ("topics", "topic", "brokers", "quorum", "problems", "create")

FIELDS = (
    FieldSpec("name", "Name", required=True, hint="letters, digits, . _ -"),
    FieldSpec("partitions", "Partitions", value="6", kind=FieldKind.INT, hint="broker default 1"),
    FieldSpec("rf", "Replication factor", value="3", kind=FieldKind.INT, hint="3 brokers are up"),
    FieldSpec("min_isr", "Min in-sync", kind=FieldKind.INT, hint="broker default 1"),
    FieldSpec(
        "policy", "Cleanup", value="delete", kind=FieldKind.CHOICE, choices=("delete", "compact"), hint="← →"
    ),
    FieldSpec("config", "More settings", kind=FieldKind.LINES, hint="one name=value a line"),
)


class Gallery(App[None]):
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "page('table')"),
        Binding("2", "page('lines')"),
        Binding("3", "page('rates')"),
        Binding("4", "page('chart')"),
        Binding("slash", "filter"),
        Binding("colon", "command"),
        Binding("n", "new"),
        Binding("ctrl+d", "delete"),
        Binding("v", "notice"),
        Binding("t", "tick"),
        Binding("q", "quit"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._turn = 0
        self._marked: frozenset[Hashable] = frozenset()

    def compose(self) -> ComposeResult:
        yield StatusLine(status(0))
        yield BigTable(COLUMNS, empty_text="No topic matches.", sort=("rate", True), id="table")
        yield LinesPanel(OVERVIEW, focusable=True, id="lines")
        yield BigTable(RATE_COLUMNS, id="rates")
        yield Chart(id="chart")
        yield FilterBar()
        yield CommandBar(lambda text: [name for name in COMMANDS if name.startswith(text)])
        yield KeyBar(KEYS)

    def on_mount(self) -> None:
        self.action_page("table")
        self._show_rows()

    def _show_rows(self) -> None:
        count = TOPICS // 10 ** len(self.query_one(FilterBar).text)
        rows = MadeUpTopics(count, turn=self._turn, marked=self._marked)
        self.query_one("#table", BigTable).show(rows)
        self.query_one("#rates", BigTable).show(rate_rows(self._turn))
        self.query_one(Chart).show(rates_chart(self._turn))

    def action_page(self, page: str) -> None:
        for name in ("table", "lines", "rates", "chart"):
            self.query_one(f"#{name}").display = name == page
        self.query_one(f"#{page}").focus()

    def action_filter(self) -> None:
        self.query_one(FilterBar).open()

    def action_command(self) -> None:
        self.query_one(CommandBar).open()

    def action_tick(self) -> None:
        self._turn += 1
        self.query_one(StatusLine).show(status(self._turn))
        self._show_rows()

    def action_notice(self) -> None:
        self.push_screen(Notice("Notice", "The broker 3 did not answer in 2 s.", OVERVIEW, tone=Tone.WARN))

    def action_delete(self) -> None:
        self.push_screen(ConfirmName("Delete a topic", DELETION, expected="invoices", keep_open=True))

    def action_new(self) -> None:
        self.push_screen(FormScreen("New topic", FIELDS, check=_check, submit=_submit, preview=_preview))

    @on(BigTable.MarkToggled)
    def _mark(self, event: BigTable.MarkToggled) -> None:
        self._marked ^= {event.key}
        self._show_rows()

    @on(BigTable.HeaderClicked)
    def _sort(self, event: BigTable.HeaderClicked) -> None:
        event.table.sort = (event.column, True)

    @on(FilterBar.FilterChanged)
    @on(FilterBar.FilterClosed)
    def _filter(self) -> None:
        self._show_rows()
        rows = self.query_one("#table", BigTable).model.count
        self.query_one(FilterBar).set_note(line(Run(f"{rows:,} of {TOPICS:,}", Tone.MUTED)))

    @on(ConfirmName.Confirmed)
    async def _delete(self, event: ConfirmName.Confirmed) -> None:
        event.dialog.set_status((line("Deletion was accepted, waiting until it is gone."),))
        self.set_timer(1, lambda: event.dialog.finish((line(Run("It is gone.", Tone.GOOD)),)))


def _check(values: Values) -> Values:
    name = values["name"]
    return {"name": "there is a topic of that name"} if name == "invoices" else {}


async def _submit(values: Values) -> FormOutcome:
    await asyncio.sleep(1)
    if values["rf"] == "5":
        sentence = "Replication factor 5 is larger than the 3 brokers that are up."
        return FormOutcome(ok=False, sentence=sentence, errors={"rf": "3 at most"})
    return FormOutcome(ok=True)


def _preview(values: Values) -> str:
    partitions = values["partitions"] or "1"
    return f"ktui topic create {values['name'] or 'NAME'} --partitions {partitions} --replication-factor {values['rf']}"
