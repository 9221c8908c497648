from __future__ import annotations

import pytest
from textual.strip import Strip

from ktui.widgets.cells import Run, Tone, line, plain
from ktui.widgets.fitting import cell_width
from ktui.widgets.status_line import StatusLine, StatusSegment, arrange
from tests.widgets.doubles import WidgetApp, shown_lines

SEGMENTS = (
    StatusSegment(line("local")),
    StatusSegment(line("production"), rank=1),
    StatusSegment(line("3/3 brokers")),
    StatusSegment(line("204 topics"), rank=2),
    StatusSegment(line(Run("OK", Tone.GOOD))),
    StatusSegment(line("12.4k/s"), rank=3, grow_right=True),
    StatusSegment(line("live"), grow_right=True),
)


class CountingLine(StatusLine):
    drawn = 0

    def render_line(self, y: int) -> Strip:
        self.drawn += 1
        return super().render_line(y)


def test_all_segments_fit_into_a_wide_line() -> None:
    text = plain(arrange(SEGMENTS, 80))
    assert text.startswith("local  production  3/3 brokers  204 topics  OK ")
    assert text.endswith(" 12.4k/s  live")
    assert len(text) == 80


@pytest.mark.parametrize(
    ("width", "gone"),
    [(61, []), (60, ["12.4k/s"]), (50, ["12.4k/s", "204"]), (39, ["12.4k/s", "204", "production"])],
)
def test_the_highest_rank_goes_first(width: int, gone: list[str]) -> None:
    text = plain(arrange(SEGMENTS, width))
    assert len(text) == width
    assert [word for word in ("12.4k/s", "204", "production") if word not in text] == gone


@pytest.mark.parametrize("width", range(1, 100))
def test_the_line_is_never_too_wide_and_the_age_goes_last(width: int) -> None:
    shown = arrange(SEGMENTS, width)
    assert cell_width(shown) <= width
    if width >= 4:
        assert plain(shown).endswith("live")


async def test_it_is_drawn_again_only_when_it_looks_different() -> None:
    status = CountingLine(SEGMENTS)
    app = WidgetApp(status)
    async with app.run_test(size=(50, 4)) as pilot:
        status.drawn = 0
        status.show(SEGMENTS)
        status.show((*SEGMENTS[:3], StatusSegment(line("205 topics"), rank=2), *SEGMENTS[4:]))
        await pilot.pause()
        assert status.drawn == 0
        status.show((*SEGMENTS[:4], StatusSegment(line(Run("OK", Tone.BAD))), *SEGMENTS[5:]))
        await pilot.pause()
        assert status.drawn == 1
        assert shown_lines(status)[0].endswith("live")


async def test_it_follows_the_width() -> None:
    status = StatusLine(SEGMENTS)
    async with WidgetApp(status).run_test(size=(40, 4)) as pilot:
        await pilot.resize_terminal(80, 4)
        await pilot.pause()
        assert "204 topics" in shown_lines(status)[0]
