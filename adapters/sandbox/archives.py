"""Class archives: what a server loaded, kept so that the next ones start in half the time.

The first node of a role records while it runs and writes when it is stopped cleanly; the finished file moves into the
user's cache under a name that stands for Java, jars and flags. Java checks an archive itself and does without one that
does not fit. From Java 25 on it is an ahead-of-time cache (JEP 514), which needs no archive of the runtime's own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import platformdirs

from ktui.adapters.sandbox.java import Java

_FIRST_WITH_AOT_CACHE: Final = 25
_NAME_FILE: Final = "archive-name"
_RECORDED: Final = "recorded.archive"


def archive_flags(
    java: Java, command: Sequence[str], temporary: Path, *, may_record: bool
) -> tuple[str, ...]:
    """Flags that use the archive for this command, or record one into `temporary`; none when neither can be."""
    kept = _folder() / _name(java, command)
    if kept.exists():
        return (f"-XX:{'AOTCache' if _has_aot_cache(java) else 'SharedArchiveFile'}={kept}",)
    if not may_record:
        return ()
    (temporary / _NAME_FILE).write_text(kept.name, encoding="utf-8")
    return (
        f"-XX:{'AOTCacheOutput' if _has_aot_cache(java) else 'ArchiveClassesAtExit'}={temporary / _RECORDED}",
    )


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
    partial = kept.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    partial.write_bytes(recorded.read_bytes())
    partial.replace(kept)
    recorded.unlink()
    name.unlink()


def _folder() -> Path:
    return Path(platformdirs.user_cache_dir("ktui")) / "classes"


def _name(java: Java, command: Sequence[str]) -> str:
    fingerprint = hashlib.sha256("\0".join((java.release, *command)).encode()).hexdigest()[:16]
    return f"{command[-2]}-java{java.version}-{fingerprint}.archive"


def _has_aot_cache(java: Java) -> bool:
    return java.version >= _FIRST_WITH_AOT_CACHE
