"""Whether what was typed is a moment."""

from __future__ import annotations

from ktui.adapters.tail.times import moment_ms


def moment_fault(text: str, now_ms: int) -> str:
    """What is wrong with it; empty when nothing is."""
    try:
        moment_ms(text, now_ms)
    except ValueError:
        return "write 2026-01-31T12:00:00Z, milliseconds since 1970, or -7d"
    return ""
