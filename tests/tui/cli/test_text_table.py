from __future__ import annotations

from ktui.tui.cli.text_table import table_lines
from ktui.widgets.cells import Tone


def test_columns_are_aligned_and_lines_end_without_spaces() -> None:
    lines = list(table_lines(("NAME", "N", "STATE"), [("a", "10", "ok"), ("long", "2", "")], right=("N",)))
    assert lines == ["NAME   N  STATE", "a     10  ok", "long   2"]


def test_wide_characters_take_two_cells() -> None:
    lines = list(table_lines(("A", "B"), [("日本", "x"), ("a", "y")]))
    assert lines[1:] == ["日本  x", "a     y"]


def test_only_the_last_cell_is_coloured() -> None:
    lines = list(table_lines(("A", "B"), [("x", "bad")], tones=[Tone.BAD], is_coloured=True))
    assert lines[1] == "x  \x1b[31mbad\x1b[0m"


def test_no_rows() -> None:
    assert list(table_lines(("A", "B"), [])) == ["A  B"]
