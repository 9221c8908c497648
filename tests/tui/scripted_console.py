"""A program: the console on a feed that says one thing, for tests at a real terminal."""

from __future__ import annotations

from collections.abc import Callable

from ktui.adapters.model import ClusterSnapshot
from ktui.tui.app import KtuiApp
from ktui.tui.settings import ConsoleSettings
from tests.tui.builders import small
from tests.tui.scripted_feed import ScriptedFeed


class TellingFeed(ScriptedFeed):
    """Gives its one picture as soon as it is started."""

    def start(self, on_snapshot: Callable[[ClusterSnapshot], None]) -> None:
        super().start(on_snapshot)
        self.give(small())


if __name__ == "__main__":
    feed = TellingFeed()
    KtuiApp(
        feed,
        ConsoleSettings("local", first_screen="topics"),
        clock=feed.clocks.wall,
        monotonic=feed.clocks.monotonic,
    ).run()
