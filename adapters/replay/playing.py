"""Where a replay is and how it goes on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Playing:
    """How it is played. Moments are seconds since the epoch."""

    at: float
    begins_at: float
    ends_at: float
    speed: float = 1.0
    is_running: bool = True
    is_searching: bool = False
    is_at_end: bool = False
