from __future__ import annotations

from ktui.widgets.command_bar import CommandBar
from tests.widgets.doubles import COLUMNS, CountingTable, WidgetApp

COMMANDS = ["topics", "topic", "brokers", "quorum"]


class CommandApp(WidgetApp):
    def __init__(self) -> None:
        self.table = CountingTable(COLUMNS)
        self.bar = CommandBar(lambda text: [name for name in COMMANDS if name.startswith(text)])
        self.heard: list[str] = []
        super().__init__(self.table, self.bar)

    def on_mount(self) -> None:
        self.table.focus()
        self.bar.open()

    def on_command_bar_command_entered(self, event: CommandBar.CommandEntered) -> None:
        self.heard.append(event.text)

    def on_command_bar_command_closed(self, event: CommandBar.CommandClosed) -> None:
        self.heard.append("closed")


async def test_enter_tells_the_command_and_gives_the_focus_back() -> None:
    app = CommandApp()
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.press(*"topics pay", "enter")
        assert app.heard == ["closed", "topics pay"]
        assert app.table.has_focus


async def test_escape_and_an_empty_line_only_close() -> None:
    app = CommandApp()
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.press("t", "escape")
        app.bar.open()
        await pilot.press("space", "enter")
        assert app.heard == ["closed", "closed"]


async def test_tab_goes_round_the_completions() -> None:
    app = CommandApp()
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.press("t", "tab")
        assert app.bar.text == "topics"
        await pilot.press("tab")
        assert app.bar.text == "topic"
        await pilot.press("tab")
        assert app.bar.text == "topics"
        await pilot.press("shift+tab")
        assert app.bar.text == "topic"
        await pilot.press("x", "tab")
        assert app.bar.text == "topicx"


async def test_right_takes_the_shown_completion() -> None:
    app = CommandApp()
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.press("b", "r")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        await pilot.press("right", "enter")
        assert app.heard == ["closed", "brokers"]


async def test_completions_are_noted_at_the_right() -> None:
    app = CommandApp()
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.press("t")
        assert app.bar.query_one("#note").render_line(0).text == "topics  topic"


async def test_up_and_down_recall_and_keep_the_draft() -> None:
    app = CommandApp()
    async with app.run_test(size=(60, 10)) as pilot:
        for command in ("topics", "brokers", "topics"):
            app.bar.open(command)
            await pilot.press("enter")
        app.bar.open()
        await pilot.press("q", "up")
        assert app.bar.text == "topics"
        await pilot.press("up")
        assert app.bar.text == "brokers"
        await pilot.press("up")
        assert app.bar.text == "brokers"
        await pilot.press("down", "down")
        assert app.bar.text == "q"
