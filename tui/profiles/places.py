"""Where a setting stands in a TOML file: the parser tells lines of broken syntax only."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Final

Path = tuple[str, ...]

_SECTION: Final = re.compile(r"\s*\[{1,2}(?P<name>[^\[\]#]+)\]{1,2}\s*(?:#.*)?$")
_KEY: Final = re.compile(r"""\s*(?P<key>(?:[\w.\- ]|"[^"]*"|'[^']*')+?)\s*=""")


def line_of(text: str, path: Path) -> int | None:
    """The line, from 1, on which this setting or its nearest table begins; None when it cannot be found."""
    best: tuple[int, int] | None = None
    for number, found in _settings(text):
        shared = len(found)
        if found == path[:shared] and (best is None or shared > best[0]):
            best = (shared, number)
    return best[1] if best else None


def _settings(text: str) -> Iterator[tuple[int, Path]]:
    section: Path = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if (match := _SECTION.match(line)) is not None:
            section = _parts(match["name"])
            yield number, section
        elif (match := _KEY.match(line)) is not None:
            yield number, (*section, *_parts(match["key"]))


def _parts(key: str) -> Path:
    """A dotted key, with quotes, as its parts."""
    parts: list[str] = []
    try:
        inner: object = tomllib.loads(f"{key.strip()} = 0")
    except tomllib.TOMLDecodeError:
        return ()
    while isinstance(inner, dict):
        name, inner = next(iter(inner.items()))
        parts.append(name)
    return tuple(parts)
