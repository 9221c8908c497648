"""The commands of the tail, and of what is written to a topic."""

from __future__ import annotations

from typing import Final

from ktui.tui.command_kinds import Argument, Command, Group

TAIL: Final = (
    Command(
        "tail",
        "8",
        "tail",
        "what is in a topic, for a key, now",
        Group.SCREENS,
        words=("tail",),
        argument=Argument.TAIL,
        in_replay=False,
    ),
)
TAIL_HERE: Final = (
    Command(
        "tail-here",
        "t",
        "tail",
        "what is in the topic under the cursor",
        Group.MOVING,
        needs_topic=True,
        in_replay=False,
    ),
)
TAIL_SHOWING: Final = (
    Command("follow", "f", "follow", "the newest records, or stand still", Group.SHOWING, is_local=True),
    Command(
        "all-partitions",
        "w",
        "all partitions",
        "for an exact key; or only the one it is in",
        Group.SHOWING,
        is_local=True,
    ),
    Command(
        "from",
        "b",
        "from",
        "earliest, latest, -100, +offset, -5m, a time",
        Group.SHOWING,
        words=("from",),
        argument=Argument.START,
        is_local=True,
    ),
    Command(
        "budget",
        "",
        "budget",
        "of the tail: 20, or none; < > halve, double",
        Group.SHOWING,
        words=("budget",),
        argument=Argument.BUDGET,
        is_local=True,
    ),
)
PRODUCE: Final = (
    Command(
        "produce",
        "P",
        "produce",
        "a record to the topic here: opens the form",
        Group.CHANGING,
        words=("produce",),
        argument=Argument.TOPIC,
        operation="produce",
        needs_topic=True,
    ),
)
