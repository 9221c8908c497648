"""Partitions as plain rows, replayed one record after the other: the slow opposite of the image."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ktui.adapters.events import TopicState
from ktui.adapters.partitions import partitions
from tests.adapters.kafka.log.plain_log import Record


@dataclass(frozen=True)
class Row:
    """One partition."""

    leader: int
    leader_epoch: int
    replicas: tuple[int, ...]
    isr: tuple[int, ...]
    epoch: int
    removing: tuple[int, ...] = ()
    adding: tuple[int, ...] = ()


@dataclass
class PlainState:
    """Topics by id, brokers by id with whether they are fenced."""

    names: dict[bytes, str] = field(default_factory=dict)
    rows: dict[bytes, dict[int, Row]] = field(default_factory=dict)
    fenced: dict[int, bool] = field(default_factory=dict)

    def replay(self, records: Iterable[Record]) -> None:
        for record in records:
            self._replay(record)

    def _replay(self, record: Record) -> None:
        at = record.fields
        if record.type == 2:
            self.names[at["id"]] = at["name"]
            self.rows[at["id"]] = {}
        elif record.type == 9:
            self.names.pop(at["topic"], None)
            self.rows.pop(at["topic"], None)
        elif record.type == 3 and at["topic"] in self.rows:
            self.rows[at["topic"]][at["partition"]] = Row(
                at["leader"], at["leader_epoch"], tuple(at["replicas"] or ()), tuple(at["isr"] or ()),
                at["epoch"], tuple(at["removing"] or ()), tuple(at["adding"] or ()),
            )  # fmt: skip
        elif record.type == 5 and at["partition"] in self.rows.get(at["topic"], {}):
            rows = self.rows[at["topic"]]
            rows[at["partition"]] = _changed(rows[at["partition"]], record)
        elif record.type == 0:
            self.fenced[at["broker"]] = at["fenced"]
        elif record.type == 1:
            self.fenced.pop(at["broker"], None)
        elif record.type == 17 and at["broker"] in self.fenced and at.get("fenced"):
            self.fenced[at["broker"]] = at["fenced"] > 0

    def told(self) -> dict[str, dict[int, tuple[object, ...]]]:
        """By topic and partition: leader, epoch, replicas, ISR, offline replicas, version."""
        up = {broker for broker, is_fenced in self.fenced.items() if not is_fenced}
        return {
            self.names[topic]: {
                index: (
                    row.leader, row.leader_epoch, row.replicas, row.isr,
                    tuple(b for b in row.replicas if b not in up), row.epoch,
                )
                for index, row in rows.items()
            }
            for topic, rows in self.rows.items()
        }  # fmt: skip

    def moving(self) -> dict[str, tuple[int, ...]]:
        moving = {
            self.names[topic]: tuple(sorted(i for i, row in rows.items() if row.removing or row.adding))
            for topic, rows in self.rows.items()
        }
        return {name: indexes for name, indexes in moving.items() if indexes}


def _changed(row: Row, record: Record) -> Row:
    at = record.fields
    row = replace(row, epoch=row.epoch + 1)
    if at.get("leader", -2) != -2:
        row = replace(row, leader=at["leader"], leader_epoch=row.leader_epoch + 1)
    named = {
        name: tuple(at[name])
        for name in ("replicas", "isr", "removing", "adding")
        if at.get(name) is not None
    }
    return replace(row, **named)  # type: ignore[arg-type]


def told_by(topics: Iterable[TopicState]) -> dict[str, dict[int, tuple[object, ...]]]:
    """The same shape from the program's own tables; partitions that are not loaded left out."""
    return {
        topic.name: {
            row.index: (row.leader, row.leader_epoch, row.replicas, row.isr, row.offline, row.version)
            for row in partitions(topic.table)
            if row.is_loaded
        }
        for topic in topics
    }
