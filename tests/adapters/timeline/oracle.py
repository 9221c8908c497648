"""The slow way: one object a partition, compared one by one. Also a cluster that changes at random."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from random import Random

from ktui.adapters.events import TopicState
from ktui.adapters.partitions import Partition, table_of
from ktui.adapters.timeline.entries import Value
from ktui.adapters.timeline.kinds import Kind

Row = tuple[str, str, int | None, Value, Value]
"""Kind, topic, partition, from, to."""


@dataclass
class MadeUp:
    """Topics with their partitions; `id` tells those of one name apart."""

    random: Random
    brokers: tuple[int, ...] = (1, 2, 3, 4, 5)
    topics: dict[str, tuple[bytes, list[Partition]]] = field(default_factory=dict)

    def copy(self) -> dict[str, tuple[bytes, list[Partition]]]:
        return {name: (topic_id, list(rows)) for name, (topic_id, rows) in self.topics.items()}

    def create(self, name: str) -> None:
        rows = [self._row(index) for index in range(self.random.randint(1, 6))]
        self.topics[name] = (self.random.randbytes(16), rows)

    def _row(self, index: int) -> Partition:
        replicas = tuple(self.random.sample(self.brokers, self.random.randint(1, 4)))
        return Partition(index, replicas[0], 0, replicas, replicas, (), 0)

    def step(self) -> tuple[set[str], set[str]]:
        """One batch of changes; gives the names of topics that changed, and of those that are gone."""
        changed: set[str] = set()
        gone: set[str] = set()
        for _ in range(self.random.randint(1, 12)):
            name = f"t{self.random.randint(0, 9)}"
            if name not in self.topics:
                self.create(name)
                changed.add(name)
                gone.discard(name)
            elif self.random.random() < 0.06:
                del self.topics[name]
                changed.discard(name)
                gone.add(name)
            elif self.random.random() < 0.06:
                self.create(name)
                changed.add(name)
            else:
                self._change(name)
                changed.add(name)
        return changed, gone

    def _change(self, name: str) -> None:
        rows = self.topics[name][1]
        if self.random.random() < 0.1:
            rows.append(self._row(len(rows)))
            return
        index = self.random.randrange(len(rows))
        row = rows[index]
        isr = tuple(self.random.sample(row.replicas, self.random.randint(1, len(row.replicas))))
        leader = self.random.choice([*isr, -1, row.leader])
        epoch = row.leader_epoch + (leader != row.leader)
        rows[index] = replace(row, isr=isr, leader=leader, leader_epoch=epoch, version=row.version + 1)

    def state(self, name: str) -> TopicState:
        topic_id, rows = self.topics[name]
        return TopicState(name, topic_id, False, table_of(rows), moving=())


def differences(
    before: Mapping[str, tuple[bytes, list[Partition]]], after: Mapping[str, tuple[bytes, list[Partition]]]
) -> Iterator[Row]:
    """What a timeline must tell of two states that follow each other; unclean elections are left out."""
    for name in before.keys() | after.keys():
        if name not in after:
            yield (Kind.TOPIC_DELETED, name, None, None, None)
        elif name not in before:
            yield (Kind.TOPIC_CREATED, name, None, None, None)
        elif before[name][0] != after[name][0]:
            yield (Kind.TOPIC_RECREATED, name, None, None, None)
        else:
            yield from _of_partitions(name, before[name][1], after[name][1])


def _of_partitions(name: str, before: list[Partition], after: list[Partition]) -> Iterator[Row]:
    if len(after) > len(before):
        yield (Kind.PARTITIONS_ADDED, name, None, len(before), len(after))
    for was, now in zip(before, after, strict=False):
        if was.leader != now.leader:
            kind = Kind.LEADER_LOST if now.leader < 0 else Kind.LEADER_MOVED
            yield (kind, name, now.index, _broker(was.leader), _broker(now.leader))
        left, came = set(was.isr) - set(now.isr), set(now.isr) - set(was.isr)
        between = tuple(b for b in was.isr if b in now.isr)
        if left:
            yield (Kind.ISR_SHRANK, name, now.index, was.isr, between if came else now.isr)
        if came:
            yield (Kind.ISR_EXPANDED, name, now.index, between if left else was.isr, now.isr)


def _broker(broker: int) -> int | None:
    return broker if broker >= 0 else None
