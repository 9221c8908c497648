"""The form of a new record: sent by the one gate for changes; says where it landed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ktui.adapters.errors import AdapterError
from ktui.adapters.operate.operations.produce import Produce
from ktui.adapters.produce.records import NewRecord
from ktui.tui.asking import on_feed
from ktui.tui.desk import Desk
from ktui.tui.present import new_record
from ktui.tui.present.change_plan import where_line
from ktui.tui.present.sanitise import safe
from ktui.widgets.cells import Run, Tone, line
from ktui.widgets.form import FormOutcome, FormScreen
from ktui.widgets.form_fields import FieldKind, FieldSpec

if TYPE_CHECKING:
    from ktui.adapters.connect import Cluster


@dataclass(frozen=True, slots=True)
class One:
    """A single record as a stream of records."""

    record: NewRecord

    async def __aiter__(self) -> AsyncIterator[NewRecord | None]:
        yield self.record


class ProduceForm(FormScreen):
    def __init__(self, desk: Desk, topic: str, *, key: str = "") -> None:
        self._desk = desk
        self._topic = topic
        self.sentence = ""
        """Where it landed."""
        known = desk.newest.topics.get(topic)
        partitions = known.partition_count if known is not None else None
        super().__init__(
            "Produce a record",
            _fields(key, partitions),
            check=lambda values: new_record.check(values, partitions),
            submit=self._send_off,
            action="Send",
            intro=(
                where_line(topic, desk.settings.name, desk.settings.environment),
                line(Run("Acknowledged by all in-sync replicas. It cannot be taken back.", Tone.MUTED)),
            ),
        )

    async def _send_off(self, values: Mapping[str, str]) -> FormOutcome:
        try:
            change = Produce(self._topic, One(new_record.record_of(values)), origin="the console")
            await on_feed(self._desk.feed, lambda cluster: _write(cluster, change))
        except (AdapterError, ValueError) as error:
            return FormOutcome(False, safe(str(error)))
        self.sentence = new_record.landed_words(self._topic, change.tally)
        return FormOutcome(True)


async def _write(cluster: Cluster, change: Produce) -> None:
    await cluster.operator.apply(await cluster.operator.plan(change))


def _fields(key: str, partitions: int | None) -> tuple[FieldSpec, ...]:
    span = "" if partitions is None else f", 0 to {partitions - 1}"
    return (
        FieldSpec("key", "Key", value=key, hint="empty: none"),
        FieldSpec(
            "kind", "Value is", kind=FieldKind.CHOICE, choices=new_record.VALUE_KINDS, value=new_record.TEXT
        ),
        FieldSpec("value", "Value", kind=FieldKind.LINES),
        FieldSpec("headers", "Headers", kind=FieldKind.LINES, hint="NAME=VALUE, one a line"),
        FieldSpec("partition", "Partition", kind=FieldKind.INT, hint=f"empty: by the key{span}"),
    )
