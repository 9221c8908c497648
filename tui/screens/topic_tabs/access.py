"""Who may do what with the topic, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ktui.adapters.access.model import AclEntry
from ktui.adapters.kafka.access import fetch_acls, has_no_authorizer
from ktui.adapters.topics import Topic
from ktui.tui.present import access as present
from ktui.tui.present.sanitise import safe
from ktui.tui.screens.fresh_reader import FreshReader
from ktui.tui.screens.topic_tabs.tab import Ground, TopicTab
from ktui.widgets.cells import Line, Run, Tone
from ktui.widgets.confirm import Notice
from ktui.widgets.rows import EMPTY_MODEL, TupleModel

if TYPE_CHECKING:
    from ktui.adapters.connect import Cluster

PERIOD_S: Final = 5.0


class AccessTab(TopicTab):
    NAME = "access"
    COLUMNS = present.TOPIC_COLUMNS

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground)
        self._reader: FreshReader[tuple[AclEntry, ...]] = FreshReader(
            self.desk, ground.view, ground.changed, _fetch, period_s=PERIOD_S
        )

    def draw(self, topic: Topic | None) -> None:
        if topic is None:
            self.table.empty_text = self.absent_sentence()
            self.table.show(EMPTY_MODEL)
            return
        self._reader.keep_fresh()
        entries = self._reader.value or ()
        rows = present.topic_rows(entries, topic.name, self.name_filter.matches)
        self.table.empty_text = self._empty_text()
        self.table.show(TupleModel(rows))

    def _empty_text(self) -> str:
        reader = self._reader
        if reader.value is None or reader.error is not None:
            no_authorizer = has_no_authorizer(reader.error)
            return present.absence(reader.error, no_authorizer=no_authorizer, what="Access rules")
        if not self.name_filter.is_empty:
            return "Nothing matches."
        return "No rule is about this topic: allow.everyone.if.no.acl.found decides."

    def note(self) -> Line:
        return (Run(present.LEGEND, Tone.MUTED),) if self.table.model.count else ()

    def offers(self) -> frozenset[str]:
        return frozenset({"add-rule", *({"open"} if self.table.cursor_key is not None else ())})

    def open_row(self) -> None:
        principal = str(self.table.cursor_key)
        lines = present.why_lines(self._reader.value or (), principal, self.topic_name)
        title = f"What {safe(principal)} may do with {safe(self.topic_name)}"
        self.table.app.push_screen(Notice(title, "From any host, by the rules that there are:", lines))


async def _fetch(cluster: Cluster) -> tuple[AclEntry, ...]:
    return await fetch_acls(cluster.pool)
