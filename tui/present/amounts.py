"""Amounts as people write them."""

from __future__ import annotations

from typing import Final

from ktui.adapters.errors import BadSettings

_UNITS: Final = {"": 1, "k": 1_000, "m": 1_000_000, "g": 1_000_000_000}


def parse_bytes(text: str) -> int | None:
    """`20M`, `500k`, `1000`: bytes, in thousands; None for nothing; BadSettings for anything else."""
    bare = text.strip().lower().removesuffix("b")
    if not bare:
        return None
    digits = bare.rstrip("kmg")
    unit = bare[len(digits) :]
    if not (digits.isascii() and digits.isdigit()) or unit not in _UNITS or int(digits) < 1:
        raise BadSettings("write bytes a second as 20M, 500k or 1000")
    return int(digits) * _UNITS[unit]
