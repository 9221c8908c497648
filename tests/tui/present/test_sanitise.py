from __future__ import annotations

import pytest

from ktui.tui.present.sanitise import safe


@pytest.mark.parametrize("text", ["", "orders", "Größe 漢字 ●", "a b"])
def test_what_can_be_printed_stays(text: str) -> None:
    assert safe(text) is text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b]0;owned\x07b", "a\\x1b]0;owned\\x07b"),
        ("\x9b31m", "\\x9b31m"),
        ("\x7f\x00\n\t", "\\x7f\\x00\\x0a\\x09"),
        ("a\u202eb\u2066c\u2069", "a\\u202eb\\u2066c\\u2069"),
        ("\u2028\u2029\u200b\ufeff", "\\u2028\\u2029\\u200b\\ufeff"),
        ("\udc80", "\\udc80"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_what_steers_a_terminal_is_made_visible(text: str, shown: str) -> None:
    assert safe(text) == shown


def test_no_control_character_at_all_passes() -> None:
    everything = "".join(map(chr, [*range(0x300), *range(0x2000, 0x2070), *range(0xD800, 0xE000)]))
    assert safe(everything).isprintable()
