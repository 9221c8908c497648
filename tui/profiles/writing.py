"""A new profile at the end of the configuration file; what is there stays as it is."""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from ktui.adapters.errors import BadSettings

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


def add_profile(file: Path, name: str, settings: Mapping[str, Any]) -> None:
    """Settings: texts, lists of texts, and tables of them. BadSettings when the file cannot be written."""
    try:
        file.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        after = before + ("\n" if before and not before.endswith("\n") else "") + _text(name, settings)
        tomllib.loads(after)
        _replace(file, after)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadSettings(f"{file}: the profile {name} could not be saved: {reason}") from None


def _text(name: str, settings: Mapping[str, Any]) -> str:
    return "\n" + "\n".join(_lines(f"profiles.{_key(name)}", settings)) + "\n"


def _lines(section: str, settings: Mapping[str, Any]) -> Iterator[str]:
    yield f"[{section}]"
    tables = {}
    for name, value in settings.items():
        if isinstance(value, dict) and section.count(".") == 1:
            tables[name] = value
        else:
            yield f"{_key(name)} = {_value(value)}"
    for name, table in tables.items():
        yield from _lines(f"{section}.{_key(name)}", table)


def _value(value: Any) -> str:
    """JSON writes texts, lists and truth as TOML does."""
    if isinstance(value, dict):
        inner = ", ".join(f"{_key(name)} = {_value(each)}" for name, each in value.items())
        return f"{{ {inner} }}"
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _replace(file: Path, text: str) -> None:
    """All of it or nothing; a link is followed, and the file keeps its rights."""
    real = file.resolve()
    handle, beside = tempfile.mkstemp(dir=real.parent, prefix=".config-")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        if real.exists():
            Path(beside).chmod(real.stat().st_mode & 0o777)
        Path(beside).replace(real)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
