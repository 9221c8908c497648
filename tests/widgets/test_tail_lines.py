from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual import on
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip

from ktui.widgets.cells import Line, Run, Tone, line
from ktui.widgets.tail_lines import TailLines
from tests.widgets.doubles import shown_lines


class Numbered:
    """Lines from `first` up to but not including `end`; counts how many were made."""

    def __init__(self, first: int, end: int, word: str = "line") -> None:
        self.first = first
        self.end = end
        self.word = word
        self.made: list[int] = []

    def line(self, number: int) -> Line:
        assert self.first <= number < self.end
        self.made.append(number)
        return line(Run("p1 ", Tone.MUTED), f"{self.word} {number}")


class CountingLines(TailLines):
    rendered: list[int]
    asked: list[Region]

    def render_line(self, y: int) -> Strip:
        self.__dict__.setdefault("rendered", []).append(y)
        return super().render_line(y)

    def refresh(self, *regions: Region, **how: Any) -> Any:
        self.__dict__.setdefault("asked", []).extend(regions)
        return super().refresh(*regions, **how)


class TailApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.lines = CountingLines()
        self.heard: list[TailLines.LineMessage] = []

    def compose(self) -> ComposeResult:
        yield self.lines

    def on_mount(self) -> None:
        self.lines.focus()

    @on(TailLines.Moved)
    @on(TailLines.Opened)
    def _heard(self, event: TailLines.LineMessage) -> None:
        self.heard.append(event)


@asynccontextmanager
async def tail(height: int = 5) -> AsyncIterator[tuple[TailApp, Pilot[None]]]:
    app = TailApp()
    async with app.run_test(size=(30, height)) as pilot:
        yield app, pilot


def words(lines: TailLines) -> list[str]:
    return [text.removeprefix("p1 ") for text in shown_lines(lines) if text]


async def test_the_newest_line_is_at_the_bottom() -> None:
    async with tail() as (app, _):
        app.lines.show(Numbered(0, 3))
        assert words(app.lines) == ["line 0", "line 1", "line 2"]
        app.lines.show(Numbered(0, 12))
        assert words(app.lines) == [f"line {n}" for n in range(7, 12)]
        source = Numbered(1_000_000, 2_000_000)
        app.lines.show(source)
        assert words(app.lines)[-1] == "line 1999999"
        assert min(source.made) == 1_999_995


async def test_the_sentence_where_there_is_no_line() -> None:
    async with tail() as (app, _):
        app.lines.empty_text = "Nothing yet."
        app.lines.show(Numbered(7, 7))
        assert words(app.lines) == ["Nothing yet."]


async def test_only_lines_that_look_different_are_sent() -> None:
    async with tail() as (app, pilot):
        app.lines.show(Numbered(0, 3))
        await pilot.pause()
        app.lines.rendered, app.lines.asked, draws = [], [], app.lines.draws
        app.lines.show(Numbered(0, 3))
        await pilot.pause()
        assert (app.lines.rendered, app.lines.asked, app.lines.draws) == ([], [], draws)
        app.lines.show(Numbered(0, 4))
        await pilot.pause()
        assert app.lines.asked == [Region(0, 3, 30, 1)]
        assert set(app.lines.rendered) == {3}


async def test_a_reader_stands_still_while_lines_come_and_go() -> None:
    async with tail() as (app, pilot):
        app.lines.show(Numbered(0, 100))
        await pilot.press("up")
        assert not app.lines.is_following
        assert app.lines.cursor == 99
        await pilot.press("up", "up")
        before = words(app.lines)
        app.lines.show(Numbered(50, 150))
        assert words(app.lines) == before
        assert app.lines.newer == 50
        # The newest has lost what is in sight: the older one is held.
        app.lines.show(Numbered(5_000, 9_000))
        assert words(app.lines) == before
        assert app.lines.cursor == 97
        await pilot.press("G")
        assert app.lines.is_following
        assert words(app.lines)[-1] == "line 8999"
        assert app.lines.newer == 0


async def test_moving_past_the_end_goes_on_where_nothing_is_missing() -> None:
    async with tail() as (app, pilot):
        app.lines.show(Numbered(0, 10))
        await pilot.press("up")
        app.lines.show(Numbered(8, 20))
        await pilot.press("down")
        assert app.lines.cursor == 10
        app.lines.go_to(19)
        app.lines.show(Numbered(30, 40))
        await pilot.press("down")
        assert app.lines.cursor == 19


async def test_keys() -> None:
    async with tail() as (app, pilot):
        app.lines.show(Numbered(0, 100))
        await pilot.press("down")
        assert app.lines.is_following
        await pilot.press("g")
        assert (app.lines.cursor, words(app.lines)[0]) == (0, "line 0")
        await pilot.press("pagedown", "j")
        assert app.lines.cursor == 5
        await pilot.press("pageup", "k", "k")
        assert app.lines.cursor == 0
        await pilot.press("enter")
        assert isinstance(app.heard[-1], TailLines.Opened)
        assert app.heard[-1].number == 0


async def test_other_lines_with_the_cursor_where_it_belongs() -> None:
    async with tail() as (app, pilot):
        app.lines.show(Numbered(0, 100))
        await pilot.press("g")
        app.lines.show(Numbered(0, 50, "other"), cursor=33)
        assert app.lines.cursor == 33
        assert "other 33" in words(app.lines)
        app.lines.show_anew(Numbered(0, 3, "again"))
        assert app.lines.is_following
        assert words(app.lines) == ["again 0", "again 1", "again 2"]


async def test_a_resize_keeps_the_cursor_in_sight() -> None:
    async with tail(8) as (app, pilot):
        app.lines.show(Numbered(0, 100))
        app.lines.go_to(50)
        await pilot.resize_terminal(40, 3)
        await pilot.pause()
        assert "line 50" in words(app.lines)
        await pilot.resize_terminal(20, 12)
        await pilot.pause()
        assert "line 50" in words(app.lines)
        assert all(len(text) == 20 for text in (strip.text for strip in app.lines._painted))


async def test_tells_when_more_lines_came_than_fit() -> None:
    async with tail() as (app, _):
        app.lines.show(Numbered(0, 3))
        assert not app.lines.is_racing
        app.lines.show(Numbered(0, 9))
        assert app.lines.is_racing
        app.lines.show(Numbered(0, 10))
        assert not app.lines.is_racing


async def test_a_mouse() -> None:
    async with tail() as (app, pilot):
        app.lines.show(Numbered(0, 100))
        await pilot.click(app.lines, offset=(2, 1))
        assert app.lines.cursor == 96
        await pilot.double_click(app.lines, offset=(2, 1))
        assert isinstance(app.heard[-1], TailLines.Opened)
