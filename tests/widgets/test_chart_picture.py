from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta, timezone
from math import nan

import pytest

from ktui.widgets import plotting
from ktui.widgets.cells import Tone
from ktui.widgets.chart_data import ChartData, Series
from ktui.widgets.chart_picture import Picture, chart_picture
from ktui.widgets.sparks import Glyphs
from tests.widgets.chart_reading import dots, read_axes

START = datetime(2026, 3, 28, 14, 0, 5, tzinfo=UTC)
AT = START.timestamp()
SECONDS = 300
TIMES = tuple(AT + second for second in range(SECONDS))
RISING = tuple(second * 30.0 for second in range(SECONDS))
SIZES = [(80, 22), (120, 38), (45, 12)]


def one(name: str = "payments", values: tuple[float | None, ...] = RISING, **more: object) -> ChartData:
    return ChartData("Messages", (Series(name, TIMES, values),), unit="msg/s", zone=UTC, **more)  # type: ignore[arg-type]


def lines(data: ChartData, width: int = 80, height: int = 22) -> list[str]:
    return chart_picture(data, width, height).text().splitlines()


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_dot_is_at_its_time_and_value(width: int, height: int) -> None:
    triangle = tuple(9_000.0 - abs(second - 100) * 45 for second in range(SECONDS))
    text = chart_picture(one(values=triangle), width, height).text()
    axes = read_axes(text, START)
    drawn = list(dots(text, axes))
    assert len(drawn) > width
    for time, value in drawn:
        near = (
            abs(second - 100) for second in (time - AT - axes.column_s, time - AT, time - AT + axes.column_s)
        )
        expected = [9_000.0 - distance * 45 for distance in near]
        assert min(expected) - axes.row_height <= value <= max(expected) + axes.row_height
    assert min(time for time, _ in drawn) == pytest.approx(AT, abs=axes.column_s)
    assert max(time for time, _ in drawn) == pytest.approx(AT + SECONDS - 1, abs=axes.column_s)


def test_labels_of_both_axes() -> None:
    shown = lines(one())
    labels = [line.partition("┤")[0].strip() for line in shown if "┤" in line]
    assert labels == ["10k", "7.5k", "5k", "2.5k", "0"]
    assert shown[-1].split() == ["14:01", "14:02", "14:03", "14:04", "14:05"]
    assert [shown[-2][shown[-1].index(label) + 2] for label in shown[-1].split()[:-1]] == ["┬"] * 4
    assert shown[0] == "Messages" + " " * 33 + "2026-03-28 14:00:05 to 14:05:04 UTC".rjust(39)
    assert shown[1] == "msg/s  ━ payments 8.97k"


def test_lowest_and_highest_row() -> None:
    values = tuple(10_000.0 if second == 150 else 0.0 for second in range(SECONDS))
    shown = lines(one(values=values))
    top, bottom = shown[2].partition("┤")[2], shown[-3].partition("┤")[2]
    axes = read_axes("\n".join(shown), START)
    (peak,) = [column for column, character in enumerate(shown[2]) if character > "⠀"]
    assert top.strip()
    assert axes.time_at(peak) == pytest.approx(AT + 150, abs=axes.column_s)
    assert len(bottom.split()) <= 2
    assert len(bottom.rstrip()) > 70


def test_a_gap_is_not_joined_and_not_a_zero() -> None:
    values = tuple(None if 100 <= second < 160 else 5_000.0 for second in range(SECONDS))
    text = chart_picture(one(values=values), 80, 22).text()
    axes = read_axes(text, START)
    seen = [time - AT for time, _ in dots(text, axes)]
    assert not [second for second in seen if 100 + axes.column_s < second < 160 - axes.column_s]
    assert {second < 100 for second in seen} == {True, False}
    assert {round(value, -3) for _, value in dots(text, axes)} == {5_000}


def test_samples_too_far_apart_are_not_joined() -> None:
    times = (*TIMES[:50], *TIMES[-50:])
    series = Series("a", times, (5.0,) * 100, joined_s=3)
    text = chart_picture(ChartData("x", (series,), zone=UTC), 80, 22).text()
    axes = read_axes(text, START)
    assert not [time for time, _ in dots(text, axes) if AT + 60 < time < AT + 240]


def test_times_are_those_of_the_zone_shown() -> None:
    india = timezone(timedelta(hours=5, minutes=30), "IST")
    data = ChartData("x", (Series("a", TIMES, RISING),), zone=india)
    shown = lines(data)
    assert shown[-1].split() == ["19:31", "19:32", "19:33", "19:34", "19:35"]
    assert shown[0].endswith("19:30:05 to 19:35:04 IST")


