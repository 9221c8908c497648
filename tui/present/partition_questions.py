"""Which partitions are asked for: those of one broker, or those that are not well."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from ktui.adapters.health import ALL_WELL
from ktui.adapters.partitions import Column, column
from ktui.adapters.replica_sets import replicas_of
from ktui.adapters.topics import Chunk, Topic
from ktui.tui.present.classes import not_well
from ktui.tui.present.selection import PartitionsKept


class Ask(StrEnum):
    """What is asked about the partitions of one broker."""

    ALL = "all"
    LEADERS = "leaders"
    OUT_OF_SYNC = "out of sync"


def on_broker(broker: int, ask: Ask) -> PartitionsKept:
    """The partitions that lie on a broker, all or only some of them."""
    concerns = _SetTest(broker)

    def pick(topic: Topic) -> Iterable[int]:
        if ask is Ask.LEADERS:
            return (i for i, leader in enumerate(column(topic.table, Column.LEADER)) if leader == broker)
        if ask is Ask.ALL:
            return (i for i, s in enumerate(column(topic.table, Column.REPLICAS)) if concerns.holds(s))
        sets = zip(column(topic.table, Column.REPLICAS), column(topic.table, Column.ISR), strict=True)
        return (i for i, (all_, isr) in enumerate(sets) if concerns.holds(all_) and not concerns.holds(isr))

    def may_hold(chunk: Chunk) -> bool:
        share = chunk.shares.get(broker)
        if share is None:
            return False
        if ask is Ask.LEADERS:
            return share.leaders > 0
        return ask is Ask.ALL or share.in_sync < share.replicas

    return PartitionsKept(pick, may_hold)


def troubled_only() -> PartitionsKept:
    """The partitions that are not OK; topics that are well are not looked at."""

    def pick(topic: Topic) -> Iterable[int]:
        if topic.health is ALL_WELL:
            return ()
        return not_well(topic)

    return PartitionsKept(pick, lambda chunk: chunk.health is not ALL_WELL)


class _SetTest:
    """Which replica sets, by their number, name a broker; asked once for each set."""

    def __init__(self, broker: int) -> None:
        self._broker = broker
        self._known: dict[int, bool] = {}

    def holds(self, number: int) -> bool:
        known = self._known.get(number)
        if known is None:
            known = self._known[number] = self._broker in replicas_of(number)
        return known
