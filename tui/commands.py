"""Everything one can do by key, command line or palette: each named once, with its key, title and help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from enum import StrEnum
from typing import Final


class Group(StrEnum):
    """Where a command stands in the help."""

    SCREENS = "Screens"
    MOVING = "Moving"
    SHOWING = "What is shown"
    CHANGING = "Changing the cluster"
    PROGRAM = "The program"


class Argument(StrEnum):
    """What may follow a command's word on the command line."""

    NONE = ""
    FILTER = "[filter]"
    TOPIC = "TOPIC"
    NEW_TOPIC = "[name]"
    BROKER = "ID"
    GROUP = "GROUP"
    TOPICS = "[TOPIC...]"


@dataclass(frozen=True, slots=True)
class Command:
    """`keys` as Textual names them, comma between; `shown` is how the first is written for people."""

    name: str
    keys: str
    title: str
    help: str
    group: Group
    _: KW_ONLY
    shown: str = ""
    words: tuple[str, ...] = ()
    """What it is called on the command line; the first is completed."""
    argument: Argument = Argument.NONE
    operation: str = ""
    """What it does to the cluster, by its name in `adapters.operate.registry`."""
    is_local: bool = False
    """Whether only some views offer it."""
    comes_first: bool = False
    """Whether the key is taken before the focused widget sees it."""

    @property
    def changes_cluster(self) -> bool:
        return bool(self.operation)

    @property
    def key_text(self) -> str:
        return self.shown or self.keys.split(",")[0]


