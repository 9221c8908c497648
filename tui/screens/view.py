"""What every view has: a title line, its content, and the sentences of what could not be read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from ktui.adapters.groups.view import NOTHING, Wanted
from ktui.adapters.model import Fault
from ktui.tui.command_line import NotUnderstood
from ktui.tui.desk import Desk
from ktui.tui.places import Place, ScreenName
from ktui.tui.present.faults import fault_lines
from ktui.tui.present.keys import WHILE_FILTERING, Entry
from ktui.tui.present.sanitise import safe
from ktui.tui.screens.chosen import Chosen
from ktui.tui.screens.messages import OffersChanged, TaskFailed
from ktui.widgets.cells import Line, Run, Tone
from ktui.widgets.fitting import wrap_line
from ktui.widgets.lines_panel import LinesPanel
from ktui.widgets.status_line import StatusLine, StatusSegment


class View(Vertical):
    """Shows one thing about the cluster; does nothing while it is not visible."""

    SCREEN: ClassVar[ScreenName]
    FILTER_HINTS: ClassVar[tuple[Entry, ...]] = WHILE_FILTERING
    """What may be typed behind `/`."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(classes="view")
        self.desk = desk
        self.title_line = StatusLine(classes="title")
        self.fault_panel = LinesPanel(wrap=True, classes="faults")
        self.is_shown = False
        self._offers: frozenset[str] = frozenset()

    def compose(self) -> ComposeResult:
        yield self.title_line
        yield from self.content()
        yield self.fault_panel

    def content(self) -> Sequence[Widget]:
        raise NotImplementedError

    def show_place(self, place: Place) -> None:
        """Become visible with this subject."""
        self.is_shown = True
        self.display = True
        self.update_view()
        self.focus_content()

    def hide(self) -> None:
        self.is_shown = False
        self.display = False

    def focus_content(self) -> None:
        raise NotImplementedError

    def update_view(self) -> None:
        """The picture, the time or what is asked for is another one."""
        self.show_title()
        self.show_faults()
        offers = self.offers()
        if offers != self._offers:
            self._offers = offers
            self.post_message(OffersChanged())

    def tick(self) -> None:
        """A second has passed."""
        self.update_view()

    @property
    def room(self) -> int:
        """Cells across: known also before the view has a size."""
        return self.app.size.width

    # What a view answers

    def title(self) -> Line:
        raise NotImplementedError

    def remarks(self) -> Sequence[Line]:
        """Short remarks at the right of the title."""
        return ()

    def offers(self) -> frozenset[str]:
        """The names of the local commands that work here and now."""
        return frozenset()

    def run_command(self, name: str) -> None:
        """One of the commands offered."""

    def looked_at(self) -> Collection[str]:
        """The topics in sight."""
        return ()

    def wanted_groups(self) -> Wanted:
        """What it shows of groups."""
        return NOTHING

    def topic_here(self) -> str | None:
        """The topic under the cursor or shown."""
        return None

    def history_here(self) -> Place | None:
        """Where the history of what is under the cursor or shown stands."""
        topic = self.topic_here()
        return None if topic is None else Place(ScreenName.TOPIC, topic, "history")

    def chosen(self) -> Chosen:
        """What a change would be about."""
        topic = self.topic_here()
        return Chosen() if topic is None else Chosen(topics=(topic,))

    def charted(self) -> Place:
        """The chart of what is under the cursor or shown; of the cluster where there is nothing of the kind."""
        return Place(ScreenName.CHART, self.topic_here())

    def copied_text(self) -> str | None:
        return None

    # The filter

    @property
    def filter_text(self) -> str:
        return ""

    def set_filter(self, text: str) -> None:
        """Show only what matches."""

    def try_filter(self, text: str) -> None:
        """The filter is being typed."""
        self.set_filter(text)

    # Words of one screen

    def obey(self, name: str, argument: str) -> str:
        """A command with an argument that only some views know; says what it did. NotUnderstood."""
        raise NotUnderstood(f":{name} is for a tail.")

    def change_pace(self, factor: float) -> str | None:
        """Read less (above 1) or more, and say so; None where that means the whole console."""
        return None

    # The common parts

    def show_title(self) -> None:
        segments = [StatusSegment(self.title())]
        segments += [StatusSegment(remark, grow_right=True) for remark in self.remarks()]
        self.title_line.show(segments)

    def faults(self) -> Sequence[Fault]:
        """What could not be read."""
        return self.desk.snapshot.faults

    def show_faults(self) -> None:
        lines = fault_lines(self.faults(), self.desk.now())
        error = None if self.desk.snapshot.brokers_loaded else self.desk.feed.last_error()
        self.fault_panel.set_class(error is not None, "-unconnected")
        if error:
            lines = ((Run(f"▲ {safe(error)}", Tone.WARN),), (Run("It goes on trying.", Tone.MUTED),))
        if self.fault_panel.display != bool(lines):
            self.fault_panel.display = bool(lines)
        if lines != self.fault_panel.lines:
            is_resized = self._height(lines) != self._height(self.fault_panel.lines)
            self.fault_panel.show(lines)
            if is_resized:
                self.fault_panel.refresh(layout=True)

    def _height(self, lines: Sequence[Line]) -> int:
        return sum(len(wrap_line(line, self.size.width)) for line in lines)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.post_message(TaskFailed(event.worker.error))
