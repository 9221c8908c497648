"""Models that count and applications of one widget, for the tests of the widgets."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from textual.app import App, ComposeResult
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from ktui.widgets.big_table import BigTable
from ktui.widgets.cells import Align, ColumnSpec, Run
from ktui.widgets.rows import Row

COLUMNS = (
    ColumnSpec("name", "NAME", 20, grow=True),
    ColumnSpec("value", "VALUE", 8, Align.RIGHT),
)
LETTERS = [f"{letter}{number}" for letter in "abcdefgh" for number in range(10)]


class Names:
    """Rows of the given names; counts how often a row was asked for."""

    def __init__(self, names: Sequence[str], values: dict[str, int] | None = None) -> None:
        self._names = names
        self._values = values or {}
        self._index = {name: index for index, name in enumerate(names)}
        self.row_calls = 0

    @property
    def count(self) -> int:
        return len(self._names)

    def row(self, index: int) -> Row:
        self.row_calls += 1
        name = self._names[index]
        return Row(name, (Run(name), Run(str(self._values.get(name, 0)))))

    def index_of(self, key: Hashable) -> int | None:
        return self._index.get(str(key))


class Numbers:
    """So many rows that they could not all be made; key and name follow from the index."""

    def __init__(self, count: int, changed: dict[int, int] | None = None) -> None:
        self.count = count
        self.changed = changed or {}
        self.row_calls = 0

    def row(self, index: int) -> Row:
        self.row_calls += 1
        return Row(index, (Run(f"topic-{index}"), Run(str(self.changed.get(index, 0)))))

    def index_of(self, key: Hashable) -> int | None:
        return key if isinstance(key, int) and key < self.count else None


class CountingTable(BigTable):
    """Counts the lines that are drawn."""

    rendered: list[int]

    def render_line(self, y: int) -> Strip:
        self.__dict__.setdefault("rendered", []).append(y)
        return super().render_line(y)


class TableApp(App[None]):
    def __init__(self, table: CountingTable | None = None) -> None:
        super().__init__()
        self.table = table or CountingTable(COLUMNS, empty_text="Nothing here.")
        self.heard: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.focus()

    def on_big_table_highlighted(self, event: BigTable.Highlighted) -> None:
        self.heard.append(event)

    def on_big_table_selected(self, event: BigTable.Selected) -> None:
        self.heard.append(event)

    def on_big_table_mark_toggled(self, event: BigTable.MarkToggled) -> None:
        self.heard.append(event)

    def on_big_table_header_clicked(self, event: BigTable.HeaderClicked) -> None:
        self.heard.append(event)


class WidgetApp(App[None]):
    """One widget, and every message of the given types that reached the application."""

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self.widgets = widgets

    def compose(self) -> ComposeResult:
        yield from self.widgets


def shown_lines(widget: Widget) -> list[str]:
    return [widget.render_line(y).text.rstrip() for y in range(widget.size.height)]


def shown_rows(table: BigTable) -> list[str]:
    """The first words of the rows in view."""
    return [text.split()[0] for text in shown_lines(table)[1:] if text.strip()]
