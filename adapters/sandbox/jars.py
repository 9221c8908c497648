"""The servers' jars: from the user's cache, from a Maven folder that has them, or downloaded by jgo and checked."""

from __future__ import annotations

import logging
import os
import shutil
import ssl
import tempfile
import threading
import time
from collections.abc import Callable, MutableMapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import platformdirs

from ktui.adapters.sandbox.errors import ExtraMissing, SandboxError
from ktui.adapters.sandbox.exclusive import locked
from ktui.adapters.sandbox.locked_jars import LockedJar, locked_jars

Progress = Callable[[str], None]

_DOWNLOADS_AT_ONCE: Final = 6
_PAUSES_S: Final = (0.5, 2.0)
"""Between the attempts."""
_TIMEOUT_S: Final = 30
_TOLD: Final = {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}
_BUNDLES: Final = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
)
"""Where systems keep the authorities that they trust."""


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


def trust_what_the_system_trusts(environment: MutableMapping[str, str]) -> None:
    """The resolver's HTTP library has a list of authorities of its own; the administrator's counts here."""
    bundles = (ssl.get_default_verify_paths().cafile, *_BUNDLES)
    there = next((bundle for bundle in bundles if bundle and Path(bundle).is_file()), None)
    if there is not None and not _TOLD & environment.keys():
        environment["REQUESTS_CA_BUNDLE"] = there


def _missing(jars: Sequence[LockedJar], folder: Path) -> list[LockedJar]:
    return [jar for jar in jars if not jar.is_at(folder / jar.path)]


def _fetch(jars: Sequence[LockedJar], release: str, folder: Path, progress: Progress) -> None:
    settings = _settings()
    trust_what_the_system_trusts(os.environ)
    progress(f"fetching {release}: {len(jars)} jars")
    with (
        tempfile.TemporaryDirectory(dir=folder, prefix=".incoming-") as incoming,
        ThreadPoolExecutor(_DOWNLOADS_AT_ONCE) as pool,
    ):
        counted = _Counted(release, len(jars), progress)
        source = _Source(_context(settings, Path(incoming), counted), Path(settings.repo_cache))
        work = [pool.submit(_fetch_one, jar, source, folder) for jar in jars]
        try:
            for done in work:
                done.result()
                counted.jar_done()
        finally:
            counted.stop()
            for other in work:
                other.cancel()
    progress(f"{release} is complete and checked: {folder}")


@dataclass(frozen=True, slots=True)
class _Source:
    """Where jars come from: the resolver's repositories, and the user's Maven folder before them."""

    context: Any
    maven_folder: Path

    def take(self, jar: LockedJar) -> Path:
        """A whole file, checked. Network errors and SandboxError otherwise."""
        nearby = self.maven_folder / jar.path
        if jar.is_at(nearby):
            return nearby
        artifact = self.context.project(jar.group, jar.artifact).at_version(jar.version).artifact()
        artifact.cached_path.unlink(missing_ok=True)
        path: Path = artifact.resolve()
        if not jar.is_at(path):
            raise SandboxError("what came is not what the lock file names (sha256 differs)")
        return path


def _fetch_one(jar: LockedJar, source: _Source, folder: Path) -> None:
    """Take, check, move: the cache never holds a part of a file."""
    for pause_s in (*_PAUSES_S, None):
        try:
            path = source.take(jar)
        except (OSError, RuntimeError, SandboxError) as error:
            if pause_s is None:
                raise SandboxError(f"{jar.coordinate} could not be fetched: {_first_line(error)}") from error
            time.sleep(pause_s)
            continue
        target = folder / jar.path
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".partial")
        shutil.copyfile(path, partial)
        partial.replace(target)
        return


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
        self._is_over = False
        self._lock = threading.Lock()

    def file(self, _name: str, _size: int) -> _Counted:
        """The resolver's call-back for one file; used as a context manager that yields `add`."""
        return self

    def __enter__(self) -> Callable[[int], None]:
        return self.add

    def __exit__(self, *_: object) -> None:
        return None

    def add(self, count: int) -> None:
        """So many bytes arrived; ends a download that nobody waits for any more."""
        if self._is_over:
            raise SandboxError("stopped")
        with self._lock:
            self._bytes += count

    def stop(self) -> None:
        """End what is under way."""
        self._is_over = True

    def jar_done(self) -> None:
        """One jar is in its place."""
        self._done += 1
        if self._done % 10 == 0 and self._done < self._jars:
            self._progress(
                f"fetching {self._release}: {self._done} of {self._jars} jars, {self._bytes / 1e6:.1f} MB"
            )
