"""The screens that the console can be opened on, by their names."""

from __future__ import annotations

from typing import Final

SCREENS: Final = (
    "overview",
    "brokers",
    "quorum",
    "topics",
    "partitions",
    "problems",
    "groups",
    "events",
    "tail",
)
RECORDED: Final = tuple(name for name in SCREENS if name not in ("groups", "tail"))
"""Those of which a recording knows something."""
