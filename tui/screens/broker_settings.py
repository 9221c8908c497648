"""The configuration of one broker, with where each value was set, and its log directories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from textual.widget import Widget

from ktui.adapters.errors import AdapterError
from ktui.adapters.kafka.asks.config_values import ConfigValue
from ktui.adapters.model import Fault
from ktui.adapters.operate.configs import ConfigOwner, read_configs
from ktui.tui.asking import on_feed
from ktui.tui.desk import Desk
from ktui.tui.places import Place, ScreenName
from ktui.tui.present import broker_settings
from ktui.tui.present.formats import counted
from ktui.tui.present.slices import Steps
from ktui.tui.screens.chosen import Chosen
from ktui.tui.screens.table_view import TableView
from ktui.widgets.cells import Line, Run, Tone
from ktui.widgets.lines_panel import LinesPanel
from ktui.widgets.rows import RowModel, TupleModel

if TYPE_CHECKING:
    from ktui.adapters.connect import Cluster

PERIOD_S: Final = 15.0


class BrokerSettingsView(TableView):
    """Asks again while it is shown, and at once when something was changed."""

    SCREEN = ScreenName.BROKER_SETTINGS
    COLUMNS = broker_settings.COLUMNS

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._directories = LinesPanel(classes="footnote")
        self._broker = -1
        self._values: Mapping[str, ConfigValue] | None = None
        self._error: str | None = None
        self._asked_at: float | None = None
        self._is_asking = False

    def content(self) -> Sequence[Widget]:
        return (self.table, self._directories)

    def show_place(self, place: Place) -> None:
        if isinstance(place.subject, int) and place.subject != self._broker:
            self._broker, self._values, self._error = place.subject, None, None
        self._asked_at = None
        super().show_place(place)

    def refresh_now(self) -> None:
        """Something was changed."""
        self._asked_at = None

    def update_view(self) -> None:
        now = self.desk.monotonic()
        is_due = self._asked_at is None or now - self._asked_at >= PERIOD_S
        if is_due and not self._is_asking and self.desk.newest.brokers_loaded and not self.desk.is_paused:
            self._is_asking, self._asked_at = True, now
            self.run_worker(self._ask(self._broker), group="broker-settings", exit_on_error=False)
        lines = broker_settings.directory_lines(self.desk.snapshot, self._broker)
        self._directories.display = bool(lines)
        self._directories.show(lines)
        super().update_view()

    async def _ask(self, broker: int) -> None:
        async def ask(cluster: Cluster) -> Mapping[str, ConfigValue]:
            return await read_configs(cluster.operator.ground, ConfigOwner.broker(broker))

        try:
            values = await on_feed(self.desk.feed, ask)
            if broker == self._broker:
                self._values, self._error = values, None
        except AdapterError as error:
            self._error = str(error)
        finally:
            self._is_asking = False
        if self.is_shown:
            super().update_view()

    def build(self) -> Steps[RowModel]:
        yield from ()
        values = () if self._values is None else self._values.values()
        return TupleModel(broker_settings.rows(values, self.name_filter.matches))

    def title(self) -> Line:
        name = Run(f"Settings of broker {self._broker}", Tone.TITLE)
        if self._values is None:
            return (name, Run("  not read yet", Tone.MUTED))
        changed = sum(value.source in broker_settings.LIVE for value in self._values.values())
        return (
            name,
            Run(f"  {counted(len(self._values), 'setting')}, {changed} set while running", Tone.MUTED),
        )

    def faults(self) -> Sequence[Fault]:
        own: tuple[Fault, ...] = ()
        if self._error is not None:
            own = (Fault("settings", f"broker {self._broker}", self._error, self.desk.now()),)
        return (*super().faults(), *own)

    def empty_text(self, model: RowModel) -> str:
        if self._values is None:
            return "Reading…" if self._error is None else "The settings could not be read."
        return "Nothing matches."

    def offers(self) -> frozenset[str]:
        return super().offers() | {"edit-config"}

    def chosen(self) -> Chosen:
        key = self.table.cursor_key
        return Chosen(broker=self._broker, setting=key if isinstance(key, str) else None)

    def charted(self) -> Place:
        return Place(ScreenName.CHART, self._broker)
