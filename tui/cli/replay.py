"""`ktui replay`: a recording, or a folder of the metadata log, through the screens of the console."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from ktui.adapters.errors import BadSettings
from ktui.tui import terminal
from ktui.tui.cli.exits import Exit, complain
from ktui.tui.cli.log import start_log
from ktui.tui.cli.screens import RECORDED

if TYPE_CHECKING:
    from ktui.adapters.replay.player import Player
    from ktui.adapters.replay.tape import Tape

PROBLEMS_PRINTED: Final = 20


@click.command()
@click.argument("path", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--metadata-log",
    "folder",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="A __cluster_metadata-0 folder of a controller or broker, in use or copied, in place of FILE.",
)
@click.option("--from", "begin", metavar="MOMENT", help="Begin there: 14:02, +5m, 50%, end, a date.")
@click.option(
    "--speed", type=click.FloatRange(0.25, 1024), default=1.0, metavar="X", help="So many times as fast."
)
@click.option("--paused", is_flag=True, help="Do not begin to play.")
@click.option("--screen", type=click.Choice(RECORDED), help="Begin with this screen.")
@click.option("--topic", metavar="T", help="Begin with this topic.")
@click.option("--utc", is_flag=True, help="Show times in UTC; the key U switches.")
@click.option("--log-file", metavar="FILE", help="Where the program's own log goes.")
def replay(path: Path | None, folder: Path | None, **given: Any) -> int:
    """Play FILE, which `ktui record` has made: pause with p, < and > for the speed, ! for the next problem, :seek.

    With --metadata-log: what the cluster's own log holds, at any moment of it; its last records may not be committed.

    Without a terminal: one picture, of how it ends or of the moment given; exits like `ktui status`, and with 1 when
    FILE is damaged. Exits 2 when nothing of it can be played.
    """
    start_log(given["log_file"])
    if (path is None) is (folder is None):
        raise click.UsageError("name one of both: ktui replay FILE, or ktui replay --metadata-log DIR")
    return play(_tape(path, folder), given)


def _tape(path: Path | None, folder: Path | None) -> Tape:
    if path is not None:
        from ktui.adapters.replay.recording import Recording

        return Recording(path)
    from ktui.adapters.replay.metadata_folder import MetadataFolder

    assert folder is not None
    return MetadataFolder(folder)


def play(tape: Tape, given: dict[str, Any], *, loops: bool = False, greeting: str = "") -> int:
    """Show it in the console, or print one picture of it; returns the exit code."""
    from ktui.adapters.replay.player import Player

    player = Player(tape)
    if terminal.refusal() is not None:
        return _picture(player, given)
    return _console(player, given, loops=loops, greeting=greeting)


def _picture(player: Player, given: dict[str, Any]) -> int:
    from ktui.tui.cli.status import verdict
    from ktui.tui.cli.status_text import status_lines

    tape = player.tape
    _go_to(player, given, otherwise=tape.ends_at)
    span = f"{_when(tape.begins_at)} to {_when(tape.ends_at)}"
    lines = [f"Recording   {span}, here {_when(player.at)}"]
    lines += status_lines(player.snapshot, limit=PROBLEMS_PRINTED)
    sys.stdout.write("\n".join(lines) + "\n")
    code = verdict(player.snapshot)
    return max(code, Exit.UNHEALTHY) if _tell_damage(player) else code


def _tell_damage(player: Player) -> bool:
    """Whether something within is lost; what is known to be is told."""
    tape = player.tape
    if tape.damage is not None:
        complain(tape.damage)
    if player.unknown:
        complain(f"{player.unknown} events were left out: they are of kinds that this ktui does not know")
    return tape.is_damaged


def _go_to(player: Player, given: dict[str, Any], *, otherwise: float) -> None:
    from ktui.adapters.replay.playing import Playing
    from ktui.tui.present.replay import MEANT, moment_of
    from ktui.tui.present.times import Times

    text, tape, at = given.get("begin"), player.tape, otherwise
    if text is not None:
        playing = Playing(tape.begins_at, tape.begins_at, tape.ends_at)
        moment = moment_of(text, playing, Times(bool(given.get("utc"))))
        if moment is None:
            raise BadSettings(f"--from {text}: no moment such as {MEANT}")
        at = moment
    player.seek(at)


def _console(player: Player, given: dict[str, Any], *, loops: bool, greeting: str) -> int:
    _go_to(player, given, otherwise=player.at)
    from ktui.tui.profiles.config import read_config

    config = read_config()
    terminal.prepare()
    terminal.favour_the_screen()
    from ktui.adapters.replay.feed import ReplayFeed
    from ktui.tui.app import KtuiApp
    from ktui.tui.settings import ConsoleSettings
    from ktui.tui.themes import checked

    is_running = not given.get("paused")
    feed = ReplayFeed(
        player, speed=given.get("speed", 1.0), is_running=is_running, loops=loops, greeting=greeting
    )
    topic = given.get("topic")
    settings = ConsoleSettings(
        name=player.tape.name,
        is_read_only=True,
        first_screen=given.get("screen") or ("topics" if topic else "overview"),
        first_topic=topic,
        uses_utc=bool(given.get("utc")) or config.uses_utc,
        keymap=config.keymap,
        theme=terminal.theme_for() or checked(config.theme, config.file),
    )
    app = KtuiApp(feed, settings, player=feed)
    app.run()
    _tell_damage(player)
    terminal.leave(app.return_code or 0, feed)


def _when(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).astimezone().isoformat(timespec="seconds")
