"""The history of a rate with axes and times."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC
from pathlib import Path
from typing import Final

from textual.widget import Widget

from ktui.adapters.rates.view import EMPTY_VIEW
from ktui.tui.desk import Desk
from ktui.tui.places import Place, ScreenName
from ktui.tui.present import chart
from ktui.tui.present.chart import SPANS, ChartQuestion, Measure
from ktui.tui.present.sanitise import safe
from ktui.tui.screens.messages import Say
from ktui.tui.screens.view import View
from ktui.widgets.cells import Line, Run, Tone
from ktui.widgets.chart_data import ChartData

_STEPS: Final = {"shorter": -1, "longer": 1}


class ChartView(View):
    SCREEN = ScreenName.CHART

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        # Loaded with the first chart: the console is on the screen sooner without.
        from ktui.widgets.chart import Chart

        self._chart = Chart()
        self._chart.can_focus = True
        self._subject: chart.Subject = None
        self._measure = Measure.MESSAGES
        self._span = 0
        self._asked: ChartQuestion | None = None

    def content(self) -> Sequence[Widget]:
        return (self._chart,)

    def focus_content(self) -> None:
        self._chart.focus()

    def show_place(self, place: Place) -> None:
        self._subject = place.subject
        super().show_place(place)

    def update_view(self) -> None:
        super().update_view()
        question = self._question()
        is_another = question != self._asked
        self._asked = question
        self._chart.show(self._data(question), at_once=is_another)

    def _question(self) -> ChartQuestion:
        times = self.desk.times
        zone = UTC if times.is_utc else times.zone
        return ChartQuestion(self._subject, self._measure, SPANS[self._span], zone)

    def _data(self, question: ChartQuestion) -> ChartData:
        desk = self.desk
        now = desk.now() if desk.rates is EMPTY_VIEW else max(desk.now(), desk.rates.at)
        return chart.chart_data(question, desk.rates, desk.snapshot, now)

    def title(self) -> Line:
        runs = [Run("Chart", Tone.TITLE), Run(" ")]
        for measure in Measure:
            is_here = measure is self._measure
            text = f" [{measure.value}]" if is_here else f"  {measure.value} "
            runs.append(Run(text, Tone.ACCENT if is_here else Tone.MUTED))
        return tuple(runs)

    def remarks(self) -> Sequence[Line]:
        runs = []
        for number, span in enumerate(SPANS):
            is_here = number == self._span
            text = f" [{span.words}]" if is_here else f"  {span.words} "
            runs.append(Run(text, Tone.ACCENT if is_here else Tone.MUTED))
        return (tuple(runs),)

    def offers(self) -> frozenset[str]:
        return frozenset({"next-tab", "shorter", "longer", "export", "copy"})

    def run_command(self, name: str) -> None:
        match name:
            case "next-tab":
                self._measure = Measure.BYTES if self._measure is Measure.MESSAGES else Measure.MESSAGES
            case "shorter" | "longer":
                self._span = min(len(SPANS) - 1, max(0, self._span + _STEPS[name]))
            case "export":
                self.post_message(Say(self._export()))
        self.update_view()

    def _export(self) -> str:
        """Write text and picture into the current directory; says what became of it."""
        stem = chart.file_stem(self._subject, self.desk.now())
        written = []
        for ending, content in (("txt", self._chart.export_text()), ("svg", self._chart.export_svg())):
            path = Path(f"{stem}.{ending}")
            try:
                with path.open("x", encoding="utf-8") as file:
                    file.write(content)
            except OSError as error:
                return f"Not written: {safe(str(path))}: {safe(error.strerror or str(error))}."
            written.append(path.name)
        return f"Written to {safe(str(Path.cwd()))}: {' and '.join(written)}"

    def looked_at(self) -> Collection[str]:
        return chart.names_of(self._subject)

    def topic_here(self) -> str | None:
        names = chart.names_of(self._subject)
        return names[0] if names else None

    def charted(self) -> Place:
        return Place(ScreenName.CHART, self._subject)

    def copied_text(self) -> str | None:
        return self._chart.export_text()
