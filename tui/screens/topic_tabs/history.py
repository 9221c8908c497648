"""What happened to the topic since the console began to watch."""

from __future__ import annotations

from ktui.adapters.timeline.story import EMPTY_TIMELINE
from ktui.adapters.topics import Topic
from ktui.tui.places import Place, ScreenName
from ktui.tui.present import topic_history
from ktui.tui.present.events import EventLook
from ktui.tui.present.name_filter import NameFilter
from ktui.tui.present.slices import Steps
from ktui.tui.screens.messages import Go
from ktui.tui.screens.rebuild import Rebuild
from ktui.tui.screens.topic_tabs.tab import Ground, TopicTab
from ktui.widgets.cells import Line, Run, Tone
from ktui.widgets.rows import EMPTY_MODEL


class HistoryTab(TopicTab):
    NAME = "history"
    COLUMNS = topic_history.COLUMNS

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self._search = topic_history.HistorySearch("", NameFilter())
        self._searched_for = ("", "")
        self._rebuild: Rebuild[tuple[topic_history.Found, ...]] = Rebuild(ground.view, self._find, self._show)

    def begin(self, topic_name: str) -> None:
        super().begin(topic_name)
        self.table.show(EMPTY_MODEL)

    def draw(self, topic: Topic | None) -> None:
        wanted = (self.topic_name, self.name_filter.text)
        is_other = wanted != self._searched_for
        if is_other:
            self._search = topic_history.HistorySearch(self.topic_name, self.name_filter)
            self._searched_for = wanted
        self._rebuild.ask(from_start=is_other)

    def _find(self) -> Steps[tuple[topic_history.Found, ...]]:
        return self._search.find(self.desk.timeline)

    def _show(self, found: tuple[topic_history.Found, ...]) -> None:
        self.table.empty_text = self._empty_text()
        look = EventLook(self.desk.times, self.desk.now())
        self.table.show(topic_history.HistoryRows(found, look))

    def _empty_text(self) -> str:
        if self.desk.timeline.since is None:
            return "Nothing has been read yet."
        if not self.name_filter.is_empty:
            return "Nothing matches."
        return "Nothing has happened to this topic since this console began to watch."

    def note(self) -> Line:
        timeline = self.desk.timeline
        if timeline is EMPTY_TIMELINE or timeline.since is None:
            return ()
        since = self.desk.times.short(timeline.since, self.desk.now())
        return (Run(f"since {since}", Tone.WARN if timeline.dropped else Tone.MUTED),)

    def offers(self) -> frozenset[str]:
        return frozenset({"open"}) if self._broker_here() is not None else frozenset()

    def open_row(self) -> None:
        """The broker that caused it."""
        broker = self._broker_here()
        if broker is not None:
            self.ground.view.post_message(Go(Place(ScreenName.BROKER, broker)))

    def _broker_here(self) -> int | None:
        model, index = self.table.model, self.table.cursor_index
        if not isinstance(model, topic_history.HistoryRows) or not 0 <= index < model.count:
            return None
        return model.found[index][0].broker
