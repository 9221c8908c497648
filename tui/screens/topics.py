"""Which topics, how big, how healthy."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Final

from textual import on

from ktui.adapters.health import PartitionClass
from ktui.adapters.topics import Topic
from ktui.tui.desk import Desk
from ktui.tui.places import Place, ScreenName
from ktui.tui.present import topics as rows
from ktui.tui.present.brokers import LOG_DIRECTORIES
from ktui.tui.present.deletion import deletion_words
from ktui.tui.present.faults import mark_for
from ktui.tui.present.formats import number
from ktui.tui.present.ordering import LIMIT, KeyOrder
from ktui.tui.present.rates import BUSIEST_LOOKED_AT, RATE
from ktui.tui.present.selection import TopicsKept
from ktui.tui.present.slices import Steps
from ktui.tui.present.traffic import changes_of_late
from ktui.tui.screens.chosen import Chosen
from ktui.tui.screens.kept_order import KeptOrder
from ktui.tui.screens.messages import Go
from ktui.tui.screens.table_view import TableView
from ktui.widgets.big_table import BigTable
from ktui.widgets.cells import ColumnSpec, Line, Run, Tone
from ktui.widgets.rows import RowModel

CHANGES: Final = frozenset({"add-partitions", "edit-config", "elect", "move"})
"""Commands about the topics that are chosen."""
BUSIEST: Final = "busiest"
OF_LATE: Final = {
    "stopped": "stopped in the last five minutes",
    "began": "began in the last five minutes",
}
"""Aspects of the place: what is in the title."""


class TopicsView(TableView):
    SCREEN = ScreenName.TOPICS
    COLUMNS = rows.COLUMNS
    SORTS = rows.SORTS
    CAN_MARK = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._hides_internal = False
        self._troubled_only = False
        self._of_late: str | None = None
        """Only topics that began or stopped."""
        self._kept: TopicsKept | None = None
        self._kept_for: Hashable = None
        self._order: KeptOrder[rows.OrderedTopics] = KeptOrder(desk.monotonic)

    def build(self) -> Steps[RowModel]:
        snapshot = self.desk.snapshot
        topics = snapshot.topics
        look = rows.TopicLook(
            snapshot.sizes.by_topic,
            mark_for(snapshot, LOG_DIRECTORIES),
            self.desk.rate_look(self.spark_width, self._sharing_a_scale),
            {topic.name: deletion_words(topic, snapshot) for topic in topics.deleting},
            self.marks,
        )
        index = yield from self._changed() if self._of_late else self._all()
        return rows.TopicRows(index, look)

    def _sharing_a_scale(self) -> Collection[str]:
        """What is in sight, and what is busiest, so that the scale does not change with every step."""
        return {*self.looked_at(), *self.desk.rates.busiest(BUSIEST_LOOKED_AT)}

    def _changed(self) -> Steps[rows.TopicIndex]:
        """The topics that began or stopped, the newest change first."""
        yield from ()
        topics, matches = self.desk.snapshot.topics, self.name_filter.matches
        changes = changes_of_late(self.desk.rates, self._of_late, self.desk.now())
        names = [name for change in changes if topics.get(name := change.topic) is not None and matches(name)]
        return rows.OrderedTopics(KeyOrder(names), topics)

    def _all(self) -> Steps[rows.TopicIndex]:
        snapshot = self.desk.snapshot
        topics = snapshot.topics
        condition = self._condition()
        if condition is not None:
            topics = yield from condition.select(topics)
        column, is_descending = self.sort
        if column == "name":
            return rows.TopicsByName(topics, is_reversed=is_descending)
        key = rows.sort_key(column, snapshot.sizes.by_topic, self.desk.rates)
        data = {"size": snapshot.sizes.revision, RATE: self.desk.rates.revision}.get(column, 0)
        return (
            yield from self._order.order(
                (self.sort, self._kept_for),
                topics,
                data,
                lambda: rows.ordered(topics, key, is_reversed=is_descending),
            )
        )

    def show_place(self, place: Place) -> None:
        self._of_late = place.aspect if place.aspect in OF_LATE else None
        if place.aspect == BUSIEST:
            self.sort = (RATE, False)
        super().show_place(place)
        if self._of_late is not None:
            self.table.sort = None

    def set_sort(self, column: str, is_descending: bool) -> None:
        """Another order is one of all topics."""
        self._of_late = None
        super().set_sort(column, is_descending)

    def sort_remark(self) -> Line:
        return () if self._of_late is not None else super().sort_remark()

    def columns(self, spark_width: int) -> Sequence[ColumnSpec]:
        return rows.columns(spark_width)

    def _condition(self) -> TopicsKept | None:
        wish = (self.name_filter.text, self._hides_internal, self._troubled_only)
        if wish != self._kept_for:
            self._kept_for = wish
            self._kept = None if wish == ("", False, False) else TopicsKept(self._holds())
        return self._kept

    def _holds(self) -> Callable[[Topic], bool]:
        matches = self.name_filter.matches
        hides_internal, troubled_only = self._hides_internal, self._troubled_only
        fine = PartitionClass.OK

        def holds(topic: Topic) -> bool:
            if hides_internal and topic.is_internal:
                return False
            if troubled_only and topic.health.worst is fine and not topic.is_deleting:
                return False
            return matches(topic.name)

        return holds

    def title(self) -> Line:
        topics = self.desk.snapshot.topics
        name = Run("Topics", Tone.TITLE)
        if not self.desk.snapshot.is_loaded:
            return (name, Run("  not read yet", Tone.MUTED))
        shown = self.table.model.count
        if self._of_late is not None:
            late = Run(f"  {number(shown)} {OF_LATE[self._of_late]}, newest first", Tone.ACCENT)
            return (name, late)
        words = f"  {number(shown)} of {number(len(topics))}"
        if shown == LIMIT and self.sort[0] != "name":
            words = f"  the first {number(LIMIT)} of {number(len(topics))} in this order"
        runs = [name, Run(words, Tone.MUTED)]
        if self._troubled_only:
            runs.append(Run("  problems only", Tone.ACCENT))
        if self._hides_internal:
            runs.append(Run("  internal hidden", Tone.ACCENT))
        return tuple(runs)

    def empty_text(self, model: RowModel) -> str:
        if self.desk.snapshot.is_loaded and self._of_late is not None and self.name_filter.is_empty:
            return f"No topic {OF_LATE[self._of_late]}."
        if self.desk.snapshot.is_loaded and self._troubled_only and self.name_filter.is_empty:
            return "No topic is in trouble."
        return super().empty_text(model)

    def offers(self) -> frozenset[str]:
        offered = super().offers() | {"internal", "problems-only"}
        if self.table.cursor_key is not None:
            offered |= {"open", "describe", "create-like", "delete", *CHANGES}
        return frozenset(offered)

    def run_command(self, name: str) -> None:
        match name:
            case "internal":
                self._hides_internal = not self._hides_internal
                self.rebuild_from_start()
            case "problems-only":
                self._troubled_only = not self._troubled_only
                self.rebuild_from_start()
            case "describe":
                self.post_message(Go(Place(ScreenName.TOPIC, self.topic_here(), "configuration")))
            case _:
                super().run_command(name)

    @on(BigTable.Selected)
    def _open(self, event: BigTable.Selected) -> None:
        event.stop()
        self.post_message(Go(Place(ScreenName.TOPIC, str(event.key))))

    def topic_here(self) -> str | None:
        key = self.table.cursor_key
        return key if isinstance(key, str) else None

    def chosen(self) -> Chosen:
        """The marked topics that are still there; else the one under the cursor."""
        topics = self.desk.newest.topics
        marked = sorted(key for key in self.marks if isinstance(key, str) and topics.get(key) is not None)
        return Chosen(topics=tuple(marked), is_marked=True) if marked else super().chosen()

    def looked_at(self) -> Collection[str]:
        model = self.table.model
        if not isinstance(model, rows.TopicRows):
            return ()
        return {model.index.name_at(row) for row in self.table.visible_rows}
