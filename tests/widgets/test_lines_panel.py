from __future__ import annotations

from textual.strip import Strip

from ktui.widgets.cells import Line, Run, Tone, line
from ktui.widgets.lines_panel import LinesPanel
from tests.widgets.doubles import WidgetApp, shown_lines

SIZE = (40, 10)


class CountingPanel(LinesPanel):
    rendered: list[int]

    def render_line(self, y: int) -> Strip:
        self.__dict__.setdefault("rendered", []).append(y)
        return super().render_line(y)


def numbered(count: int) -> list[Line]:
    return [line(f"line {number}") for number in range(count)]


async def test_equal_lines_draw_nothing_and_a_changed_one_draws_itself() -> None:
    panel = CountingPanel(numbered(8))
    async with WidgetApp(panel).run_test(size=SIZE) as pilot:
        await pilot.pause()
        panel.rendered = []
        panel.show(numbered(8))
        await pilot.pause()
        assert panel.rendered == []
        panel.show([*numbered(3), line(Run("other", Tone.BAD)), *numbered(8)[4:]])
        await pilot.pause()
        assert panel.rendered == [3]
        assert shown_lines(panel)[2:5] == ["line 2", "other", "line 4"]


async def test_long_lines_are_cut_and_empty_ones_stay() -> None:
    panel = LinesPanel([line("x" * 50), (), line("end")])
    async with WidgetApp(panel).run_test(size=SIZE):
        assert shown_lines(panel)[:3] == ["x" * 39 + "…", "", "end"]


async def test_keys_scroll_a_focusable_panel() -> None:
    panel = LinesPanel(numbered(100), focusable=True)
    async with WidgetApp(panel).run_test(size=SIZE) as pilot:
        panel.focus()
        await pilot.press("j", "down")
        assert shown_lines(panel)[0] == "line 2"
        await pilot.press("pagedown")
        assert shown_lines(panel)[0] == "line 11"
        await pilot.press("G")
        assert shown_lines(panel)[-1] == "line 99"
        await pilot.press("g", "k")
        assert shown_lines(panel)[0] == "line 0"


async def test_scrolling_stays_where_it_was_when_lines_change() -> None:
    panel = LinesPanel(numbered(100), focusable=True)
    async with WidgetApp(panel).run_test(size=SIZE) as pilot:
        panel.focus()
        await pilot.press("pagedown")
        panel.show([*numbered(50), line("changed"), *numbered(100)[51:]])
        await pilot.pause()
        assert shown_lines(panel)[0] == "line 9"
        panel.show(numbered(5))
        await pilot.pause()
        assert shown_lines(panel)[0] == "line 0"


async def test_wrapping_follows_the_width() -> None:
    panel = LinesPanel([line("one two three four five six seven eight nine")], wrap=True)
    async with WidgetApp(panel).run_test(size=SIZE) as pilot:
        assert shown_lines(panel)[:2] == ["one two three four five six seven eight", "nine"]
        await pilot.resize_terminal(20, 10)
        await pilot.pause()
        assert shown_lines(panel)[:3] == ["one two three four", "five six seven eight", "nine"]


async def test_what_cannot_be_focused_does_not_take_keys() -> None:
    panel = LinesPanel(numbered(3))
    async with WidgetApp(panel).run_test(size=SIZE) as pilot:
        await pilot.press("tab")
        assert not panel.has_focus
