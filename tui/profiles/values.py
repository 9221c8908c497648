"""Values of the configuration file, with complaints that name the file, the line, the setting and the reason."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ktui.adapters.errors import BadSettings
from ktui.tui.profiles.places import line_of


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the file; `path` is where it stands."""

    values: Mapping[str, Any]
    path: tuple[str, ...]
    file: str
    text: str

    def bad(self, name: str, reason: str) -> BadSettings:
        """The error to raise for one setting of this table."""
        path = (*self.path, name) if name else self.path
        line = line_of(self.text, path)
        where = f"line {line}: " if line else ""
        return BadSettings(f"{self.file}: {where}{'.'.join(path)}: {reason}")

    def refuse_unknown(self, known: Collection[str]) -> None:
        """BadSettings for the first setting that has no such name."""
        for name in self.values:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(sorted(known))}"
                raise self.bad(name, f"no such setting; {hint}")

    def text_of(self, name: str) -> str | None:
        value = self.values.get(name)
        if value is not None and not (isinstance(value, str) and value.strip()):
            raise self.bad(name, "must be a text that is not empty")
        return value

    def flag_of(self, name: str) -> bool | None:
        value = self.values.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.bad(name, "must be true or false")
        return value

    def number_of(self, name: str, least: int) -> int | None:
        value = self.values.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < least):
            raise self.bad(name, f"must be a whole number, {least} or more")
        return value

    def texts_of(self, name: str) -> tuple[str, ...]:
        """A list of texts, or one text for a list of one."""
        value = self.values.get(name, [])
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(one, str) and one.strip() for one in listed):
            raise self.bad(name, "must be a list of texts")
        return tuple(listed)

    def table_of(self, name: str) -> Table | None:
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.bad(name, "must be a table")
        return Table(value, (*self.path, name), self.file, self.text)

    def tables(self) -> Iterator[Table]:
        """The tables that this one holds; BadSettings when it holds anything else."""
        for name in self.values:
            table = self.table_of(name)
            if table is not None:
                yield table
