"""`ktui record FILE`: what the console would show, into a file, for as long as it is wanted."""

from __future__ import annotations

import re
import shlex
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from ktui.adapters.model import ClusterSnapshot
from ktui.adapters.target import Target
from ktui.tui.cli.exits import run_command
from ktui.tui.cli.options import connection_options, require_address
from ktui.tui.present.formats import counted
from ktui.tui.present.sanitise import safe
from ktui.tui.present.words import MODE_WORD

if TYPE_CHECKING:
    from ktui.adapters.replay.recorder import Progress
    from ktui.adapters.replay.writer import RecordingFile

TELL_S: Final = 3_600.0
LEAST_BYTES: Final = 1_000_000
_UNITS: Final = {"": 1, "K": 1_000, "M": 1_000_000, "G": 1_000_000_000, "T": 1_000_000_000_000}


def _size(_: click.Context, __: click.Parameter, text: str) -> int:
    """Bytes, as a number with K, M, G or T behind it."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)B?", text.strip().upper())
    if found is None:
        raise click.BadParameter(f"{text!r} is no size such as 500M or 2G")
    size = int(float(found[1]) * _UNITS[found[2]])
    if size < LEAST_BYTES:
        raise click.BadParameter("less than 1M is too little")
    return size


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--max-size",
    "limit_bytes",
    callback=_size,
    default="1G",
    show_default=True,
    metavar="SIZE",
    help="Beyond it the oldest part is dropped.",
)
@click.option(
    "--for", "for_s", type=click.FloatRange(min=1), metavar="SECONDS", help="End by itself after so long."
)
@connection_options
def record(target: Target, *, path: Path, limit_bytes: int, for_s: float | None) -> None:
    """Record what the console would show to FILE, until interrupted; play it with `ktui replay FILE`.

    A recording of the same cluster is gone on with; any other file is left as it is. However it ends, also by kill -9,
    FILE can be played to its last second. It holds no message, no password and no sensitive setting.
    """
    require_address(target)
    from ktui.adapters.replay.writer import RecordingFile

    file = RecordingFile(path, limit_bytes=limit_bytes)
    run_command(lambda: _record(target, file, for_s))


async def _record(target: Target, file: RecordingFile, for_s: float | None) -> int:
    from ktui.adapters.replay.session import recording_session
    from ktui.tui.cli.console import address_of

    started = time.time()
    try:
        async with recording_session(target, file, target.name or address_of(target)) as session:
            await session.connect()
            _say(_beginning(session.snapshot, file))
            herald = _Herald(file)
            until = None if for_s is None else started + for_s
            await session.record(lambda: herald.second(session.progress, session.error), until=until)
    finally:
        file.close()
        if file.size:
            _say(_end(file, time.time() - started))
    return 0


class _Herald:
    """Says what has changed: once an hour how far it is, and at once what goes wrong."""

    def __init__(self, file: RecordingFile) -> None:
        self._file = file
        self._told_at = time.time()
        self._trouble: str | None = None

    def second(self, progress: Progress, error: str | None) -> None:
        trouble = f"nothing can be written: {progress.failed}" if progress.failed else error
        if (trouble is None) is not (self._trouble is None):
            _say(f"{trouble}; it goes on trying" if trouble else "it works again")
        self._trouble = trouble
        if time.time() - self._told_at >= TELL_S:
            self._told_at = time.time()
            dropped = (
                f", {_bytes(progress.dropped_bytes)} of the oldest dropped" if progress.dropped_bytes else ""
            )
            _say(f"{self._file.path}: {_bytes(progress.bytes)}{dropped}")


def _beginning(snapshot: ClusterSnapshot, file: RecordingFile) -> str:
    brokers = counted(len(snapshot.brokers), "broker")
    how = "recording to" if file.earlier is None else "going on with"
    cluster = f"cluster {snapshot.cluster_id or 'of unknown id'} ({MODE_WORD[snapshot.mode]}, {brokers})"
    return f"{cluster}: {how} {file.path}, at most {_bytes(file.limit_bytes)}, until interrupted"


def _end(file: RecordingFile, seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return (
        f"recorded for {hours}:{minutes:02}:{rest:02}; {file.path} has {_bytes(file.size)}: "
        f"ktui replay {shlex.quote(str(file.path))}"
    )


def _bytes(size: int) -> str:
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= factor:
            return f"{size / factor:.1f} {unit}"
    return f"{size} bytes"


def _say(sentence: str) -> None:
    stamp = time.strftime("%H:%M:%S")
    sys.stderr.write(f"{stamp} {safe(sentence)}\n")
    sys.stderr.flush()