COMMANDS: Final = (
    Command(
        "overview",
        "1",
        "overview",
        "what is going on in this cluster now",
        Group.SCREENS,
        words=("overview",),
    ),
    Command(
        "brokers",
        "2",
        "brokers",
        "who is in, who left, who is controller",
        Group.SCREENS,
        words=("brokers",),
    ),
    Command(
        "topics",
        "3",
        "topics",
        "which topics, how big, how healthy",
        Group.SCREENS,
        words=("topics",),
        argument=Argument.FILTER,
    ),
    Command(
        "partitions",
        "4",
        "partitions",
        "leaders and in-sync replicas, live",
        Group.SCREENS,
        words=("partitions",),
        argument=Argument.FILTER,
    ),
    Command(
        "problems",
        "5",
        "problems",
        "only what is wrong, worst first",
        Group.SCREENS,
        words=("problems", "urp"),
        argument=Argument.FILTER,
    ),
    Command(
        "groups",
        "6",
        "groups",
        "who reads, how far behind",
        Group.SCREENS,
        words=("groups", "lag"),
        argument=Argument.FILTER,
    ),
    Command(
        "quorum",
        "9",
        "quorum",
        "can the controllers elect, who lags",
        Group.SCREENS,
        words=("quorum", "controllers"),
    ),
    Command(
        "topic",
        "",
        "topic",
        "everything about one topic",
        Group.SCREENS,
        words=("topic",),
        argument=Argument.TOPIC,
    ),
    Command(
        "broker",
        "",
        "broker",
        "everything on one broker",
        Group.SCREENS,
        words=("broker",),
        argument=Argument.BROKER,
    ),
    Command(
        "group",
        "",
        "group",
        "how far one group has read, its members",
        Group.SCREENS,
        words=("group",),
        argument=Argument.GROUP,
    ),
    Command(
        "chart",
        "c",
        "chart",
        "throughput over time, of what is here",
        Group.SCREENS,
        words=("chart",),
        argument=Argument.TOPICS,
    ),
    Command(
        "busiest",
        "",
        "busiest",
        "topics by messages a second",
        Group.SCREENS,
        words=("busiest",),
    ),
    Command(
        "stopped",
        "",
        "stopped",
        "topics that have just stopped",
        Group.SCREENS,
        words=("stopped",),
    ),
    Command(
        "began",
        "",
        "began",
        "topics that have just begun to move",
        Group.SCREENS,
        words=("began",),
    ),
    Command(
        "open", "", "open", "the row under the cursor, closer", Group.MOVING, shown="enter", is_local=True
    ),
    Command(
        "describe",
        "d",
        "describe",
        "configuration of the topic under the cursor",
        Group.MOVING,
        is_local=True,
    ),
    Command(
        "next-tab",
        "tab",
        "next tab",
        "of a topic or group; bytes for messages",
        Group.MOVING,
        is_local=True,
        comes_first=True,
    ),
    Command("back", "escape", "back", "clears the filter first, then goes back", Group.MOVING, shown="esc"),
    Command(
        "filter",
        "slash",
        "filter",
        "by name; !part all others, ~expression",
        Group.SHOWING,
        shown="/",
        is_local=True,
    ),
    Command("sort", "s", "sort", "by the next column", Group.SHOWING, is_local=True),
    Command("reverse", "S", "reverse", "the order of the rows", Group.SHOWING, is_local=True),
    Command(
        "problems-only",
        "z",
        "problems only",
        "rows that are not well, or all again",
        Group.SHOWING,
        is_local=True,
    ),
    Command(
        "internal", "i", "internal", "hides or shows Kafka's internal topics", Group.SHOWING, is_local=True
    ),
    Command(
        "leaders-only",
        "l",
        "leaders only",
        "what this broker leads, or all again",
        Group.SHOWING,
        is_local=True,
    ),
    Command(
        "out-of-sync",
        "o",
        "out of sync",
        "replicas out of sync here, or all again",
        Group.SHOWING,
        is_local=True,
    ),
    Command(
        "scale",
        "equals_sign",
        "one scale",
        "all sparklines alike, or each its own",
        Group.SHOWING,
        shown="=",
        words=("scale",),
    ),
    Command(
        "shorter",
        "left_square_bracket",
        "shorter",
        "less time on the chart: 1 day, 1 h, 5 min",
        Group.SHOWING,
        shown="[",
        is_local=True,
    ),
    Command(
        "longer",
        "right_square_bracket",
        "longer",
        "more time on the chart",
        Group.SHOWING,
        shown="]",
        is_local=True,
    ),
    Command(
        "export",
        "ctrl+e",
        "export",
        "the chart as text and SVG, into this folder",
        Group.SHOWING,
        shown="^e",
        is_local=True,
    ),
    Command(
        "pause",
        "p",
        "pause",
        "holds the picture still, says how old it is",
        Group.SHOWING,
        words=("pause",),
    ),
    Command("utc", "U", "local/UTC", "how times are written", Group.SHOWING, words=("utc",)),
    Command("refresh", "r", "refresh", "asks the cluster now", Group.SHOWING, words=("refresh",)),
    Command(
        "slower",
        "less_than_sign",
        "slower",
        "asks the cluster half as often",
        Group.SHOWING,
        shown="<",
        words=("slower",),
    ),
    Command(
        "faster",
        "greater_than_sign",
        "faster",
        "asks the cluster twice as often",
        Group.SHOWING,
        shown=">",
        words=("faster",),
    ),
    Command(
        "copy",
        "y",
        "copy",
        "what is under the cursor, by OSC 52",
        Group.SHOWING,
        is_local=True,
    ),
    Command(
        "create",
        "n",
        "new",
        "topic: opens the form",
        Group.CHANGING,
        words=("create",),
        argument=Argument.NEW_TOPIC,
        operation="create-topic",
    ),
    Command(
        "create-like",
        "N",
        "new like this",
        "the form, filled from the topic here",
        Group.CHANGING,
        operation="create-topic",
        is_local=True,
    ),
    Command(
        "delete",
        "ctrl+d",
        "delete",
        "opens the dialog; asks for the full name",
        Group.CHANGING,
        shown="^d",
        words=("delete",),
        argument=Argument.TOPIC,
        operation="delete-topic",
        is_local=True,
    ),
    Command(
        "lock",
        "L",
        "lock",
        "locks changes, or unlocks them for a while",
        Group.PROGRAM,
        words=("lock",),
    ),
    Command(
        "clusters",
        "",
        "clusters",
        "chooses another cluster, or connects to one",
        Group.PROGRAM,
        words=("clusters", "cluster"),
    ),
    Command("command", "colon", "go", "a command by its word; tab completes", Group.PROGRAM, shown=":"),
    Command("help", "question_mark,f1", "help", "these pages", Group.PROGRAM, shown="?", words=("help",)),
    Command(
        "quit",
        "q",
        "quit",
        "back, or quits where there is no way back",
        Group.PROGRAM,
        words=("quit", "q"),
    ),
)

BY_NAME: Final = {command.name: command for command in COMMANDS}
BY_WORD: Final = {word: command for command in COMMANDS for word in command.words}

TABLE_KEYS: Final = (
    ("j k ↑ ↓", "one row"),
    ("PgUp PgDn", "one page"),
    ("g G Home End", "first and last row"),
)


def key_text(command: Command, keymap: Mapping[str, str]) -> str:
    """The key that works: the user's own where there is one."""
    own = keymap.get(command.name)
    return own.split(",")[0] if own else command.key_text
