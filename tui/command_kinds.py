"""What a command is: its key, title, help, and where it is offered."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass
from enum import StrEnum


class Group(StrEnum):
    """Where a command stands in the help."""

    SCREENS = "Screens"
    MOVING = "Moving"
    SHOWING = "What is shown"
    REPLAY = "The replay"
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
    MOMENT = "MOMENT"
    TAIL = "[TOPIC [KEY]]"
    START = "WHERE"
    BUDGET = "MB/s"


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
    needs_topic: bool = False
    """Whether it is offered only where there is a topic under the cursor or shown."""
    in_replay: bool | None = None
    """True: only in a replay; False: never in one; None: in both."""
    comes_first: bool = False
    """Whether the key is taken before the focused widget sees it."""

    @property
    def changes_cluster(self) -> bool:
        return bool(self.operation)

    @property
    def key_text(self) -> str:
        return self.shown or self.keys.split(",")[0]
