"""What happened, in which order, and why."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from textual import on

from ktui.adapters.timeline.entries import Entry
from ktui.tui.desk import Desk
from ktui.tui.places import Place, ScreenName
from ktui.tui.present import events
from ktui.tui.present.event_export import folded_text, raw_lines
from ktui.tui.present.name_filter import NameFilter
from ktui.tui.present.sanitise import safe
from ktui.tui.present.slices import Steps
from ktui.tui.screens.messages import Go, Say
from ktui.tui.screens.table_view import TableView
from ktui.widgets.big_table import BigTable
from ktui.widgets.cells import Line
from ktui.widgets.rows import RowModel


class EventsView(TableView):
    SCREEN = ScreenName.EVENTS
    COLUMNS = events.COLUMNS

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.table = BigTable(self.COLUMNS, follow_top=True)
        self._opened: set[int] = set()
        self._broker: int | None = None
        self._search = events.StorySearch(NameFilter())

    def show_place(self, place: Place) -> None:
        """Of everything, or of one broker."""
        broker = place.subject if isinstance(place.subject, int) else None
        if broker != self._broker:
            self._broker = broker
            self._search = events.StorySearch(self.name_filter, broker)
        super().show_place(place)

    def set_filter(self, text: str) -> None:
        self._search = events.StorySearch(NameFilter(text), self._broker)
        super().set_filter(text)

    def build(self) -> Steps[RowModel]:
        desk = self.desk
        chosen = yield from self._search.choose(desk.timeline, self._opened)
        return events.EventRows(chosen, events.EventLook(desk.times, desk.now()))

    def title(self) -> Line:
        about = "" if self._broker is None else f" of broker {self._broker}"
        return events.title_line(self.desk.timeline, self.desk.times, self.desk.now(), about)

    def remarks(self) -> Sequence[Line]:
        remark = self.filter_remark()
        return (remark,) if remark else ()

    def empty_text(self, model: RowModel) -> str:
        if self.desk.timeline.since is None:
            return "Nothing has been read yet."
        if not self.name_filter.is_empty:
            return super().empty_text(model)
        if self._broker is not None:
            return f"Nothing has happened to broker {self._broker} since this console began to watch."
        return "Nothing has happened since this console began to watch."

    def offers(self) -> frozenset[str]:
        offered = super().offers() | {"export"}
        return offered | {"open"} if self.table.cursor_key is not None else offered

    def run_command(self, name: str) -> None:
        if name == "export":
            self.run_worker(self._export(), group="export", exit_on_error=False)
        else:
            super().run_command(name)

    @on(BigTable.Selected)
    def _open(self, event: BigTable.Selected) -> None:
        """A story opens and closes; an entry leads to the thing that it is about."""
        event.stop()
        model = self.table.model
        if not isinstance(model, events.EventRows):
            return
        story, number = model.at(event.index)
        if number is None and events.is_folded(story):
            self._opened ^= {story.id}
            self.rebuild_from_start()
            return
        place = _place_of(story.entry(number or 0))
        if place is not None:
            self.post_message(Go(place))

    def topic_here(self) -> str | None:
        model, index = self.table.model, self.table.cursor_index
        if not isinstance(model, events.EventRows) or not 0 <= index < model.count:
            return None
        story, number = model.at(index)
        if number is None and events.is_folded(story):
            return None
        return story.entry(number or 0).topic if story.size else None

    async def _export(self) -> None:
        """Write what is shown, folded and change by change, into the current directory."""
        model = self.table.model
        if isinstance(model, events.EventRows):
            sentence = await asyncio.to_thread(_written, model.chosen, self.desk)
            self.post_message(Say(sentence))


def _place_of(entry: Entry) -> Place | None:
    if entry.topic is not None:
        return Place(ScreenName.TOPIC, entry.topic)
    return None if entry.broker is None else Place(ScreenName.BROKER, entry.broker)


def _written(chosen: events.Chosen, desk: Desk) -> str:
    """Runs in a thread of its own: a large history takes a while."""
    stem = f"ktui-events-{desk.times.moment(desk.now()):%Y%m%d-%H%M%S}"
    written: list[str] = []
    for ending, lines in (("txt", folded_text(chosen, desk.times)), ("jsonl", raw_lines(chosen))):
        path = Path(f"{stem}.{ending}")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.writelines(f"{line}\n" for line in lines)
        except OSError as error:
            return f"Not written: {safe(str(path))}: {safe(error.strerror or str(error))}."
        written.append(path.name)
    return f"Written to {safe(str(Path.cwd()))}: {' and '.join(written)}"
