"""What is in this topic, for this key, now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from textual import on
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget

from ktui.adapters.serde.decoder import Decoder
from ktui.adapters.serde.masking import Masks
from ktui.adapters.serde.schemas import SchemaRegistry
from ktui.adapters.serde.shapes import Part
from ktui.adapters.tail.filter import EVERYTHING, Filter
from ktui.adapters.tail.filter_text import parse_filter
from ktui.adapters.tail.record import Record
from ktui.adapters.tail.spec import TailSpec
from ktui.adapters.tail.start import Back, parse_start
from ktui.adapters.tail.view import TailView
from ktui.tui.command_line import NotUnderstood
from ktui.tui.desk import Desk
from ktui.tui.places import Place, ScreenName
from ktui.tui.present import tail as present
from ktui.tui.present.keys import WHILE_FILTERING_RECORDS
from ktui.tui.present.record import RecordLook, copied_value
from ktui.tui.present.sanitise import safe
from ktui.tui.screens.messages import Say
from ktui.tui.screens.pacing import Pacing
from ktui.tui.screens.record import RecordScreen
from ktui.tui.screens.tail_export import export
from ktui.tui.screens.tail_run import TailRun, resumed
from ktui.tui.screens.view import View
from ktui.widgets.cells import Line, Run, Tone
from ktui.widgets.lines_panel import LinesPanel
from ktui.widgets.status_line import StatusLine
from ktui.widgets.tail_lines import TailLines

FIRST_BACK: Final = 20
"""Records a partition that are shown at the start, so that the screen says what is there."""
OUT_OF_SIGHT_S: Final = 60.0
"""A tail that nobody looks at costs the brokers: after so long it is stopped, and goes on when asked."""
LEAST_BUDGET: Final = 100_000
MOST_BUDGET: Final = 1_000_000_000
MOST_COPIED: Final = 64 << 10
"""Bytes of a value; terminals take no more than about that by OSC 52."""
NO_TOPIC: Final = "Which topic? Type it behind :tail, or press t on a topic."


class TailScreen(View):
    SCREEN = ScreenName.TAIL
    FILTER_HINTS = WHILE_FILTERING_RECORDS

    class Arrived(Message):
        """Posted on the feed's thread: there is a newer view."""

        def __init__(self, run: TailRun) -> None:
            super().__init__()
            self.run = run

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        settings = desk.settings
        registry = SchemaRegistry(settings.schema_registry) if settings.schema_registry else None
        self.decoder = Decoder(registry, Masks(settings.mask_rules), self._schema_came)
        self.lines = TailLines()
        self._counts = StatusLine(classes="counts")
        self._ends = LinesPanel(wrap=True, classes="footnote")
        self._pacing = Pacing(self, self._draw, desk.monotonic)
        self._topic: str | None = None
        self._run: TailRun | None = None
        self._tail: TailView | None = None
        self._shown_revision: int | None = None
        self._filter_text = ""
        self._filter_error = ""
        self._look: present.TailLook | None = None
        self._stopping: Timer | None = None
        self.away: str | None = None
        """Why it was stopped behind the reader's back."""

    def content(self) -> Sequence[Widget]:
        self._ends.display = False
        return (self.lines, self._ends, self._counts)

    def focus_content(self) -> None:
        self.lines.focus()

    # What is read

    def show_place(self, place: Place) -> None:
        if self._stopping is not None:
            self._stopping.stop()
            self._stopping = None
        text = place.aspect or ""
        if place.subject is not None and (
            place.subject != self._topic or (text and text != self._filter_text)
        ):
            self._begin(str(place.subject), text)
        super().show_place(place)
        if self._topic is None:
            self.lines.empty_text = NO_TOPIC
            self.lines.redraw()
        self._pacing.draw_now()

    def hide(self) -> None:
        super().hide()
        if self._run is not None and self._stopping is None:
            self._stopping = self.set_timer(OUT_OF_SIGHT_S, self._stop_out_of_sight)

    def on_unmount(self) -> None:
        if self._run is not None:
            self._run.stop()

    def _stop_out_of_sight(self) -> None:
        self._stopping = None
        if self._run is not None and not self.is_shown:
            self._run.stop()
            self.away = "Stopped after a minute out of sight; f goes on from there."

    def _begin(self, topic: str, text: str) -> None:
        """Another topic, or the same one with another filter from the start."""
        wanted = self._parsed(text)
        self._topic, self._filter_text = topic, text if wanted is not None else ""
        spec = TailSpec(topic, Back(FIRST_BACK), wanted or EVERYTHING)
        self.lines.show_anew(present.RecordLines(EMPTY_WINDOW, self._new_look()))
        self._start(spec)

    def _start(self, spec: TailSpec) -> None:
        if self._run is not None:
            self._run.stop()
        self.away = None
        self._tail = self._shown_revision = None
        self.lines.empty_text = "Reading…"
        self._run = TailRun(self.desk.feed, spec, lambda: self.post_message(self.Arrived(run)))
        run = self._run
        self._show_counts()

    def _parsed(self, text: str) -> Filter | None:
        """None, and the sentence kept, where it cannot be understood."""
        try:
            wanted = parse_filter(text, round(self.desk.now() * 1000)) if text.strip() else EVERYTHING
        except ValueError as error:
            self._filter_error = str(error)
            return None
        self._filter_error = ""
        return wanted

    # Drawing

    def on_tail_screen_arrived(self, event: Arrived) -> None:
        event.stop()
        if event.run is self._run and self.is_shown and not self.desk.is_paused:
            self._pacing.ask()

    def _schema_came(self) -> None:
        self._look = None
        self._shown_revision = None
        if self.is_shown:
            self._pacing.ask()

    def _new_look(self) -> present.TailLook:
        self._look = present.TailLook(self.decoder, self.desk.times, self.room, self.desk.now())
        return self._look

    def _draw(self) -> bool:
        """Show the newest view; tells whether all lines in sight are others."""
        run = self._run
        view = run.take() if run is not None else None
        if view is not None:
            self._tail = view
            self._show_lines(view)
        super().update_view()
        self._show_counts()
        return self.lines.is_racing

    def _show_lines(self, view: TailView) -> None:
        window = view.window
        look = self._look if self._look is not None else self._new_look()
        height = max(1, self.lines.size.height)
        widths = (look.key_width, look.offset_width, look.partition_width)
        look.widen(window.between(window.end - height, window.end))
        self.lines.empty_text = present.nothing_yet(view)
        is_same_list = self._shown_revision == view.filter_revision
        shown = self.lines.shown
        if not is_same_list:
            self._show_another_list(view, look)
        elif isinstance(shown, present.RecordLines) and shown.look is look and widths == (
            look.key_width, look.offset_width, look.partition_width,
        ):  # fmt: skip
            self.lines.show(shown.then(window))
        else:
            self.lines.show(present.RecordLines(window, look))
        self._shown_revision = view.filter_revision

    def _show_another_list(self, view: TailView, look: present.TailLook) -> None:
        """The place is kept: the cursor stays on its record where that is still in the list."""
        here = self._record_here() if not self.lines.is_following else None
        source = present.RecordLines(view.window, look)
        number = None if here is None else number_of(view, here)
        if self.lines.is_following:
            self.lines.show_anew(source)
        else:
            self.lines.show(source, cursor=view.window.end if number is None else number)

    def _show_counts(self) -> None:
        view, run = self._tail, self._run
        self._counts.show(present.counts_line(view, width=self.room) if view is not None else ())
        lines = present.end_lines(view, self.away or (run.failure if run is not None else None))
        if self._ends.display != bool(lines):
            self._ends.display = bool(lines)
        if lines != self._ends.lines:
            self._ends.show(lines)
            self._ends.refresh(layout=True)

    def update_view(self) -> None:
        if self.desk.is_paused:
            super().update_view()
            return
        run = self._run
        if run is not None and run.failure is not None and self._tail is None:
            self._start(run.spec)
        if self._look is not None and (self._look.times, self._look.width) != (self.desk.times, self.room):
            self._look = None
        if self._look is not None:
            self._look.now = self.desk.now()
        self._pacing.draw_now()

    def on_resize(self) -> None:
        if self.is_shown:
            self.update_view()

    def tick(self) -> None:
        """A second has passed: only what is written about the state may be another text."""
        super().update_view()

    # What a view answers

    def title(self) -> Line:
        if self._topic is None:
            return (Run("Tail", Tone.TITLE),)
        masked = any(self.decoder.is_masked(self._topic, part) for part in Part)
        return present.title(self._topic, self._tail, self._filter_text, is_masked=masked)

    def remarks(self) -> Sequence[Line]:
        if self._filter_error:
            return ((Run(safe(self._filter_error), Tone.BAD),),)
        if self._topic is None:
            return ()
        remark = present.state_remark(
            self._tail, is_following=self.lines.is_following, newer=self.lines.newer
        )
        return (remark,)

    def offers(self) -> frozenset[str]:
        if self._topic is None:
            return frozenset()
        offered = {"follow", "filter", "from", "budget", "export"}
        if self.lines.cursor is not None:
            offered |= {"open", "copy"}
        view = self._tail
        if view is not None and view.spec.filter.exact_key is not None:
            offered.add("all-partitions")
        return frozenset(offered)

    def run_command(self, name: str) -> None:
        match name:
            case "follow":
                self._turn_following()
            case "all-partitions" if self._run is not None and self._tail is not None:
                self._run.read_all_partitions(not self._tail.spec.reads_all_partitions)
            case "export" if self._tail is not None:
                self.run_worker(self._export(self._tail), group="export", exclusive=True, exit_on_error=False)

    def obey(self, name: str, argument: str) -> str:
        """`:from` and `:budget`."""
        if self._topic is None or self._run is None:
            raise NotUnderstood("No topic is shown.")
        if name == "from":
            try:
                start = parse_start(argument, round(self.desk.now() * 1000))
            except ValueError as error:
                raise NotUnderstood(str(error)) from None
            self.lines.follow()
            self._run.start_at(start)
            return f"Reads from {start}."
        return self._set_budget(budget_of(argument))

    def change_pace(self, factor: float) -> str:
        """Half or twice as many bytes a second, and what it is now."""
        now = self._tail.spec.bytes_per_s if self._tail is not None else None
        if now is None:
            return "There is no limit; :budget 10 sets one of 10 MB/s."
        return self._set_budget(min(MOST_BUDGET, max(LEAST_BUDGET, round(now / factor))))

    def _set_budget(self, budget: int | None) -> str:
        if self._run is not None:
            self._run.set_budget(budget)
        return (
            "Reads without a limit." if budget is None else f"Reads at most {present.megabytes(budget)} MB/s."
        )

    def _turn_following(self) -> None:
        view = self._tail
        if self.away is not None and view is not None:
            self._start(replace(view.spec, start=resumed(view)))
            self.lines.follow()
        else:
            self.lines.follow(not self.lines.is_following)

    def looked_at(self) -> Collection[str]:
        return {self._topic} if self._topic is not None else ()

    def topic_here(self) -> str | None:
        return self._topic

    # The filter: what is typed is tried while it is typed, and used when it is kept

    @property
    def filter_text(self) -> str:
        return self._filter_text

    def try_filter(self, text: str) -> None:
        self._parsed(text)
        self.show_title()

    def set_filter(self, text: str) -> None:
        wanted = self._parsed(text)
        if wanted is not None and text != self._filter_text and self._run is not None:
            self._filter_text = text
            self._run.set_filter(wanted)
        super().update_view()

    # Records

    def _record_here(self) -> Record | None:
        shown, number = self.lines.shown, self.lines.cursor
        if number is None or not isinstance(shown, present.RecordLines):
            return None
        return shown.window.get(number)

    @on(TailLines.Moved)
    def _moved(self, event: TailLines.Moved) -> None:
        event.stop()
        super().update_view()

    @on(TailLines.Opened)
    def _opened(self, event: TailLines.Opened) -> None:
        event.stop()
        record, run = self._record_here(), self._run
        if record is not None and run is not None:
            self.lines.follow(False)
            self.app.push_screen(RecordScreen(self.desk, self.decoder, run, record, self._tail))

    def copied_text(self) -> str | None:
        record = self._record_here()
        if record is None:
            return None
        if record.size > MOST_COPIED:
            self.post_message(
                Say("Too large for the clipboard of a terminal; ctrl+e in the record writes a file.")
            )
            return None
        return safe_copy(copied_value(record, RecordLook(self.decoder, self.desk.times)))

    async def _export(self, view: TailView) -> None:
        self.post_message(Say(await export(view.window, self._topic or "", self.decoder, self.desk.now())))


def number_of(view: TailView, record: Record) -> int | None:
    """Where a record stands in the window; None: it is not there."""
    place = record.place
    return next(
        (view.window.first + at for at, other in enumerate(view.window) if other.place == place), None
    )


def budget_of(text: str) -> int | None:
    """`20`, `20M`, `500k`: bytes a second, megabytes without a unit; `none`: no limit. NotUnderstood."""
    bare = text.strip().lower()
    if bare in ("none", "off", "unlimited"):
        return None
    unit = {"k": 1_000, "m": 1_000_000, "g": 1_000_000_000}.get(bare[-1:], 0)
    try:
        budget = float(bare[:-1] if unit else bare) * (unit or 1_000_000)
    except ValueError:
        budget = 0.0
    if not LEAST_BUDGET <= budget <= MOST_BUDGET:
        raise NotUnderstood(":budget takes megabytes a second, from 0.1 to 1000, or none.")
    return round(budget)


def safe_copy(text: str) -> str:
    """For a clipboard: line breaks and tabs stay."""
    return "\n".join("\t".join(map(safe, line.split("\t"))) for line in text.split("\n"))


EMPTY_WINDOW: Final = TailView(TailSpec("")).window
