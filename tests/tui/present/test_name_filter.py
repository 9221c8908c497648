from __future__ import annotations

import pytest

from ktui.tui.present.name_filter import NameFilter


@pytest.mark.parametrize(
    ("text", "matching", "other"),
    [
        ("pay", "Payments", "orders"),
        ("!pay", "orders", "payments"),
        ("~^pay.*s$", "payments", "repayments"),
        ("!~^pay", "repayments", "payments"),
        ("a.b", "xa.by", "xaxby"),
    ],
)
def test_matches(text: str, matching: str, other: str) -> None:
    shown = NameFilter(text)
    assert shown.matches(matching)
    assert not shown.matches(other)
    assert shown.error is None


@pytest.mark.parametrize("text", ["", "!", "~", "!~"])
def test_an_empty_filter_shows_everything(text: str) -> None:
    assert NameFilter(text).is_empty
    assert NameFilter(text).matches("orders")


def test_a_broken_expression_says_so_and_shows_nothing() -> None:
    broken = NameFilter("~(")
    assert broken.error is not None
    assert broken.error.startswith("not a regular expression: ")
    assert not broken.matches("(")
