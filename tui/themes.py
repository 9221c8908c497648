"""The themes that the console can wear."""

from __future__ import annotations

from textual.theme import BUILTIN_THEMES

from ktui.adapters.errors import BadSettings


def checked(name: str | None, file: str) -> str | None:
    """The name of a theme; BadSettings when there is none of this name."""
    if name is not None and name not in BUILTIN_THEMES:
        raise BadSettings(f"{file}: theme: {name!r} is none of {', '.join(sorted(BUILTIN_THEMES))}")
    return name
