"""The commands that change topics, partitions and brokers, and those that mark what they are about."""

from __future__ import annotations

from typing import Final

from ktui.tui.command_kinds import Argument, Command, Group

CHANGING_COMMANDS: Final = (
    Command("mark", "space", "mark", "the row; changes are about what is marked", Group.SHOWING, is_local=True),
    Command("unmark", "u", "unmark", "all rows", Group.SHOWING, is_local=True),
    Command(
        "moves", "", "moves", "partitions on the move, how far they are", Group.SCREENS,
        words=("moves",), in_replay=False,
    ),
    Command(
        "add-partitions", "plus", "more partitions", "for the topic here; keys will move", Group.CHANGING,
        shown="+", words=("add-partitions",), argument=Argument.TOPIC, operation="add-partitions", is_local=True,
    ),
    Command(
        "edit-config", "e", "edit", "a setting of the topic or broker here", Group.CHANGING,
        words=("config",), argument=Argument.TOPIC, operation="alter-config", is_local=True,
    ),
    Command(
        "delete-records", "", "delete records", "the oldest, up to an offset or a time", Group.CHANGING,
        words=("delete-records",), argument=Argument.TOPIC, operation="delete-records", is_local=True,
    ),
    Command(
        "recreate", "", "recreate", "a topic that was deleted here, empty", Group.CHANGING,
        words=("recreate",), argument=Argument.NEW_TOPIC, operation="create-topic",
    ),
    Command(
        "elect", "E", "elect", "preferred leaders: marked, here, or all", Group.CHANGING,
        words=("elect",), operation="elect-leaders", is_local=True,
    ),
    Command(
        "move", "M", "move", "another replication factor, or off a broker", Group.CHANGING,
        words=("move", "reassign"), operation="reassign", is_local=True,
    ),
    Command(
        "cancel-move", "X", "cancel", "the moves that are marked or here", Group.CHANGING,
        operation="cancel-reassignment", is_local=True,
    ),
    Command(
        "clear-throttle", "T", "throttle off", "that a move has left behind", Group.CHANGING,
        words=("clear-throttle",), operation="clear-throttle", is_local=True,
    ),
    Command(
        "unregister", "", "unregister", "a broker that is gone for good (KRaft)", Group.CHANGING,
        words=("unregister",), argument=Argument.BROKER, operation="unregister-broker", is_local=True,
    ),
    Command(
        "reset-offsets", "R", "set offsets", "of a group; shows each offset first", Group.CHANGING,
        words=("reset",), argument=Argument.GROUP, operation="reset-offsets", is_local=True,
    ),
    Command(
        "delete-group", "", "delete group", "with its offsets; also ^d on a group", Group.CHANGING,
        words=("delete-group",), argument=Argument.GROUP, operation="delete-group", is_local=True,
    ),
    Command(
        "delete-offsets", "D", "forget offsets", "of a group on the topic here", Group.CHANGING,
        operation="delete-group-offsets", is_local=True,
    ),
    Command(
        "add-rule", "a", "new rule", "an access rule: opens the form", Group.CHANGING,
        words=("grant",), operation="create-acls", is_local=True,
    ),
    Command(
        "delete-rule", "", "delete rule", "the access rule here; also ^d on it", Group.CHANGING,
        words=("revoke",), operation="delete-acls", is_local=True,
    ),
)  # fmt: skip
