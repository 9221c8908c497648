"""Build wheel and sdist and compare what they hold with the files of the repository.

As a program: ``python tests/distributions.py FOLDER`` builds into FOLDER; exit code 1 if contents differ.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PACKAGE_SOURCES = {
    "adapters": "ktui/adapters",
    "tui": "ktui/tui",
    "widgets": "ktui/widgets",
    ".src/ktui": "ktui",
}
LINKS = {f".src/ktui/{folder}" for folder in ("adapters", "tui", "widgets")}
LIST_FILES = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]


class NoCheckout(Exception):
    """There is no git, or no git checkout, to compare with."""


def repository_files() -> set[str]:
    """Paths of the files of the repository, those about to be added included, without the links of .src."""
    if not (ROOT / ".git").exists():
        raise NoCheckout("this is not a git checkout")
    try:
        listed = subprocess.run(LIST_FILES, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise NoCheckout(f"git does not list the files of this checkout: {error}") from error
    return {name for name in listed.split("\0") if name and (ROOT / name).is_file()} - LINKS


def package_files() -> set[str]:
    """Paths, as they are in a wheel, of the files of the repository that belong into it."""
    return {
        package + name.removeprefix(folder)
        for name in repository_files()
        for folder, package in PACKAGE_SOURCES.items()
        if name.startswith(f"{folder}/")
    }


def build(folder: Path) -> tuple[Path, Path]:
    """Make the sdist and, from it, the wheel; give both paths, the wheel first."""
    shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=env
    )
    if done.returncode != 0:
        raise RuntimeError(f"building failed:\n{done.stdout}{done.stderr}")
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, sdist


def wheel_files(wheel: Path) -> set[str]:
    """Paths in a wheel, without its metadata."""
    with zipfile.ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


def sdist_files(sdist: Path) -> set[str]:
    """Paths in an sdist, without its metadata."""
    with tarfile.open(sdist) as archive:
        return {name.split("/", 1)[1] for name in archive.getnames()} - {"PKG-INFO"}


def differences(wheel: Path, sdist: Path) -> list[str]:
    """How the contents differ from the files of the repository, one sentence each."""
    pairs = (
        (wheel.name, wheel_files(wheel), package_files()),
        (sdist.name, sdist_files(sdist), repository_files()),
    )
    return [
        f"{archive} {fault} {name}"
        for archive, inside, right in pairs
        for fault, names in (("lacks", right - inside), ("should not hold", inside - right))
        for name in sorted(names)
    ]


def main(folder: Path) -> int:
    """Build, compare, tell."""
    wheel, sdist = build(folder)
    try:
        found = differences(wheel, sdist)
    except NoCheckout as reason:
        sys.stderr.write(f"contents not compared: {reason}\n")
        return 0
    sys.stderr.write("".join(f"{sentence}\n" for sentence in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
