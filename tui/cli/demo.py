"""`ktui demo`: the recording of an incident that ships with the program; needs nothing installed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import click

from ktui.tui.cli.log import start_log
from ktui.tui.cli.screens import RECORDED

WORDS: Final = (
    "A real incident, recorded: broker 2 is killed, a controller too, broker 3 hangs, and all recover. "
    "! next problem, p pause, < > speed, ? help, q quit."
)


@click.command()
@click.option(
    "--speed", type=click.FloatRange(0.25, 1024), default=1.0, metavar="X", help="So many times as fast."
)
@click.option("--screen", type=click.Choice(RECORDED), help="Begin with this screen.")
@click.option("--utc", is_flag=True, help="Show times in UTC; the key U switches.")
@click.option("--log-file", metavar="FILE", help="Where the program's own log goes.")
def demo(**given: Any) -> int:
    """Play a recorded incident of a real cluster: nothing is connected, nothing else is needed.

    It begins again and again, until it is left. Without a terminal: one picture of how it ends.
    """
    start_log(given["log_file"])
    from ktui.adapters import replay
    from ktui.adapters.replay.recording import Recording
    from ktui.tui.cli.replay import play

    path = Path(replay.__file__).with_name("demo.ktui")
    return play(Recording(path), given, loops=True, greeting=WORDS)
