from __future__ import annotations

import pytest

from ktui.widgets.cells import Align, Run, Tone, line, plain
from ktui.widgets.fitting import cell_width, cut, cut_line, fit, fit_line, head, text_width, wrap_line


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("orders", 6, "orders"),
        ("orders", 5, "orde…"),
        ("orders", 1, "…"),
        ("orders", 0, ""),
        ("日本語", 6, "日本語"),
        ("日本語", 5, "日本…"),
        ("日本語", 4, "日…"),
        ("日本語", 1, "…"),
    ],
)
def test_cut_counts_terminal_cells(text: str, width: int, expected: str) -> None:
    assert cut(text, width) == expected
    assert text_width(cut(text, width)) <= width


@pytest.mark.parametrize("width", range(8))
@pytest.mark.parametrize("text", ["", "a", "orders", "日本語", "e\u0301a", "ab日"])
def test_fit_is_exactly_as_wide_as_asked(text: str, width: int) -> None:
    assert text_width(fit(text, width)) == width
    assert text_width(fit(text, width, Align.RIGHT)) == width


def test_fit_aligns() -> None:
    assert fit("ab", 4) == "ab  "
    assert fit("ab", 4, Align.RIGHT) == "  ab"


def test_head_never_cuts_through_a_wide_character() -> None:
    assert head("日本", 3) == "日"


def test_cut_line_keeps_the_tones_and_ends_with_an_ellipsis() -> None:
    whole = line("up ", Run("missing", Tone.BAD), " since")
    assert cut_line(whole, 8) == (Run("up "), Run("miss…", Tone.BAD))
    assert cut_line(whole, cell_width(whole)) == whole
    assert cut_line(whole, 3) == (Run("up…"),)


@pytest.mark.parametrize("width", range(20))
def test_fit_line_is_exactly_as_wide_as_asked(width: int) -> None:
    whole = line("up ", Run("missing", Tone.BAD), "", Run("日本", Tone.CHANGED))
    assert cell_width(fit_line(whole, width)) == width
    assert cell_width(fit_line(whole, width, Align.RIGHT)) == width


def test_an_underlined_tone_does_not_underline_the_padding() -> None:
    assert fit_line(Run("a", Tone.CHANGED), 3) == (Run("a", Tone.CHANGED), Run("  "))


def test_wrapping_breaks_at_spaces_and_keeps_tones() -> None:
    whole = line("the broker ", Run("three is", Tone.BAD), " missing")
    assert [plain(part) for part in wrap_line(whole, 12)] == ["the broker", "three is", "missing"]
    assert wrap_line(whole, 12)[1] == (Run("three", Tone.BAD), Run(" ", Tone.BAD), Run("is", Tone.BAD))


def test_wrapping_a_name_without_spaces_loses_nothing() -> None:
    name = "n" * 249
    parts = wrap_line(line(name), 70)
    assert [len(plain(part)) for part in parts] == [70, 70, 70, 39]
    assert "".join(plain(part) for part in parts) == name


def test_wrapping_keeps_the_indent_and_an_empty_line() -> None:
    assert wrap_line((), 10) == ((),)
    assert [plain(part) for part in wrap_line(line("  ab cd"), 5)] == ["  ab", "cd"]
