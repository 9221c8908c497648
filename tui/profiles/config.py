"""The file `config.toml` as a whole."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import platformdirs

from ktui.adapters.errors import BadSettings
from ktui.tui.commands import BY_NAME
from ktui.tui.profiles.profile import Profile, profile_of
from ktui.tui.profiles.secret_values import is_open_to_others
from ktui.tui.profiles.values import Table

SETTINGS: Final = ("theme", "utc", "inline_secrets", "keys", "profiles")
_LARGEST: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Config:
    """What the file says; everything is optional."""

    profiles: Mapping[str, Profile] = field(default_factory=dict)
    theme: str | None = None
    uses_utc: bool = False
    keymap: Mapping[str, str] = field(default_factory=dict)
    """Keys by the name of a command."""
    file: str = ""

    @property
    def path(self) -> Path:
        """The file, which need not exist."""
        return Path(self.file)

    def profile(self, name: str) -> Profile:
        """BadSettings when there is none of this name."""
        if name in self.profiles:
            return self.profiles[name]
        near = difflib.get_close_matches(name, self.profiles, n=1)
        known = ", ".join(sorted(self.profiles)) or "none"
        hint = f"did you mean {near[0]}?" if near else f"there are: {known}"
        raise BadSettings(f"--profile {name}: {self.file} has no such profile; {hint}")


def config_path() -> Path:
    """Where the file is looked for; it need not exist."""
    return platformdirs.user_config_path("ktui", appauthor=False) / "config.toml"


def read_config(path: Path | None = None) -> Config:
    """An empty one where there is no file; BadSettings that names file, line, setting and reason."""
    file = path or config_path()
    try:
        with file.open("rb") as stream:
            data = stream.read(_LARGEST + 1)
    except FileNotFoundError:
        return Config(file=str(file))
    except OSError as error:
        raise BadSettings(f"{file}: cannot be read: {(error.strerror or str(error)).lower()}") from None
    if len(data) > _LARGEST:
        raise BadSettings(f"{file}: is larger than 1 MiB")
    return _parsed(data, file)


def _parsed(data: bytes, file: Path) -> Config:
    try:
        text = data.decode("utf-8-sig")
        values = tomllib.loads(text)
    except UnicodeDecodeError:
        raise BadSettings(f"{file}: is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise BadSettings(f"{file}: {error}") from None
    table = Table(values, (), str(file), text)
    table.refuse_unknown(SETTINGS)
    takes_inline_secrets = bool(table.flag_of("inline_secrets"))
    if takes_inline_secrets and is_open_to_others(file):
        raise table.bad("inline_secrets", f"{file} may be read by others; chmod 600 it")
    named = table.table_of("profiles")
    profiles = {
        inner.path[-1]: profile_of(inner.path[-1], inner, takes_inline_secrets=takes_inline_secrets)
        for inner in (named.tables() if named is not None else ())
    }
    return Config(profiles, table.text_of("theme"), bool(table.flag_of("utc")), _keymap(table), str(file))


def _keymap(table: Table) -> Mapping[str, str]:
    keys = table.table_of("keys")
    if keys is None:
        return {}
    keys.refuse_unknown(BY_NAME)
    return {name: str(keys.text_of(name)) for name in keys.values}
