from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC
from typing import cast
from xml.etree import ElementTree

import pytest
from textual.strip import Strip

from ktui.widgets import chart as chart_module
from ktui.widgets.chart import Chart
from ktui.widgets.chart_data import ChartData, Series
from ktui.widgets.chart_picture import Picture, chart_picture
from ktui.widgets.chart_svg import CELL_WIDTH, MARGIN
from ktui.widgets.sparks import Glyphs
from tests.widgets.doubles import WidgetApp, shown_lines

SIZE = (80, 22)
TIMES = tuple(1_766_498_400.0 + second for second in range(300))


def data(level: float = 50.0, count: int = 1) -> ChartData:
    series = tuple(Series(f"topic {at} <&>", TIMES, (level * (at + 1),) * 300) for at in range(count))
    return ChartData("Messages", series, unit="msg/s", zone=UTC)


class CountingChart(Chart):
    """Counts the lines that are sent."""

    rendered: list[int]

    def render_line(self, y: int) -> Strip:
        self.__dict__.setdefault("rendered", []).append(y)
        return super().render_line(y)


@pytest.fixture
def drawings(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When pictures were drawn."""
    times: list[float] = []

    def drawn(shown: ChartData, width: int, height: int, *, glyphs: Glyphs) -> Picture:
        times.append(time.monotonic())
        return chart_picture(shown, width, height, glyphs=glyphs)

    monkeypatch.setattr(chart_module, "chart_picture", drawn)
    return times


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not happened():  # noqa: ASYNC110 - a timer of the widget makes it happen
            await asyncio.sleep(0.01)


async def test_the_picture_fills_the_widget() -> None:
    chart = Chart(data())
    async with WidgetApp(chart).run_test(size=SIZE):
        assert "\n".join(shown_lines(chart)) + "\n" == chart_picture(data(), *SIZE).text()
        assert chart.export_text() == chart_picture(data(), *SIZE).text()
        assert all(chart.render_line(y).cell_length == 80 for y in range(22))


async def test_no_data_is_an_empty_widget() -> None:
    chart = Chart()
    async with WidgetApp(chart).run_test(size=SIZE) as pilot:
        assert set(shown_lines(chart)) == {""}
        chart.show(data())
        await pilot.pause()
        assert shown_lines(chart)[0].startswith("Messages")
        assert chart.data == data()


async def test_equal_data_is_not_drawn_again(drawings: list[float]) -> None:
    chart = CountingChart(data(), pace_s=0)
    async with WidgetApp(chart).run_test(size=SIZE) as pilot:
        await pilot.pause()
        chart.rendered, drawn = [], len(drawings)
        chart.show(data())
        await pilot.pause()
        assert (chart.rendered, len(drawings)) == ([], drawn)


async def test_only_lines_that_differ_are_sent() -> None:
    chart = CountingChart(data(100.0), pace_s=0)
    async with WidgetApp(chart).run_test(size=SIZE) as pilot:
        await pilot.pause()
        before = shown_lines(chart)
        chart.rendered = []
        chart.show(data(90.0))
        await pilot.pause()
        sent = list(chart.rendered)
        after = shown_lines(chart)
        assert sent == [y for y in range(22) if before[y] != after[y]]
        assert 2 <= len(sent) <= 4


async def test_new_data_waits_and_only_the_newest_is_drawn(drawings: list[float]) -> None:
    chart = Chart(data(), pace_s=0.2)
    async with WidgetApp(chart).run_test(size=SIZE):
        drawn = len(drawings)
        for level in range(1, 9):
            chart.show(data(float(level)))
        assert len(drawings) == drawn
        await until(lambda: len(drawings) > drawn)
        assert "topic 0 <&> 8" in shown_lines(chart)[1]
        assert len(drawings) == drawn + 1
        assert drawings[-1] - drawings[-2] >= 0.2
        chart.show(data(20.0))
        await until(lambda: "topic 0 <&> 20" in shown_lines(chart)[1])
        assert drawings[-1] - drawings[-2] >= 0.2


async def test_another_size_is_drawn_at_once(drawings: list[float]) -> None:
    chart = Chart(data(), pace_s=1000)
    async with WidgetApp(chart).run_test(size=SIZE) as pilot:
        await pilot.resize_terminal(100, 30)
        await pilot.pause()
        assert "\n".join(shown_lines(chart)) + "\n" == chart_picture(data(), 100, 30).text()
        await pilot.resize_terminal(20, 5)
        await pilot.pause()
        assert shown_lines(chart)[2] == "A chart needs 32x8 …"


async def test_a_hidden_chart_is_drawn_when_it_is_shown(drawings: list[float]) -> None:
    chart = Chart()
    chart.display = False
    async with WidgetApp(chart).run_test(size=SIZE) as pilot:
        chart.show(data())
        chart.show(data(7.0))
        await pilot.pause()
        assert drawings == []
        chart.display = True
        await pilot.pause()
        assert "topic 0 <&> 7" in shown_lines(chart)[1]
        assert len(drawings) == 1


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark", "ansi-light"])
async def test_series_have_colours_of_their_own_in_every_theme(theme: str) -> None:
    chart = Chart(data(count=5))
    app = WidgetApp(chart)
    app.theme = theme
    async with app.run_test(size=(120, 22)) as pilot:
        await pilot.pause()
        legend = chart.render_line(1)
        colours = {segment.style.color for segment in legend if segment.style and segment.text.strip()}
        assert len(colours) == 6


async def test_another_theme_colours_anew() -> None:
    chart = Chart(data())
    app = WidgetApp(chart)
    async with app.run_test(size=SIZE) as pilot:
        before = chart.render_line(1)
        app.theme = "textual-light"
        await pilot.pause()
        assert chart.render_line(1) != before
        assert chart.render_line(1).text == before.text


@pytest.mark.parametrize("theme", ["textual-dark", "ansi-light"])
async def test_the_exported_document_holds_the_text_in_its_place(theme: str) -> None:
    chart = Chart(data(count=2))
    app = WidgetApp(chart)
    app.theme = theme
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        document = ElementTree.fromstring(chart.export_svg())
        text = chart.export_text()
    rows: dict[float, list[tuple[int, str]]] = {}
    for element in document.iter("{http://www.w3.org/2000/svg}text"):
        place = rows.setdefault(float(element.attrib["y"]), [])
        columns = [round((float(x) - MARGIN) / CELL_WIDTH) for x in element.attrib["x"].split()]
        assert columns == list(range(columns[0], columns[0] + len(cast(str, element.text))))
        place.append((columns[0], cast(str, element.text)))
        assert element.attrib["fill"].startswith("#")
    drawn = []
    for row in sorted(rows):
        line = ""
        for column, shown in sorted(rows[row]):
            line = line.ljust(column) + shown
        drawn.append(line)
    assert drawn == [line for line in text.splitlines() if line]


async def test_a_chart_that_is_not_shown_is_exported_in_the_usual_size() -> None:
    chart = Chart(data(), glyphs=Glyphs.ASCII)
    assert chart.export_text() == chart_picture(data(), 80, 24, glyphs=Glyphs.ASCII).text()
