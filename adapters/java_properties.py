"""Java's .properties files, as `java.util.Properties.load` reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ktui.adapters.errors import BadSettings

_LARGEST: Final = 1 << 20
_BLANKS: Final = " \t\f"
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_KEY: Final = re.compile(r"(?:[^\\=: \t\f]|\\.)*")
_SEPARATOR: Final = re.compile(r"[ \t\f]*(?:[=:][ \t\f]*)?")
_ESCAPE: Final = re.compile(r"\\(u(?P<code>[0-9a-fA-F]{4})|(?P<bad>u)|(?P<character>.))", re.DOTALL)
_LETTERS: Final = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One value and where it stands."""

    value: str
    line: int
    """From 1; of the line that the entry begins on."""


def read_properties(path: str | Path) -> Mapping[str, Entry]:
    """Entries by key; the last of several wins. Raises BadSettings when the file cannot be read or parsed.

    Java reads ISO-8859-1; UTF-8 is tried first, since a password beyond ASCII is more often written in that today.
    """
    file = Path(path).expanduser()
    try:
        with file.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except OSError as error:
        raise BadSettings(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from None
    except ValueError:
        raise BadSettings(f"{str(path)!r}: not a file name") from None
    if len(data) > _LARGEST or b"\0" in data:
        raise BadSettings(f"{path}: not a properties file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return parse_properties(text, str(path))


def parse_properties(text: str, what: str) -> Mapping[str, Entry]:
    """The same from text; `what` names it in messages."""
    entries: dict[str, Entry] = {}
    for number, line in _logical_lines(text):
        match = _KEY.match(line)
        raw_key = match.group() if match else ""
        separator = _SEPARATOR.match(line, len(raw_key))
        raw_value = line[separator.end() if separator else len(raw_key) :]
        key = _unescaped(raw_key, what, number)
        entries[key] = Entry(_unescaped(raw_value, what, number), number)
    return entries


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Comments and blank lines left out, continued lines joined; the number is that of the first line."""
    begun: list[str] = []
    first = 0
    for number, natural in enumerate(_LINE_END.split(text), start=1):
        line = natural.lstrip(_BLANKS)
        if not begun:
            if not line or line[0] in "#!":
                continue
            first = number
        is_continued = (len(line) - len(line.rstrip("\\"))) % 2 == 1
        begun.append(line[:-1] if is_continued else line)
        if not is_continued:
            yield first, "".join(begun)
            begun = []
    if begun:
        yield first, "".join(begun)


def _unescaped(text: str, what: str, line: int) -> str:
    def replacement(match: re.Match[str]) -> str:
        if match["bad"]:
            raise BadSettings(f"{what}: line {line}: \\u is not followed by four hexadecimal digits")
        if match["code"]:
            return chr(int(match["code"], 16))
        return _LETTERS.get(match["character"], match["character"])

    return _ESCAPE.sub(replacement, text)
