"""The partitions of the topic, live, with their offsets."""

from __future__ import annotations

from collections.abc import Sequence

from ktui.adapters.model import Fault
from ktui.adapters.topics import Topic
from ktui.tui.present import topic_partitions
from ktui.tui.present.partition_cells import BrokerStates
from ktui.tui.present.partitions import PartitionLook
from ktui.tui.present.rates import OF_PARTITIONS
from ktui.tui.screens.change_marks import ChangeMarks
from ktui.tui.screens.chosen import Chosen
from ktui.tui.screens.topic_tabs.tab import Ground, TopicTab, age_note
from ktui.widgets.cells import Line
from ktui.widgets.rows import EMPTY_MODEL


class PartitionsTab(TopicTab):
    NAME = "partitions"
    COLUMNS = topic_partitions.COLUMNS
    HAS_FILTER = False
    CAN_MARK = True

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self._marks = ChangeMarks(self.desk.monotonic)

    def begin(self, topic_name: str) -> None:
        super().begin(topic_name)
        self.table.show(EMPTY_MODEL)
        self.table.move_to_index(0)

    def draw(self, topic: Topic | None) -> None:
        if topic is None:
            self.table.empty_text = self.absent_sentence()
            self.table.show(EMPTY_MODEL)
            return
        snapshot = self.desk.snapshot
        model = self.table.model
        if isinstance(model, topic_partitions.TopicPartitionRows):
            seen = ((model.topic, row) for row in self.table.visible_rows)
            self._marks.compare(seen, snapshot.topics)
        spark_width = OF_PARTITIONS.at(self.ground.view.room)
        columns = topic_partitions.columns(spark_width)
        if columns != self.table.columns:
            self.table.set_columns(columns)
        seen_keys = [(topic.name, row) for row in self.table.visible_rows]
        rates = self.desk.rate_look(spark_width, lambda: seen_keys)
        states = BrokerStates.of(snapshot.brokers, is_loaded=snapshot.brokers_loaded)
        look = PartitionLook(states, self._marks.current(), with_topic=False, rates=rates, marks=self.marks)
        self.table.show(topic_partitions.TopicPartitionRows(topic, look, self.ground.details.details))

    def offers(self) -> frozenset[str]:
        return frozenset({"elect", "move"})

    def chosen(self) -> Chosen:
        """The marked partitions; else those of the whole topic."""
        marked = tuple(sorted(key for key in self.marks if isinstance(key, int)))
        if not marked:
            return super().chosen()
        return Chosen((self.topic_name,), {self.topic_name: marked}, is_marked=True)

    def faults(self) -> Sequence[Fault]:
        return self.ground.details.faults

    def note(self) -> Line:
        return age_note("offsets", self.ground.details.age_s())
