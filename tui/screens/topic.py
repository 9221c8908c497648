"""Everything about one topic: its partitions and its configuration."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import StrEnum
from typing import Final

from textual import on
from textual.widget import Widget

from ktui.adapters.model import Fault
from ktui.adapters.topics import Topic
from ktui.tui.desk import Desk
from ktui.tui.places import Place, ScreenName
from ktui.tui.present import configuration, topic_partitions
from ktui.tui.present.formats import age
from ktui.tui.present.name_filter import NameFilter
from ktui.tui.present.partition_cells import BrokerStates
from ktui.tui.present.partitions import PartitionLook
from ktui.tui.present.rates import OF_PARTITIONS, RateLook
from ktui.tui.present.sanitise import safe
from ktui.tui.present.topic import facts, title
from ktui.tui.present.traffic import OF_CLUSTER
from ktui.tui.screens.change_marks import ChangeMarks
from ktui.tui.screens.topic_details import DetailsReader
from ktui.tui.screens.view import View
from ktui.widgets.big_table import BigTable
from ktui.widgets.cells import Line, Run, Tone, plain
from ktui.widgets.lines_panel import LinesPanel
from ktui.widgets.rows import EMPTY_MODEL, TupleModel
from ktui.widgets.status_line import StatusLine, StatusSegment


class Tab(StrEnum):
    PARTITIONS = "partitions"
    CONFIGURATION = "configuration"


STALE_S: Final = 20.0
"""Details older than this carry their age."""


class TopicView(View):
    SCREEN = ScreenName.TOPIC

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._topic_name = ""
        self._tab = Tab.PARTITIONS
        self._facts = LinesPanel(classes="facts")
        self._tabs = StatusLine(classes="tabs")
        self._partitions = BigTable(topic_partitions.COLUMNS)
        self._configuration = BigTable(configuration.COLUMNS)
        self._config_filter = NameFilter()
        self._marks = ChangeMarks(desk.monotonic)
        self._details = DetailsReader(desk, self, self.update_view)

    def content(self) -> Sequence[Widget]:
        return (self._facts, self._tabs, self._partitions, self._configuration)

    @property
    def _table(self) -> BigTable:
        return self._partitions if self._tab is Tab.PARTITIONS else self._configuration

    @property
    def _spark_width(self) -> int:
        return OF_PARTITIONS.at(self.room)

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
            self._tab = Tab.PARTITIONS
            self._config_filter = NameFilter()
            self._details.forget()
            self._partitions.show(EMPTY_MODEL)
            self._partitions.move_to_index(0)
        if place.aspect is not None:
            self._tab = Tab(place.aspect)
        super().show_place(place)

    def focus_content(self) -> None:
        self._table.focus()

    def update_view(self) -> None:
        topic = self._topic
        if topic is not None and not self.desk.is_paused:
            self._details.keep_fresh(topic)
        self._show_tab()
        look = RateLook(self.desk.rates, OF_CLUSTER.at(self.room))
        lines = facts(self.desk.snapshot, topic, look) if topic is not None else ()
        if len(lines) != len(self._facts.lines):
            self._facts.refresh(layout=True)
        self._facts.show(lines)
        self._show_partitions(topic)
        self._show_configuration()
        super().update_view()

    def tick(self) -> None:
        self.update_view()

    def _show_tab(self) -> None:
        self._partitions.display = self._tab is Tab.PARTITIONS
        self._configuration.display = self._tab is Tab.CONFIGURATION
        runs: list[Run] = []
        for tab in Tab:
            is_here = tab is self._tab
            runs += [
                Run(f"[{tab.value}]" if is_here else f" {tab.value} ", Tone.ACCENT if is_here else Tone.MUTED)
            ]
        self._tabs.show([StatusSegment(tuple(runs)), StatusSegment(self._details_age(), grow_right=True)])

    def _details_age(self) -> Line:
        held_s = self._details.age_s()
        if held_s is None or held_s < STALE_S:
            return ()
        return (Run(f"offsets and configuration {age(held_s)} old", Tone.WARN),)

    def _show_partitions(self, topic: Topic | None) -> None:
        if topic is None:
            self._partitions.empty_text = self._absent_sentence()
            self._partitions.show(EMPTY_MODEL)
            return
        snapshot = self.desk.snapshot
        model = self._partitions.model
        if isinstance(model, topic_partitions.TopicPartitionRows):
            seen = ((model.topic, row) for row in self._partitions.visible_rows)
            self._marks.compare(seen, snapshot.topics)
        states = BrokerStates.of(snapshot.brokers, is_loaded=snapshot.brokers_loaded)
        columns = topic_partitions.columns(self._spark_width)
        if columns != self._partitions.columns:
            self._partitions.set_columns(columns)
        seen_keys = [(topic.name, row) for row in self._partitions.visible_rows]
        rates = self.desk.rate_look(self._spark_width, lambda: seen_keys)
        look = PartitionLook(states, self._marks.current(), with_topic=False, rates=rates)
        self._partitions.show(topic_partitions.TopicPartitionRows(topic, look, self._details.details))

    def _absent_sentence(self) -> str:
        if not self.desk.snapshot.is_loaded:
            return "Nothing has been read yet."
        return f"There is no topic {safe(self._topic_name)} in this cluster."

    def _show_configuration(self) -> None:
        details = self._details.details
        if details is None or details.configs is None:
            self._configuration.empty_text = "The configuration could not be read." if details else "Reading…"
            self._configuration.show(EMPTY_MODEL)
            return
        self._configuration.empty_text = "Nothing matches."
        self._configuration.show(TupleModel(configuration.rows(details.configs, self._config_filter.matches)))

    def faults(self) -> Sequence[Fault]:
        details = self._details.details
        return (*super().faults(), *(details.faults if details is not None else ()))

    def title(self) -> Line:
        topic = self._topic
        return (Run(safe(self._topic_name), Tone.TITLE),) if topic is None else title(topic)

    def remarks(self) -> Sequence[Line]:
        if self._config_filter.is_empty or self._tab is not Tab.CONFIGURATION:
            return ()
        return ((Run(f"/{safe(self._config_filter.text)}", Tone.ACCENT),),)

    def offers(self) -> frozenset[str]:
        offered = {"next-tab", "copy"}
        if self._tab is Tab.CONFIGURATION:
            offered.add("filter")
        if self._topic is not None:
            offered |= {"create-like", "delete"}
        return frozenset(offered)

    def run_command(self, name: str) -> None:
        if name == "next-tab":
            self._tab = Tab.CONFIGURATION if self._tab is Tab.PARTITIONS else Tab.PARTITIONS
            self.update_view()
            self.focus_content()

    @property
    def filter_text(self) -> str:
        return self._config_filter.text if self._tab is Tab.CONFIGURATION else ""

    def set_filter(self, text: str) -> None:
        self._config_filter = NameFilter(text)
        self.update_view()

    @on(BigTable.Highlighted)
    @on(BigTable.Selected)
    def _nothing_to_open(self, event: BigTable.TableMessage) -> None:
        event.stop()

    def topic_here(self) -> str | None:
        return self._topic_name

    def looked_at(self) -> Collection[str]:
        return {self._topic_name}

    def copied_text(self) -> str | None:
        table = self._table
        if table.cursor_key is None:
            return safe(self._topic_name)
        return "\t".join(plain(cell).strip() for cell in table.model.row(table.cursor_index).cells)
