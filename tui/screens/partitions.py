"""Leaders and in-sync replicas of everything, live; and the same for one broker."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Sequence

from textual import on

from ktui.adapters.topics import Topic, TopicMap
from ktui.tui.desk import Desk
from ktui.tui.places import Place, ScreenName
from ktui.tui.present import brokers, partition_questions, partitions
from ktui.tui.present.formats import counted, number
from ktui.tui.present.ordering import LIMIT
from ktui.tui.present.partition_cells import BrokerStates
from ktui.tui.present.partition_orders import SORTS, OrderedPartitions, ordered
from ktui.tui.present.partition_questions import Ask
from ktui.tui.present.rates import OF_PARTITIONS
from ktui.tui.present.selection import AllPartitions, PartitionIndex, PartitionsKept, TopicsKept
from ktui.tui.present.slices import Steps
from ktui.tui.screens.change_marks import ChangeMarks
from ktui.tui.screens.chosen import Chosen, by_topic
from ktui.tui.screens.kept_order import KeptOrder
from ktui.tui.screens.messages import Go
from ktui.tui.screens.table_view import TableView
from ktui.widgets.big_table import BigTable
from ktui.widgets.cells import ColumnSpec, Line, Run, Tone, line
from ktui.widgets.rows import RowModel


class PartitionTableView(TableView):
    """A table of partitions; subclasses say which of them."""

    COLUMNS = partitions.COLUMNS
    SORTS = ("topic", *SORTS)
    SPARKS = OF_PARTITIONS
    CAN_MARK = True

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._marks = ChangeMarks(desk.monotonic)
        self._names: TopicsKept | None = None
        self._names_for = ""
        self._picked: PartitionsKept | None = None
        self._picked_for: Hashable = None
        self._order: KeptOrder[OrderedPartitions] = KeptOrder(desk.monotonic)

    def question(self) -> Hashable:
        """What is asked about partitions, as a value to compare; None: all of them."""
        raise NotImplementedError

    def picker(self) -> PartitionsKept:
        """For the question that is asked now."""
        raise NotImplementedError

    def build(self) -> Steps[RowModel]:
        snapshot = self.desk.snapshot
        topics = yield from self._named(snapshot.topics)
        index: PartitionIndex = AllPartitions(topics)
        question = self.question()
        if question is not None:
            if question != self._picked_for or self._picked is None:
                self._picked, self._picked_for = self.picker(), question
            index = yield from self._picked.select(topics)
        column, is_descending = self.sort
        if column != "topic":
            everything = index
            index = yield from self._order.order(
                (self.sort, self.name_filter.text, question),
                topics,
                0,
                lambda: ordered(everything, topics, column, is_reversed=is_descending),
            )
            is_descending = False
        self._marks.compare(self._seen(), snapshot.topics)
        look = partitions.PartitionLook(
            BrokerStates.of(snapshot.brokers, is_loaded=snapshot.brokers_loaded),
            self._marks.current(),
            rates=self.desk.rate_look(self.spark_width, self._seen_keys),
            marks=self.marks,
        )
        return partitions.PartitionRows(index, look, is_reversed=is_descending)

    def _named(self, topics: TopicMap) -> Steps[TopicMap]:
        text = self.name_filter.text
        if self.name_filter.is_empty:
            return topics
        if text != self._names_for or self._names is None:
            matches = self.name_filter.matches
            self._names, self._names_for = TopicsKept(lambda topic: matches(topic.name)), text
        return (yield from self._names.select(topics))

    def _seen(self) -> Iterator[tuple[Topic, int]]:
        model = self.table.model
        if isinstance(model, partitions.PartitionRows):
            for row in self.table.visible_rows:
                yield model.at(row)

    def _seen_keys(self) -> Iterator[tuple[str, int]]:
        return ((topic.name, index) for topic, index in self._seen())

    def columns(self, spark_width: int) -> Sequence[ColumnSpec]:
        return partitions.columns(spark_width)

    def count_words(self, model: RowModel) -> str:
        everything = self.desk.snapshot.topics.partition_count
        if model.count == LIMIT and self.sort[0] != "topic":
            return f"  the first {number(LIMIT)} of {number(everything)} in this order"
        return f"  {number(model.count)} of {number(everything)}"

    def offers(self) -> frozenset[str]:
        offered = super().offers()
        return (
            offered | {"open", "describe", "elect", "move"} if self.table.cursor_key is not None else offered
        )

    def run_command(self, name: str) -> None:
        if name == "describe":
            self.post_message(Go(Place(ScreenName.TOPIC, self.topic_here(), "configuration")))
        else:
            super().run_command(name)

    @on(BigTable.Selected)
    def _open(self, event: BigTable.Selected) -> None:
        event.stop()
        if isinstance(event.key, tuple):
            self.post_message(Go(Place(ScreenName.TOPIC, event.key[0])))

    def topic_here(self) -> str | None:
        key = self.table.cursor_key
        return key[0] if isinstance(key, tuple) else None

    def chosen(self) -> Chosen:
        """The marked partitions; else the one under the cursor."""
        keys = self.marks or {self.table.cursor_key}
        return Chosen(
            partitions=by_topic(key for key in keys if isinstance(key, tuple)), is_marked=bool(self.marks)
        )

    def looked_at(self) -> Collection[str]:
        return {topic.name for topic, _ in self._seen()}


class PartitionsView(PartitionTableView):
    SCREEN = ScreenName.PARTITIONS

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._troubled_only = False

    def question(self) -> Hashable:
        return "troubled" if self._troubled_only else None

    def picker(self) -> PartitionsKept:
        return partition_questions.troubled_only()

    def title(self) -> Line:
        name = Run("Partitions", Tone.TITLE)
        if not self.desk.snapshot.is_loaded:
            return (name, Run("  not read yet", Tone.MUTED))
        words = Run(self.count_words(self.table.model), Tone.MUTED)
        only = (Run("  problems only", Tone.ACCENT),) if self._troubled_only else ()
        return (name, words, *only)

    def empty_text(self, model: RowModel) -> str:
        if self.desk.snapshot.is_loaded and self._troubled_only and self.name_filter.is_empty:
            return "No partition is in trouble."
        return super().empty_text(model)

    def offers(self) -> frozenset[str]:
        return super().offers() | {"problems-only"}

    def run_command(self, name: str) -> None:
        if name == "problems-only":
            self._troubled_only = not self._troubled_only
            self.rebuild_from_start()
        else:
            super().run_command(name)


class BrokerView(PartitionTableView):
    """Everything on one broker."""

    SCREEN = ScreenName.BROKER

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._broker = -1
        self._ask = Ask.ALL

    def show_place(self, place: Place) -> None:
        if isinstance(place.subject, int) and place.subject != self._broker:
            self._broker, self._ask = place.subject, Ask.ALL
            self.set_filter("")
        super().show_place(place)

    def question(self) -> Hashable:
        return (self._broker, self._ask)

    def picker(self) -> PartitionsKept:
        return partition_questions.on_broker(self._broker, self._ask)

    def charted(self) -> Place:
        return Place(ScreenName.CHART, self._broker)

    def history_here(self) -> Place | None:
        return Place(ScreenName.EVENTS, self._broker)

    def title(self) -> Line:
        name = Run(f"Broker {self._broker}", Tone.TITLE)
        broker = self.desk.snapshot.broker(self._broker)
        if broker is None:
            return (name, Run("  not known in this cluster", Tone.WARN))
        state = brokers.state_cell(broker, self.desk.now())
        where = Run(f"  {brokers.address(broker)}  ", Tone.MUTED)
        asked = counted(self.table.model.count, "partition")
        only = {Ask.ALL: "", Ask.LEADERS: ", led by it", Ask.OUT_OF_SYNC: ", out of sync"}[self._ask]
        tone = Tone.MUTED if self._ask is Ask.ALL else Tone.ACCENT
        return line(
            name, where, *([state] if isinstance(state, Run) else state), Run(f"  {asked}{only}", tone)
        )

    def empty_text(self, model: RowModel) -> str:
        if self.desk.snapshot.is_loaded and self.name_filter.is_empty:
            nothing = {
                Ask.ALL: "No partition has a replica on this broker.",
                Ask.LEADERS: "This broker leads no partition.",
                Ask.OUT_OF_SYNC: "Every replica on this broker is in sync.",
            }
            return nothing[self._ask]
        return super().empty_text(model)

    def offers(self) -> frozenset[str]:
        return super().offers() | {"leaders-only", "out-of-sync", "describe"}

    def run_command(self, name: str) -> None:
        if name == "describe":
            self.post_message(Go(Place(ScreenName.BROKER_SETTINGS, self._broker)))
            return
        asked = {"leaders-only": Ask.LEADERS, "out-of-sync": Ask.OUT_OF_SYNC}.get(name)
        if asked is None:
            super().run_command(name)
            return
        self._ask = Ask.ALL if self._ask is asked else asked
        self.rebuild_from_start()

    def chosen(self) -> Chosen:
        """With nothing marked, the broker."""
        return super().chosen() if self.marks else Chosen(broker=self._broker)
