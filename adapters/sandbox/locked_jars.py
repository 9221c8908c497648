"""The lock files: which jars make up a release, each with its sha256."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path, PurePosixPath

from ktui.adapters.sandbox.spec import Mode

RELEASES = {Mode.KRAFT: "kafka-4.4.0", Mode.ZOOKEEPER: "kafka-3.9.2"}
"""The release that a sandbox of each kind runs; 3.9 is the last with ZooKeeper, and brings its server along."""


@dataclass(frozen=True, slots=True)
class LockedJar:
    """One jar by its coordinate and content."""

    group: str
    artifact: str
    version: str
    sha256: str

    @property
    def coordinate(self) -> str:
        """As resolvers write it."""
        return f"{self.group}:{self.artifact}:{self.version}"

    @property
    def path(self) -> PurePosixPath:
        """Where it lies in a repository of Maven's layout."""
        folder = PurePosixPath(*self.group.split("."), self.artifact, self.version)
        return folder / f"{self.artifact}-{self.version}.jar"

    def is_at(self, path: Path) -> bool:
        """Whether this file is there, whole and unchanged."""
        try:
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == self.sha256
        except OSError:
            return False


def locked_jars(release: str) -> tuple[LockedJar, ...]:
    """The jars of a release, in the order of its class path."""
    text = files("ktui.adapters.sandbox").joinpath("locks", f"{release}.lock.toml").read_text("utf-8")
    return tuple(
        LockedJar(jar["groupId"], jar["artifactId"], jar["version"], jar["sha256"])
        for jar in tomllib.loads(text)["dependencies"]
    )
