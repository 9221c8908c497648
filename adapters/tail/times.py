"""Moments as people write them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

_AGO: Final = re.compile(r"-(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_UNITS_MS: Final = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_EPOCH_MS: Final = re.compile(r"\d{11,16}")


def moment_ms(text: str, now_ms: int) -> int:
    """Milliseconds since the epoch of `2026-11-23T13:00:00Z` (ISO 8601; without a zone: local time),
    `1763902800000`, or `-5m` (ms, s, m, h, d before now). ValueError with a sentence."""
    ago = _AGO.fullmatch(text)
    if ago is not None:
        return round(now_ms - float(ago[1]) * _UNITS_MS[ago[2]])
    if _EPOCH_MS.fullmatch(text):
        return int(text)
    try:
        at = datetime.fromisoformat(text)
        return round(at.astimezone().timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        raise ValueError(
            f"{text!r} is no moment: give ISO 8601 (2026-11-23T13:00:00Z), milliseconds since 1970,"
            " or a time ago such as -5m"
        ) from None
