from __future__ import annotations

import pytest

from ktui.adapters.errors import BadSettings
from ktui.tui.present.amounts import parse_bytes


@pytest.mark.parametrize(
    ("text", "value"),
    [("", None), (" ", None), ("1000", 1000), ("500k", 500_000), ("20M", 20_000_000), ("1g", 10**9)],
)
def test_amounts(text: str, value: int | None) -> None:
    assert parse_bytes(text) == value


@pytest.mark.parametrize("text", ["0", "-1", "x", "1.5M", "20 M", "1kk", "²"])
def test_what_is_no_amount(text: str) -> None:
    with pytest.raises(BadSettings, match="write bytes a second as"):
        parse_bytes(text)
