"""A table of any number of rows that touches only the rows in view."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ktui.widgets.cells import ColumnSpec
from ktui.widgets.regions import line_regions
from ktui.widgets.rows import EMPTY_MODEL, Row, RowModel
from ktui.widgets.table_painter import TablePainter
from ktui.widgets.tones import TONE_CLASSES, ToneStyles, tone_css

HEADER_HEIGHT = 1
EMPTY_TEXT_LINE = 2


@dataclass(frozen=True, slots=True)
class _Painted:
    """A line as it was last drawn, and what it was drawn from."""

    strip: Strip
    row: Row | None = None
    cursor: bool = False


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A row that keeps its line on the screen while the rows around it change."""

    key: Hashable
    line: int
    is_cursor: bool


class BigTable(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows a `RowModel`. The cursor stays on a key, and only lines that look different are sent."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = TONE_CLASSES
    DEFAULT_CSS = (
        "BigTable { height: 1fr; background: $background; color: $foreground; overflow: hidden auto;"
        " scrollbar-size-vertical: 1; scrollbar-gutter: stable; }\n" + tone_css("BigTable")
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "move(-1)", "Up", show=False, id="table.up"),
        Binding("down,j", "move(1)", "Down", show=False, id="table.down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="table.page_up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="table.page_down"),
        Binding("home,g", "first", "First row", show=False, id="table.first"),
        Binding("end,G", "last", "Last row", show=False, id="table.last"),
        Binding("enter", "select", "Open", show=False, id="table.open"),
        Binding("space", "mark", "Mark", show=False, id="table.mark"),
    ]

    class TableMessage(Message):
        def __init__(self, table: BigTable) -> None:
            super().__init__()
            self.table = table

        @property
        def control(self) -> BigTable:
            return self.table

    class Highlighted(TableMessage):
        """The cursor came to another key, by the user or by new data; None when there are no rows."""

        def __init__(self, table: BigTable, key: Hashable | None, *, index: int) -> None:
            super().__init__(table)
            self.key = key
            self.index = index

    class Selected(TableMessage):
        """Enter or a double click on a row."""

        def __init__(self, table: BigTable, key: Hashable, *, index: int) -> None:
            super().__init__(table)
            self.key = key
            self.index = index

    class MarkToggled(TableMessage):
        def __init__(self, table: BigTable, key: Hashable) -> None:
            super().__init__(table)
            self.key = key

    class HeaderClicked(TableMessage):
        def __init__(self, table: BigTable, column: str) -> None:
            super().__init__(table)
            self.column = column

    def __init__(
        self,
        columns: Sequence[ColumnSpec] = (),
        *,
        empty_text: str = "",
        sort: tuple[str, bool] | None = None,
        follow_top: bool = False,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._tones = ToneStyles(self)
        self._painter = TablePainter(tuple(columns), self._tones)
        self._empty_text = empty_text
        self._sort = sort
        self._follow_top = follow_top
        self._model: RowModel = EMPTY_MODEL
        self._key: Hashable | None = None
        self._index = -1
        self._announced: Hashable | None = None
        self._painted: dict[int, _Painted] = {}
        self._painted_width = -1
        self._swapping = False
        self._known_body_height = 0
        self._reveal_on_resize = True

    # What is shown

    @property
    def model(self) -> RowModel:
        return self._model

    @property
    def cursor_index(self) -> int:
        return self._index

    @property
    def cursor_key(self) -> Hashable | None:
        return self._key if self._index >= 0 else None

    @property
    def visible_rows(self) -> range:
        top = self.scroll_offset.y
        return range(top, min(self._model.count, top + self._body_height))

    @property
    def columns(self) -> tuple[ColumnSpec, ...]:
        return self._painter.columns

    @property
    def shown_columns(self) -> tuple[str, ...]:
        return tuple(placed.spec.key for placed in self._painter.placed(self._view.width))

    def set_columns(self, columns: Sequence[ColumnSpec]) -> None:
        if tuple(columns) != self._painter.columns:
            self._painter.use_columns(tuple(columns))
            self._repaint_all()

    @property
    def sort(self) -> tuple[str, bool] | None:
        """Key of the sorted column, and whether the greatest comes first."""
        return self._sort

    @sort.setter
    def sort(self, sort: tuple[str, bool] | None) -> None:
        self._sort = sort
        self._repaint_changed(range(HEADER_HEIGHT))

    @property
    def empty_text(self) -> str:
        return self._empty_text

    @empty_text.setter
    def empty_text(self, text: str) -> None:
        self._empty_text = text
        self._repaint_changed(range(EMPTY_TEXT_LINE, EMPTY_TEXT_LINE + 1))

    def show(self, model: RowModel) -> None:
        """Shows an unchanging model; rows that are equal to those on the screen are not sent again."""
        anchor = self._anchor()
        self._model = model
        self._find_cursor()
        self._swapping = True
        if self.virtual_size.height != model.count + HEADER_HEIGHT:
            self.virtual_size = Size(0, model.count + HEADER_HEIGHT)
        self._hold_view(anchor)
        self._swapping = False
        self._reveal_on_resize |= not self._body_height
        self._repaint_changed()
        self._announce()

    def move_to_key(self, key: Hashable) -> bool:
        index = self._model.index_of(key)
        if index is not None:
            self.move_to_index(index)
        return index is not None

    def move_to_index(self, index: int) -> None:
        count = self._model.count
        if not count:
            return
        index = max(0, min(index, count - 1))
        if index != self._index:
            self._index, self._key = index, self._model.row(index).key
        top = self._top_showing(self._index, self.scroll_offset.y)
        if top == self.scroll_offset.y:
            self._repaint_changed()
        else:
            self._scroll_rows_to(top)
        self._announce()

    # The cursor and the view

    @property
    def _body_height(self) -> int:
        return max(0, self._view.height - HEADER_HEIGHT)

    @property
    def _view(self) -> Size:
        return self.scrollable_content_region.size

    def _find_cursor(self) -> None:
        count = self._model.count
        stays_on_top = self._follow_top and self._index <= 0
        found = None if self._key is None or stays_on_top else self._model.index_of(self._key)
        if found is not None:
            self._index = found
        elif count:
            self._index = max(0, min(self._index, count - 1))
            self._key = self._model.row(self._index).key
        else:
            self._index = -1

    def _anchor(self) -> _Anchor | None:
        """The cursor's row when it is in view, else the first row in view."""
        top = self.scroll_offset.y
        if self._key is not None and self._index in self.visible_rows:
            return _Anchor(self._key, self._index - top, is_cursor=True)
        first = self._painted.get(HEADER_HEIGHT)
        return _Anchor(first.row.key, 0, is_cursor=False) if first and first.row else None

    def _hold_view(self, anchor: _Anchor | None) -> None:
        """A view at the very top stays there; any other moves with its anchor."""
        top = self.scroll_offset.y
        if anchor and top > 0:
            index = self._index if anchor.is_cursor else self._model.index_of(anchor.key)
            top = top if index is None else index - anchor.line
        top = max(0, min(top, self._model.count - self._body_height))
        if anchor and anchor.is_cursor and self._index >= 0:
            top = self._top_showing(self._index, top)
        self._scroll_rows_to(top)

    def _top_showing(self, index: int, top: int) -> int:
        return max(0, min(max(top, index - self._body_height + 1), index)) if self._body_height else top

    def _scroll_rows_to(self, top: int) -> None:
        if top != self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, force=True)

    def _announce(self) -> None:
        if self.cursor_key != self._announced:
            self._announced = self.cursor_key
            self.post_message(self.Highlighted(self, self.cursor_key, index=self._index))

    def on_resize(self) -> None:
        """A cursor that was in view stays in view when the view gets lower."""
        top = self.scroll_offset.y
        if self._reveal_on_resize or top <= self._index < top + self._known_body_height:
            self._scroll_rows_to(self._top_showing(max(0, self._index), top))
        self._known_body_height = self._body_height
        self._reveal_on_resize = not self._body_height

    # Drawing

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        if self.show_vertical_scrollbar:
            self.vertical_scrollbar.position = new_value
        if round(old_value) != round(new_value) and not self._swapping:
            self._repaint_changed()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._tones.forget()
        self._painted.clear()

    def render_line(self, y: int) -> Strip:
        self._forget_other_widths(self._view.width)
        painted = self._painted.get(y)
        if painted is None:
            painted = self._painted[y] = self._paint(y, None)
        return painted.strip

    def _forget_other_widths(self, width: int) -> None:
        if self._painted_width != width:
            self._painted_width = width
            self._painted.clear()

    def _repaint_all(self) -> None:
        self._painted.clear()
        self.refresh()

    def _repaint_changed(self, lines: Iterable[int] | None = None) -> None:
        width, height = self._view
        self._forget_other_widths(width)
        changed: list[int] = []
        for y in range(height) if lines is None else lines:
            if y >= height:
                break
            old = self._painted.get(y)
            new = self._painted[y] = self._paint(y, old)
            if new is not old and (old is None or old.strip != new.strip):
                changed.append(y)
        if changed:
            self.refresh(*line_regions(changed, width))

    def _paint(self, y: int, old: _Painted | None) -> _Painted:
        width = self._painted_width
        if y < HEADER_HEIGHT:
            return _Painted(self._painter.header(width, self._sort))
        index = self.scroll_offset.y + y - HEADER_HEIGHT
        if index >= self._model.count:
            is_empty = not self._model.count and y == EMPTY_TEXT_LINE
            return _Painted(self._painter.sentence(self._empty_text if is_empty else "", width))
        row = self._model.row(index)
        cursor = index == self._index
        if old and old.row == row and old.cursor == cursor:
            return old
        return _Painted(self._painter.row(row, width, cursor=cursor), row, cursor)

    # Keys and mouse

    def action_move(self, rows: int) -> None:
        self.move_to_index(self._index + rows)

    def action_page(self, pages: int) -> None:
        step = pages * max(1, self._body_height)
        highest = max(0, self._model.count - self._body_height)
        top = max(0, min(self.scroll_offset.y + step, highest))
        self._swapping = True
        self._scroll_rows_to(top)
        self._swapping = False
        self.move_to_index(self._index + step)

    def action_first(self) -> None:
        self.move_to_index(0)

    def action_last(self) -> None:
        self.move_to_index(self._model.count - 1)

    def action_select(self) -> None:
        if self._index >= 0:
            self.post_message(self.Selected(self, self._key, index=self._index))

    def action_mark(self) -> None:
        if self._index >= 0:
            self.post_message(self.MarkToggled(self, self._key))

    def on_click(self, event: events.Click) -> None:
        offset = event.get_content_offset(self)
        if offset is None:
            return
        if offset.y < HEADER_HEIGHT:
            column = self._painter.column_at(offset.x, self._view.width)
            if column is not None:
                self.post_message(self.HeaderClicked(self, column))
            return
        index = self.scroll_offset.y + offset.y - HEADER_HEIGHT
        if index < self._model.count:
            self.move_to_index(index)
            if event.chain == 2:
                self.action_select()
