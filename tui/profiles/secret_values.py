"""Where a secret comes from: the environment, a file, a command or a prompt; never, by default, the file itself."""

from __future__ import annotations

import getpass
import os
import shlex
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from ktui.adapters.errors import BadSettings
from ktui.adapters.secret import Secret
from ktui.tui.profiles.values import Table

SOURCES: Final = ("env", "file", "command", "prompt")
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO
_COMMAND_S: Final = 30.0
_LARGEST: Final = 1 << 16


def secret_of(table: Table, name: str) -> Secret:
    """The secret that `{env = …}`, `{file = …}`, `{command = …}` or `{prompt = …}` names. BadSettings without one."""
    source = table.table_of(name)
    if source is None:
        raise table.bad(name, "missing")
    source.refuse_unknown(SOURCES)
    if len(source.values) != 1:
        raise table.bad(name, f"needs exactly one of {', '.join(SOURCES)}")
    ((kind, value),) = source.values.items()
    text = _READERS[kind](table, name, value)
    if not text:
        raise table.bad(name, f"{kind} gave nothing")
    return Secret(text)


def is_open_to_others(path: Path) -> bool:
    """Whether the group or the world may do anything with the file."""
    return bool(path.stat().st_mode & OTHERS)


def _from_environment(table: Table, name: str, value: Any) -> str:
    if not isinstance(value, str) or value not in os.environ:
        raise table.bad(name, f"the environment variable {value} is not set")
    return os.environ[value]


def _from_file(table: Table, name: str, value: Any) -> str:
    path = Path(table.file).parent / Path(str(value)).expanduser()
    try:
        if is_open_to_others(path):
            raise table.bad(name, f"{path} may be read by others; chmod 600 it")
        with path.open(encoding="utf-8") as stream:
            return stream.read(_LARGEST).strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not a text"
        raise table.bad(name, f"{path} cannot be read: {reason.lower()}") from None


def _from_command(table: Table, name: str, value: Any) -> str:
    words = shlex.split(value) if isinstance(value, str) else value
    if not words or not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise table.bad(name, "command must be a text or a list of texts")
    try:
        done = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_COMMAND_S, check=False
        )
    except (OSError, UnicodeDecodeError) as error:
        raise table.bad(name, f"{words[0]}: {getattr(error, 'strerror', None) or error}") from None
    except subprocess.TimeoutExpired:
        raise table.bad(name, f"{words[0]} did not end within {_COMMAND_S:g} s") from None
    if done.returncode != 0:
        raise table.bad(name, f"{words[0]} ended with {done.returncode}")
    return done.stdout.strip("\r\n")


def _from_prompt(table: Table, name: str, value: Any) -> str:
    if not sys.stdin.isatty():
        raise table.bad(name, "asks for a secret, and there is no terminal to ask at")
    asked = value if isinstance(value, str) and value else f"{'.'.join((*table.path, name))}: "
    try:
        return getpass.getpass(asked)
    except (EOFError, KeyboardInterrupt):
        raise BadSettings("no secret was given") from None


_READERS: Final[dict[str, Callable[[Table, str, Any], str]]] = {
    "env": _from_environment,
    "file": _from_file,
    "command": _from_command,
    "prompt": _from_prompt,
}
