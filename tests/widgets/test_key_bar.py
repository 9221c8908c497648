from __future__ import annotations

from textual.strip import Strip

from ktui.widgets.cells import Tone, plain
from ktui.widgets.key_bar import KeyBar, arrange
from tests.widgets.doubles import WidgetApp, shown_lines

KEYS = (("1", "overview"), ("2", "brokers"), ("?", "help"))


class CountingBar(KeyBar):
    drawn = 0

    def render_line(self, y: int) -> Strip:
        self.drawn += 1
        return super().render_line(y)


def test_as_many_keys_as_fit_in_the_given_order() -> None:
    assert plain(arrange(KEYS, 80)) == "1 overview  2 brokers  ? help"
    assert plain(arrange(KEYS, 28)) == "1 overview  2 brokers"
    assert plain(arrange(KEYS, 5)) == ""


def test_keys_and_labels_differ_in_tone() -> None:
    assert [run.tone for run in arrange(KEYS[:1], 80)] == [Tone.KEY, Tone.MUTED]


async def test_it_is_drawn_again_only_when_it_looks_different() -> None:
    bar = CountingBar(KEYS)
    async with WidgetApp(bar).run_test(size=(80, 4)) as pilot:
        bar.drawn = 0
        bar.show(list(KEYS))
        await pilot.pause()
        assert bar.drawn == 0
        bar.show(KEYS[1:])
        await pilot.pause()
        assert bar.drawn == 1
        assert shown_lines(bar) == ["2 brokers  ? help"]
