"""The servers' jars: from the user's cache, from a Maven folder that has them, or downloaded by jgo and checked."""

from __future__ import annotations

import logging
import shutil
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import platformdirs

from ktui.adapters.sandbox.errors import ExtraMissing, SandboxError
from ktui.adapters.sandbox.exclusive import locked
from ktui.adapters.sandbox.locked_jars import LockedJar, locked_jars

Progress = Callable[[str], None]

_DOWNLOADS_AT_ONCE: Final = 6
_ATTEMPTS: Final = 3
_TIMEOUT_S: Final = 30


def class_path(release: str, progress: Progress) -> tuple[Path, ...]:
    """The checked jars of a release; what is missing is fetched. Two processes at once fetch it once."""
    folder = cache_folder()
    jars = locked_jars(release)
    if _missing(jars, folder):
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder / ".lock"):
            missing = _missing(jars, folder)
            if missing:
                _fetch(missing, release, folder, progress)
    return tuple(folder / jar.path for jar in jars)


def cache_folder() -> Path:
    """Where the user's jars are kept, in Maven's layout."""
    return Path(platformdirs.user_cache_dir("ktui")) / "jars"


def _missing(jars: Sequence[LockedJar], folder: Path) -> list[LockedJar]:
    return [jar for jar in jars if not jar.is_at(folder / jar.path)]


def _fetch(jars: Sequence[LockedJar], release: str, folder: Path, progress: Progress) -> None:
    settings = _settings()
    progress(f"fetching {release}: {len(jars)} jars")
    with (
        tempfile.TemporaryDirectory(dir=folder, prefix=".incoming-") as incoming,
        ThreadPoolExecutor(_DOWNLOADS_AT_ONCE) as pool,
    ):
        counted = _Counted(release, len(jars), progress)
        context = _context(settings, Path(incoming), counted)
        work = [pool.submit(_fetch_one, jar, context, folder) for jar in jars]
        try:
            for done in work:
                done.result()
                counted.jar_done()
        finally:
            for other in work:
                other.cancel()
    progress(f"{release} is complete and checked: {folder}")


def _fetch_one(jar: LockedJar, context: Any, folder: Path) -> None:
    """Fetch into the incoming folder, check, move: the cache never holds a part of a file."""
    import requests

    artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact()
    reason = ""
    for _ in range(_ATTEMPTS):
        try:
            path = artifact.resolve()
        except (OSError, RuntimeError, requests.RequestException) as error:
            reason = _first_line(error)
            artifact.cached_path.unlink(missing_ok=True)
            continue
        if jar.is_at(path):
            target = folder / jar.path
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = target.with_suffix(".partial")
            shutil.copyfile(path, partial)
            partial.replace(target)
            return
        reason = "what came is not what the lock file names (sha256 differs)"
        artifact.cached_path.unlink(missing_ok=True)
        context.local_repos.clear()
    raise SandboxError(f"{jar.coordinate} could not be fetched: {reason}")


def _settings() -> Any:
    """The user's own settings of the resolver: other repositories, and a local one to look into first."""
    try:
        from jgo.config import GlobalSettings
    except ImportError as error:
        raise ExtraMissing("fetching Kafka for the sandbox") from error
    return GlobalSettings.load()


def _context(settings: Any, incoming: Path, counted: _Counted) -> Any:
    from jgo.maven import MavenContext, PythonResolver

    logging.getLogger("jgo").setLevel(logging.ERROR)
    context = MavenContext(
        resolver=PythonResolver(progress_callback=counted.file),
        repo_cache=incoming,
        local_repos=[Path(settings.repo_cache)],
        timeout=_TIMEOUT_S,
    )
    context.remote_repos.update(settings.repositories)
    return context


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


class _Counted:
    """Says how far the downloads came, once for every ten jars."""

    def __init__(self, release: str, jars: int, progress: Progress) -> None:
        self._release = release
        self._jars = jars
        self._progress = progress
        self._done = 0
        self._bytes = 0
        self._lock = threading.Lock()

    def file(self, _name: str, _size: int) -> _Counted:
        """The resolver's call-back for one file; used as a context manager that yields `add`."""
        return self

    def __enter__(self) -> Callable[[int], None]:
        return self.add

    def __exit__(self, *_: object) -> None:
        return None

    def add(self, count: int) -> None:
        """So many bytes arrived."""
        with self._lock:
            self._bytes += count

    def jar_done(self) -> None:
        """One jar is in its place."""
        self._done += 1
        if self._done % 10 == 0 and self._done < self._jars:
            self._progress(
                f"fetching {self._release}: {self._done} of {self._jars} jars, {self._bytes / 1e6:.1f} MB"
            )
