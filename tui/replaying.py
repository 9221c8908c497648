"""What the commands of a replay do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ktui.tui.command_line import NotUnderstood
from ktui.tui.desk import Desk
from ktui.tui.ports import PlayerPort
from ktui.tui.present.replay import MEANT, moment_of

LEAP_S: Final = 10.0


def replay_deeds(desk: Callable[[], Desk]) -> dict[str, Callable[[], None]]:
    """By the name of a command; they are offered only where there is a player."""

    def player() -> PlayerPort:
        held = desk().player
        if held is None:
            raise NotUnderstood("This cluster is live.")
        return held

    return {
        "next-problem": lambda: player().next_problem(),
        "step": lambda: player().step(),
        "step-back": lambda: player().step_back(),
        "ten-back": lambda: player().seek(player().clock() - LEAP_S),
        "ten-on": lambda: player().seek(player().clock() + LEAP_S),
    }


def seek(desk: Desk, text: str) -> None:
    """Go to the moment that is meant. NotUnderstood when none is."""
    player = desk.player
    moment = None if player is None else moment_of(text, player.playing, desk.times)
    if player is None or moment is None:
        raise NotUnderstood(f"{text!r} is no moment such as {MEANT}.")
    player.seek(moment)
