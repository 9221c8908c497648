"""The configuration of the topic: what was set on the topic itself first."""

from __future__ import annotations

from collections.abc import Sequence

from ktui.adapters.model import Fault
from ktui.adapters.topics import Topic
from ktui.tui.present import configuration
from ktui.tui.screens.chosen import Chosen
from ktui.tui.screens.topic_tabs.tab import TopicTab, age_note
from ktui.widgets.cells import Line
from ktui.widgets.rows import EMPTY_MODEL, TupleModel


class ConfigurationTab(TopicTab):
    NAME = "configuration"
    COLUMNS = configuration.COLUMNS

    def draw(self, topic: Topic | None) -> None:
        details = self.ground.details.details
        if details is None or details.configs is None:
            self.table.empty_text = "The configuration could not be read." if details else "Reading…"
            self.table.show(EMPTY_MODEL)
            return
        self.table.empty_text = "Nothing matches."
        self.table.show(TupleModel(configuration.rows(details.configs, self.name_filter.matches)))

    def chosen(self) -> Chosen:
        key = self.table.cursor_key
        return Chosen(topics=(self.topic_name,), setting=key if isinstance(key, str) else None)

    def faults(self) -> Sequence[Fault]:
        return self.ground.details.faults

    def note(self) -> Line:
        return age_note("configuration", self.ground.details.age_s())
