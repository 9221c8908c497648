"""Which leader to ask for the end offsets of which partitions."""

from __future__ import annotations

from collections.abc import Iterable

from ktui.adapters.kafka.offsets_line import Request
from ktui.adapters.kafka.offsets_wire import MOST_PARTITIONS, Entry
from ktui.adapters.kafka.steps import Pace, Steps
from ktui.adapters.partitions import Column, column
from ktui.adapters.topics import Topic


def requests_for(topics: Iterable[Topic]) -> Steps[dict[int, list[Request]]]:
    """By leader, none for more than 5,000 partitions, in steps."""
    pace, found, open_ = Pace(), dict[int, list[Request]](), dict[int, list[Entry]]()
    sizes: dict[int, int] = {}
    for topic in topics:
        by_leader: dict[int, list[int]] = {}
        for index, leader in enumerate(column(topic.table, Column.LEADER)):
            if leader >= 0:
                by_leader.setdefault(leader, []).append(index)
        for leader, indexes in by_leader.items():
            for start in range(0, len(indexes), MOST_PARTITIONS):
                piece = indexes[start : start + MOST_PARTITIONS]
                if sizes.get(leader, 0) + len(piece) > MOST_PARTITIONS:
                    found.setdefault(leader, []).append(Request(tuple(open_.pop(leader))))
                    sizes[leader] = 0
                open_.setdefault(leader, []).append((topic.name, piece))
                sizes[leader] = sizes.get(leader, 0) + len(piece)
        if pace.is_over():
            yield
            pace.restart()
    for leader, entries in open_.items():
        found.setdefault(leader, []).append(Request(tuple(entries)))
    return found
