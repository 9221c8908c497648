"""Class archives: what a server loaded, kept so that the next ones start in half the time.

The first node of a role records while it runs and writes when it is stopped cleanly; the finished file moves into the
user's cache under a name that stands for Java, jars and flags. Such an archive lies on top of one of the runtime's own
classes; a Java that comes without that one gets it made here, in a second. Java checks archives itself, and does
without one that does not fit.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import platformdirs

from ktui.adapters.sandbox.java import Java

_NAME_FILE: Final = "archive-name"
_RECORDED: Final = "recorded.archive"
_BASE_TIMEOUT_S: Final = 60.0


def archive_flags(
    java: Java, command: Sequence[str], temporary: Path, *, may_record: bool
) -> tuple[str, ...]:
    """Flags that use the archive for this command, or record one into `temporary`; none when neither can be.

    `command` is the Java program, its flags, and the name of what runs.
    """
    base = _base_of(java, command)
    kept = _folder() / f"{command[-1]}-{_fingerprint(java, command)}.archive"
    if kept.exists():
        return (f"-XX:SharedArchiveFile={f'{base}{os.pathsep}{kept}' if base else kept}",)
    flags = (f"-XX:SharedArchiveFile={base}",) if base else ()
    if not may_record:
        return flags
    (temporary / _NAME_FILE).write_text(kept.name, encoding="utf-8")
    return (*flags, f"-XX:ArchiveClassesAtExit={temporary / _RECORDED}")


def is_recording(temporary: Path) -> bool:
    """Whether the server with this temporary folder writes an archive when it stops."""
    return (temporary / _NAME_FILE).exists()


def keep_recorded(temporary: Path) -> None:
    """Move what a server wrote that stopped cleanly into the cache; nothing when it wrote nothing."""
    name, recorded = temporary / _NAME_FILE, temporary / _RECORDED
    if not (name.exists() and recorded.exists()):
        return
    kept = _folder() / name.read_text(encoding="utf-8")
    kept.parent.mkdir(parents=True, exist_ok=True)
    partial = kept.with_suffix(f".{os.getpid()}")
    partial.write_bytes(recorded.read_bytes())
    partial.replace(kept)
    recorded.unlink()
    name.unlink()


def _base_of(java: Java, command: Sequence[str]) -> Path | None:
    """The archive of the runtime's own classes in the cache; None: it has one itself, or none can be made."""
    if (Path(java.program).resolve().parent.parent / "lib" / "server" / "classes.jsa").exists():
        return None
    flags = [word for word in command[1:-1] if word.startswith("-XX:") or word.startswith("-Xlog")]
    base = _folder() / f"java-{_fingerprint(java, flags)}.archive"
    if not base.exists():
        base.parent.mkdir(parents=True, exist_ok=True)
        partial = base.with_suffix(f".{os.getpid()}")
        dump = [java.program, *flags, "-Xshare:dump", f"-XX:SharedArchiveFile={partial}"]
        try:
            subprocess.run(dump, capture_output=True, timeout=_BASE_TIMEOUT_S, check=True)
            partial.replace(base)
        except (OSError, subprocess.SubprocessError):
            partial.unlink(missing_ok=True)
            return None
    return base


def _folder() -> Path:
    return Path(platformdirs.user_cache_dir("ktui")) / "classes"


def _fingerprint(java: Java, words: Sequence[str]) -> str:
    return hashlib.sha256("\0".join((java.program, java.release, *words)).encode()).hexdigest()[:16]