def test_several_series_are_told_apart_by_letters_and_inks() -> None:
    series = tuple(Series(name, TIMES, (level,) * SECONDS) for name, level in (("x", 10.0), ("y", 20.0)))
    picture = chart_picture(ChartData("Two", series, zone=UTC), 80, 22)
    assert picture.lines[1] == (("a x 10", 0), ("  ", Tone.MUTED), ("b y 20", 1))
    shown = picture.text().splitlines()
    rows = {letter: row for row, line in enumerate(shown) if row > 1 for letter in "ab" if letter in line}
    assert rows["a"] > rows["b"] == 2
    assert {
        ink for text, ink in picture.lines[2] if "⠒" in text or "⠉" in text or "⣀" in text or "⠤" in text
    } == {1}


def test_the_legend_says_when_the_newest_sample_is_missing() -> None:
    assert lines(one(values=(*RISING[:-1], None)))[1] == "msg/s  ━ payments no sample"


def test_the_legend_takes_more_lines_and_says_what_it_leaves_out() -> None:
    def legend(width: int, height: int, count: int = 6) -> list[str]:
        series = tuple(Series(f"topic-{at}", TIMES, (5.0,) * SECONDS) for at in range(count))
        shown = lines(ChartData("Many", series, unit="msg/s", zone=UTC), width, height)
        return shown[1 : next(at for at, line in enumerate(shown) if "┤" in line)]

    assert legend(120, 22) == [
        "msg/s  " + "  ".join(f"{letter} topic-{at} 5" for at, letter in enumerate("abcdef"))
    ]
    assert legend(50, 22) == [
        "msg/s  a topic-0 5  b topic-1 5  c topic-2 5",
        "d topic-3 5  e topic-4 5  f topic-5 5",
    ]
    assert legend(50, 12) == ["msg/s  a topic-0 5  b topic-1 5  +4 more"]


def test_a_chart_that_follows_the_time_moves_by_whole_columns() -> None:
    def body(second: int) -> list[str]:
        end = AT + 300 + second
        return lines(one(start=end - 300, end=end))[2:]

    frames = [body(second) for second in range(12)]
    assert 3 <= len({tuple(frame) for frame in frames}) <= 4


@pytest.mark.parametrize(
    "data",
    [
        ChartData("Nothing"),
        ChartData("Nothing", (Series("a", (), ()),)),
        ChartData("Nothing", (Series("a", TIMES, (None,) * SECONDS),)),
        ChartData("Nothing", (Series("a", TIMES, (nan,) * SECONDS),)),
        ChartData("Nothing", (Series("a", TIMES, RISING),), start=AT - 900, end=AT - 600),
    ],
)
def test_no_samples_is_a_sentence(data: ChartData) -> None:
    assert lines(data) == ["Nothing", "", "No samples yet."]


def test_a_single_sample_is_drawn() -> None:
    shown = lines(ChartData("One", (Series("a", (AT,), (10.0,)),), zone=UTC))
    assert sum(character > "⠀" for line in shown[2:] for character in line) == 1
    assert shown[2].rstrip()[-1] > "⠀"
    assert "14:00:00" in shown[-1]


def test_only_zeros_lie_on_the_axis() -> None:
    shown = lines(one(values=(0.0,) * SECONDS))
    assert shown[-3].startswith("   0┤")
    assert "⣀" in shown[-3] or "⠒" in shown[-3] or "⠤" in shown[-3]


@pytest.mark.parametrize(("width", "height"), [(31, 20), (80, 7), (10, 1), (0, 0), (3, 2)])
def test_too_small_is_a_sentence_that_fits(width: int, height: int) -> None:
    picture = chart_picture(one(), width, height)
    assert len(picture.lines) <= height
    assert all(len(line) <= width for line in picture.text().splitlines())
    assert "┤" not in picture.text()


@pytest.mark.parametrize(("width", "height"), [(32, 8), (33, 9), (40, 8), (80, 24), (200, 60)])
@pytest.mark.parametrize("count", [1, 7])
def test_lines_are_never_wider_or_more_than_asked(width: int, height: int, count: int) -> None:
    series = tuple(Series("long-name-" * 9, TIMES, RISING) for _ in range(count))
    picture = chart_picture(ChartData("A title " * 9, series, unit="msg/s", zone=UTC), width, height)
    assert len(picture.lines) == height
    assert all(len(line) <= width for line in picture.text().splitlines())


def test_ascii_charts_hold_ascii_only() -> None:
    two = (Series("x", TIMES, RISING), Series("y", TIMES, RISING[::-1]))
    for series in (two[:1], two):
        picture = chart_picture(ChartData("Long " * 30, series, zone=UTC), 80, 22, glyphs=Glyphs.ASCII)
        assert picture.text().isascii()
    assert "a" in picture.text()


def test_a_library_that_cannot_be_loaded_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "plotext", None)
    plotting._plotext.cache_clear()
    shown = lines(one())
    plotting._plotext.cache_clear()
    assert shown[2].startswith("The library that draws charts cannot be loaded: ")
    assert plotting.DOCUMENTATION not in sys.modules


def test_a_picture_as_text_has_no_blanks_at_the_end() -> None:
    assert Picture(9, 2, ((("a  ", 0), ("  ", 1)), ())).text() == "a\n\n"
