"""What a tab of the topic screen is: one table about one topic, drawn only while it is in sight."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from ktui.adapters.groups.view import NOTHING, Wanted
from ktui.adapters.model import Fault
from ktui.adapters.topics import Topic
from ktui.tui.desk import Desk
from ktui.tui.present.formats import age
from ktui.tui.present.name_filter import NameFilter
from ktui.tui.present.sanitise import safe
from ktui.tui.screens.chosen import Chosen
from ktui.tui.screens.topic_details import DetailsReader
from ktui.tui.screens.view import View
from ktui.widgets.big_table import BigTable
from ktui.widgets.cells import ColumnSpec, Line, Run, Tone

STALE_S: Final = 20.0
"""What was asked for longer ago carries its age."""


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What a tab stands on. `changed`: to be called when what it shows is another thing, such as after an answer."""

    desk: Desk
    view: View
    details: DetailsReader
    changed: Callable[[], None]


class TopicTab:
    """Subclasses fill `table` in `draw`; what they ask of the cluster they ask there too."""

    NAME: ClassVar[str]
    """As it is written on the line of tabs, and as the aspect of a place."""
    COLUMNS: ClassVar[tuple[ColumnSpec, ...]]
    HAS_FILTER: ClassVar[bool] = True
    CAN_MARK: ClassVar[bool] = False

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.desk = ground.desk
        self.table = BigTable(self.COLUMNS)
        self.name_filter = NameFilter()
        self.topic_name = ""
        self.marks: frozenset[Hashable] = frozenset()

    def begin(self, topic_name: str) -> None:
        """Another topic is looked at: forget the one before."""
        self.topic_name = topic_name
        self.name_filter = NameFilter()
        self.marks = frozenset()

    def chosen(self) -> Chosen:
        """What a change would be about."""
        return Chosen(topics=(self.topic_name,))

    def draw(self, topic: Topic | None) -> None:
        """Called with each picture and each second while the tab is in sight. None: there is no such topic now."""
        raise NotImplementedError

    def faults(self) -> Sequence[Fault]:
        """What this tab could not read, besides what the whole console could not."""
        return ()

    def note(self) -> Line:
        """At the right of the line of tabs."""
        return ()

    def offers(self) -> frozenset[str]:
        """The names of the commands that work here, besides those of every tab."""
        return frozenset()

    def wanted_groups(self) -> Wanted:
        """What it shows of groups."""
        return NOTHING

    def run_command(self, name: str) -> None:
        """One of those offered."""

    def open_row(self) -> None:
        """Enter on the row under the cursor."""

    def filter_remark(self) -> Line:
        if self.name_filter.is_empty:
            return ()
        if self.name_filter.error:
            return (Run(safe(self.name_filter.error), Tone.BAD),)
        return (Run(f"/{safe(self.name_filter.text)}", Tone.ACCENT),)

    def absent_sentence(self) -> str:
        """Why there is nothing to show, where there is no such topic."""
        if not self.desk.snapshot.is_loaded:
            return "Nothing has been read yet."
        return f"There is no topic {safe(self.topic_name)} in this cluster."


def age_note(what: str, held_s: float | None) -> Line:
    """Says how old something is once it is stale."""
    if held_s is None or held_s < STALE_S:
        return ()
    return (Run(f"{what} {age(held_s)} old", Tone.WARN),)
