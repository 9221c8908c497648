from __future__ import annotations

import random
import re

import pytest

from ktui.adapters.tail.literal import literal_of


@pytest.mark.parametrize(
    ("pattern", "literal"),
    [
        ("order", "order"),
        ("^order-\\d+$", "order-"),
        ("ab?cde", "cde"),
        ("abc+d", "abc"),
        ("a.bcd[xyz]ef", "bcd"),
        ("(group)after", "after"),
        ("one|two", ""),
        ("(?i)order", ""),
        ("a{3}bc", "bc"),
        (r"a\.b\.c", "a.b.c"),
        (r"\x41bcd", "bcd"),
        (r"\u0041bcd", "bcd"),
        (r"\101bcd", "bcd"),
        ("[]x]abc", "abc"),
        ("[^]x]abc", "abc"),
        (r"[\]x]abc", "abc"),
        (r"\bword\b", "word"),
        ("x*", ""),
    ],
)
def test_literal(pattern: str, literal: str) -> None:
    re.compile(pattern)
    assert literal_of(pattern) == literal


PIECES = [*"abc", "ab", ".", "[ab]", "[^a]", r"\d", r"\w", r"\.", "(ab)", "(a|b)", "a?", "b*", "c+", "a{2}", "^", "$",
          r"\x61", r"\u0062", r"\143", "(?:a)", "|", "b{0,2}", "c??", "a+?", "[a\\]b]", "[]a]"]  # fmt: skip


def test_every_match_contains_it() -> None:
    chance = random.Random(7)
    matched = 0
    for _ in range(20_000):
        pattern = "".join(chance.choices(PIECES, k=chance.randint(1, 6)))
        text = "".join(chance.choices("abc.]1", k=chance.randint(0, 10)))
        try:
            found = re.search(pattern, text)
        except re.error:
            continue
        if found:
            matched += 1
            assert literal_of(pattern) in found[0], (pattern, text)
    assert matched > 2_000
