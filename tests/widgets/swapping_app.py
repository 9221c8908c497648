"""A program for a real terminal: a table of many rows that is shown anew by keys.

`e` shows an equal model, `c` one with a changed row. After each, once everything has been painted, it adds the
key to the file named by its argument.
"""

from __future__ import annotations

import sys
from pathlib import Path

from textual.app import App, ComposeResult

from ktui.widgets.big_table import BigTable
from tests.widgets.doubles import COLUMNS, Numbers

ROWS = 200_000


class SwappingApp(App[None]):
    def compose(self) -> ComposeResult:
        yield BigTable(COLUMNS)

    def on_mount(self) -> None:
        self.query_one(BigTable).focus()
        self.show("s", {})

    def show(self, key: str, changed: dict[int, int]) -> None:
        self.query_one(BigTable).show(Numbers(ROWS, changed))
        self.call_after_refresh(self.note, key)

    def note(self, key: str) -> None:
        with Path(sys.argv[1]).open("a") as notes:
            notes.write(key)

    def key_e(self) -> None:
        self.show("e", {})

    def key_c(self) -> None:
        self.show("c", {7: 4242})


if __name__ == "__main__":
    SwappingApp().run()
